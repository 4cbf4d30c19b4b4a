import { onTestFinished } from 'vitest'
import { plantedBy } from '../../decoys/tokens.ts'
import { readSeen, type Seen } from './seen.ts'
import { openSinkhole, type Sinkhole } from './sinkhole.ts'
import type { SinkholeInput } from './options.ts'

/** A sinkhole on free ports of loopback, and what it saw. */
export interface Opened {
  sinkhole: Sinkhole
  seen: Seen[]
  /** Of the only TCP listener. */
  port: number
  dns: number
  udp: number
  /** Waits until something like it was seen. */
  until<K extends Seen['kind']>(kind: K, fits?: (seen: Extract<Seen, { kind: K }>) => boolean): Promise<Extract<Seen, { kind: K }>>
}

/** For the test at hand: closed when that is over. */
export async function sinkhole(...given: Parameters<typeof opened>): Promise<Opened> {
  const made = await opened(...given)
  onTestFinished(() => made.sinkhole.close())
  return made
}

/** One of the secrets that a sinkhole of tests knows. */
export const token = (id: string): string => plantedBy('a test').find((entry) => entry.id === id)?.value as string

export async function opened(options: Partial<SinkholeInput> = {}, destinationOf?: () => { address: string; port: number } | null): Promise<Opened> {
  const seen: Seen[] = []
  let wake = (): void => undefined
  const sinkhole = await openSinkhole({ seed: 'a test', ...options }, {
    write: (line) => {
      const read = readSeen(line)
      if (!read) throw new Error(`not readable: ${line.slice(0, 300)}`)
      seen.push(read)
      wake()
    },
    ...(destinationOf ? { destinationOf } : {}),
  })
  return {
    sinkhole, seen, port: sinkhole.listening.tcp[0]?.port ?? 0, dns: sinkhole.listening.dns[0]?.port ?? 0, udp: sinkhole.listening.udp[0]?.port ?? 0,
    until: async (kind, fits = () => true) => {
      for (;;) {
        const found = seen.find((entry) => entry.kind === kind && fits(entry as never))
        if (found) return found as never
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
  }
}
