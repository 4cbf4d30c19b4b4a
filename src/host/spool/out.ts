import { Sender } from './sender.ts'
import type { Transport } from './sender.ts'
import { Spool } from './spool.ts'

export interface OutOptions {
  folder: string
  settings: { name: string; spool: { maxBytes: number; syncMs: number } }
  transport: Transport
  onTrouble?(says: string): void
}

/** The spool of a machine and what empties it. Throws as `Spool.open` does. */
export function openOut({ folder, settings: { name, spool: { maxBytes, syncMs } }, transport, onTrouble }: OutOptions): { spool: Spool; sender: Sender } {
  const spool = Spool.open(folder, { maxBytes, syncMs, segmentBytes: Math.max(256 * 1024, Math.min(4 * 1024 * 1024, Math.floor(maxBytes / 16))) })
  return { spool, sender: new Sender({ spool, transport, host: name, ...(onTrouble === undefined ? {} : { onTrouble }) }) }
}
