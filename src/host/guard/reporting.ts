import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isCode } from '../../core/errors.ts'
import { openOut } from '../spool/out.ts'
import type { OutOptions } from '../spool/out.ts'
import { Teller } from '../watch/tell.ts'
import type { GuardReport } from './report.ts'

export interface ReportingOptions extends Omit<OutOptions, 'onTrouble'> {
  user: string | null
  command: readonly string[]
  cwd: string
  say(line: string): void
}

/** How long the gate may take when the command is over; what is not sent then goes with the next guarded command. */
const PATIENCE_MS = 3_000
const LEFT_MS = 2_000
const MOST_LEFT = 5

/**
 * Tells the gate of one guarded command. Each has a spool of its own below `folder`, so that any number may run at once; those that
 * could not be emptied are taken along by later ones.
 */
export function openReporting({ folder, settings, transport, user, command, cwd, say }: ReportingOptions): { teller: Teller; finish(report: GuardReport): Promise<void>; close(): Promise<void> } {
  const own = join(folder, `guard-${randomUUID()}`)
  const out = openOut({ folder: own, settings, transport })
  const teller = new Teller({ host: settings.name, user, source: 'guard', acts: true, began: Date.now(), push: (events) => { out.spool.append(events) } })
  const root = { argv: command, cwd }
  teller.began(root)

  return {
    teller,
    async finish({ exit, signal, stopped, installed, removed, watched }) {
      teller.changes([...installed, ...removed])
      for (const [why, count] of Object.entries(watched.lost)) teller.lost(count, why)
      teller.ended(root, stopped !== null ? `was stopped: ${stopped.because}` : signal === null ? `ended with ${exit}` : `was ended by ${signal}`)
      let told = await out.sender.drain(PATIENCE_MS)
      const dropped = out.spool.takeDropped()
      if (dropped > 0) {
        say(`${dropped} event${dropped === 1 ? '' : 's'} had no room in ${own}: the gate is told of them no more than that`)
        teller.lost(dropped, 'the spool was full')
        told = await out.sender.drain(PATIENCE_MS)
      }
      if (!told) say(`the gate was not told yet (${out.sender.state.trouble ?? 'it is slow'}): ${out.spool.pending} events wait in ${own}`)
      else await sendLeft(folder, own)
    },
    close() {
      out.sender.stop()
      const empty = out.spool.pending === 0
      out.spool.close()
      if (empty) rmSync(own, { recursive: true, force: true })
      return Promise.resolve()
    },
  }

  async function sendLeft(all: string, except: string): Promise<void> {
    const left = existsSync(all) ? readdirSync(all).filter((name) => name.startsWith('guard-')).map((name) => join(all, name)).filter((path) => path !== except) : []
    for (const path of left.slice(0, MOST_LEFT)) {
      try {
        const { spool, sender } = openOut({ folder: path, settings, transport })
        const done = await sender.drain(LEFT_MS)
        spool.close()
        if (done) rmSync(path, { recursive: true, force: true })
      } catch (thrown) {
        // Another command has it.
        if (!isCode(thrown, 'data-folder-busy', 'storage')) throw thrown
      }
    }
  }
}
