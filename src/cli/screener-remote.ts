import type { z } from '@hono/zod-openapi'
import { ScreeningAnswers } from '../api/screening-schemas.ts'
import type { Gate } from '../host/lockfiles/diagnose.ts'
import type { Against, Asked, Assessed, Basis } from '../screening/types.ts'
import { apiOf } from './remote.ts'
import type { OpenedScreener } from './screeners.ts'

type Checked = z.output<typeof ScreeningAnswers.check>

/** Packages in one request, which with all their digests fits into the API's limit on bodies. */
const AT_ONCE = 1_000
const MOST_CHARACTERS = 1_000_000

/** A running gate. What lists say is added here, because the gate has not got them. */
export function remoteScreener({ server, token, gates, listed }: {
  server: string; token: string | null; gates: ReadonlySet<string>; listed: (asked: Asked) => readonly Against[]
}): OpenedScreener {
  const { call, where, origin } = apiOf(server, token)
  const ask = (packages: readonly Asked[]): Promise<Checked> => call(ScreeningAnswers.check, 'check', { json: { packages } })
  let first: Promise<Checked> | null = null
  const known = (): Promise<Checked> => (first ??= ask([]))
  return {
    where,
    basis: async () => basisOf((await known()).basis),
    async assess(asked, progress) {
      const found = new Map<string, Assessed>()
      let done = 0
      for (const part of parts(asked)) {
        for (const one of (await ask(part)).packages) found.set(keyOf(one), { machines: 0, ...one } as Assessed)
        progress(done += part.length)
      }
      return asked.flatMap((one): Assessed[] => {
        const answered = found.get(keyOf(one))
        const all = [...listed(one), ...answered?.against ?? []]
        return all.length === 0 ? [] : [{ ecosystem: one.ecosystem, name: one.name, version: one.version, safe: null, unsafe: null, machines: 0, ...answered, against: all }]
      })
    },
    gate: async (): Promise<Gate> => ({ hosts: new Set([new URL(origin).host, ...gates]), upstreams: new Set((await known()).upstreams) }),
    close: () => Promise.resolve(),
  }
}

const keyOf = ({ ecosystem, name, version }: Pick<Asked, 'ecosystem' | 'name' | 'version'>): string => `${ecosystem}:${name}@${version ?? ''}`
const basisOf = ({ updatedAt, ...rest }: Checked['basis']): Basis => ({ ...rest, updatedAt: updatedAt === null ? null : new Date(updatedAt) })

function* parts(asked: readonly Asked[]): Generator<Asked[]> {
  let part: Asked[] = []
  let size = 0
  for (const one of asked) {
    const next = JSON.stringify(one).length
    if (part.length >= AT_ONCE || (part.length > 0 && size + next > MOST_CHARACTERS)) {
      yield part
      part = []
      size = 0
    }
    part.push(one)
    size += next
  }
  if (part.length > 0) yield part
}
