import { RecallAnswers } from '../api/recall-schemas.ts'
import type { RecallAnswer } from '../api/recall-schemas.ts'
import { wire } from '../api/wire.ts'
import { SluiceError } from '../core/errors.ts'
import type { Digest, EcosystemId } from '../core/types.ts'
import type { Seal } from '../recall/archive.ts'
import type { RecallBook } from '../recall/book.ts'
import type { EvidenceStore } from '../recall/evidence.ts'
import type { Recalls } from '../recall/recalls.ts'
import type { Call } from './watch-desk.ts'

/** What commands ask about recalls and evidence, in a data folder or at a running gate. */
export interface RecallDesk {
  /** Waits until an order on this package is carried out. False: it takes longer. */
  settle(ecosystem: EcosystemId, name: string): Promise<boolean>
  list(open: boolean): Promise<RecallAnswer<'list'>>
  /** Throws `not-found`. */
  show(id: string): Promise<RecallAnswer<'show'>>
  /** What is taken back now. */
  files(): Promise<RecallAnswer<'files'>>
  evidence(): Promise<RecallAnswer<'evidence'>>
  piece(digest: string): Promise<RecallAnswer<'piece'>>
  export(wanted: { digests: readonly Digest[]; because: string; seal: Seal }): Promise<AsyncIterable<Uint8Array>>
}

/** Of those who met something. */
const MOST = 10_000

export function localRecallDesk({ recalls, recallBook, evidence }: { recalls: Recalls; recallBook: RecallBook; evidence: EvidenceStore }, whoami: () => string): RecallDesk {
  return {
    settle: (ecosystem, name) => recalls.settle(ecosystem, name),
    list: async (open) => wire(await recallBook.list({ open, limit: 1_000 })),
    async show(id) {
      const found = await recallBook.show(id, { limit: MOST })
      if (!found) throw new SluiceError('not-found', 'there is no such recall', { hint: 'sluice recalls list shows what there is' })
      return wire(found)
    },
    files: async () => wire(await recallBook.files()) as RecallAnswer<'files'>,
    evidence: async () => wire(await evidence.list()) as RecallAnswer<'evidence'>,
    piece: async (digest) => wire(await evidence.show(digest)) as RecallAnswer<'piece'>,
    export: async (wanted) => (await evidence.export({ ...wanted, by: whoami() })).stream as AsyncIterable<Uint8Array>,
  }
}

export function remoteRecallDesk(call: Call & { bytes(path: string, json: unknown): Promise<AsyncIterable<Uint8Array>> }): RecallDesk {
  const part = encodeURIComponent
  return {
    settle: async (ecosystem, name) => (await call(RecallAnswers.settled, 'recalls/settle', { json: { package: `${ecosystem}:${name}` } })).settled,
    list: (open) => call(RecallAnswers.list, `recalls?open=${open}&limit=1000`),
    show: (id) => call(RecallAnswers.show, `recalls/${part(id)}?limit=${MOST}`),
    files: () => call(RecallAnswers.files, 'recalls/files'),
    evidence: () => call(RecallAnswers.evidence, 'evidence'),
    piece: (digest) => call(RecallAnswers.piece, `evidence/${part(digest)}`),
    export({ digests, because, seal }) {
      if ('passphrase' in seal) throw new SluiceError('usage', 'a passphrase does not travel to a gate', { hint: 'name a recipient (age1…), or export in the data folder with --data' })
      return call.bytes('evidence/export', { digests, because, ...seal })
    },
  }
}
