import { promisify } from 'node:util'
import { gunzip, gzipSync, zstdCompressSync, zstdDecompress } from 'node:zlib'
import { sentence, SluiceError } from '../../core/errors.ts'
import { oneLine } from '../../core/text.ts'
import type { HostEvent } from './event.ts'
import { fromOcsf, toOcsf } from './ocsf.ts'
import type { Read } from './ocsf.ts'

/**
 * How events travel: `POST /api/v1/hosts/events`, `Content-Type: application/x-ndjson`, `Content-Encoding` one of `CODINGS` (or none).
 * The first line is a `BatchHead`, each further line an event of OCSF whose `metadata.sequence` is its place in the spool.
 */
export interface BatchHead {
  sluice: 'host-events'
  version: 1
  host: string
  /** A UUID that a spool has for as long as its numbers go on: a spool that starts anew at 0 takes another one. */
  spool: string
  /** The session of an inventory: with this batch it has told all that is there, and what it did not find again is gone. */
  complete?: string | undefined
}

export interface BatchLine {
  sequence: number
  event: HostEvent
}

/** What the server answers: all that was in the batch has been dealt with, and may be dropped. */
export interface BatchAnswer {
  spool: string
  /** False: nothing of this spool was there before. Whoever tells changes only has to tell everything then. */
  known: boolean
  /** The highest place in it; null: it had none. */
  upTo: number | null
  taken: number
  /** Known before, by id or place in the spool. */
  duplicates: number
  /** What an inventory that told all did not find again. */
  ended: number
  /** Never to be sent again as it is: it cannot be taken. At most twenty are told, `refusedTotal` counts. */
  refused: { sequence: number | null; says: string }[]
  refusedTotal: number
}

const CODINGS = ['gzip', 'zstd'] as const
export type Coding = (typeof CODINGS)[number] | 'identity'

/** What one request may hold: bytes as sent, bytes unpacked, events. A sender keeps below; the server refuses what is beyond as a whole. */
export const BATCH = { sent: 1024 * 1024, unpacked: 8 * 1024 * 1024, events: 2_000, line: 256 * 1024 } as const

/** Throws `usage` where there are more events than a batch may have, or more bytes. */
export function writeBatch({ host, spool, complete }: Pick<BatchHead, 'host' | 'spool' | 'complete'>, lines: readonly BatchLine[], coding: Coding): Uint8Array {
  const head: BatchHead = { sluice: 'host-events', version: 1, host, spool, ...(complete === undefined ? {} : { complete }) }
  const text = Buffer.from(`${[head, ...lines.map(({ event, sequence }) => toOcsf(event, sequence))].map((one) => JSON.stringify(one)).join('\n')}\n`)
  const bytes = coding === 'gzip' ? gzipSync(text) : coding === 'zstd' ? zstdCompressSync(text) : text
  if (lines.length > BATCH.events || text.length > BATCH.unpacked || bytes.length > BATCH.sent) {
    throw new SluiceError('usage', `a batch has at most ${BATCH.events} events, ${BATCH.unpacked} bytes and ${BATCH.sent} bytes as it is sent`, { hint: 'send fewer events at once' })
  }
  return bytes
}

const unpackGzip = promisify(gunzip)
const unpackZstd = promisify(zstdDecompress)

/** The text within; a bomb ends at the limit. Throws `usage`. */
export async function unpacked(bytes: Uint8Array, coding: string | null): Promise<string> {
  if (bytes.length > BATCH.sent) throw new SluiceError('usage', `more than ${BATCH.sent} bytes were sent at once`, { hint: 'send smaller batches' })
  const options = { maxOutputLength: BATCH.unpacked }
  try {
    const plain = coding === null || coding === '' || coding === 'identity' ? bytes : coding === 'gzip' ? await unpackGzip(bytes, options) : coding === 'zstd' ? await unpackZstd(bytes, options) : null
    if (plain === null) throw new SluiceError('usage', `the content encoding ${oneLine(coding ?? '', 40)} is not taken`, { hint: `send ${CODINGS.join(' or ')}, or none` })
    return new TextDecoder('utf-8', { fatal: true }).decode(plain)
  } catch (thrown) {
    if (thrown instanceof SluiceError) throw thrown
    if ((thrown as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new SluiceError('usage', `unpacked it is more than ${BATCH.unpacked} bytes`, { hint: 'send smaller batches', cause: thrown })
    throw new SluiceError('usage', `the body cannot be unpacked: ${sentence(thrown)}`, { cause: thrown })
  }
}

/** The lines of a batch, each read or with its problem. Throws `usage` where the whole cannot be taken. */
export async function readBatch(bytes: Uint8Array, coding: string | null): Promise<{ head: BatchHead; lines: Read[] }> {
  const [first = '', ...rest] = linesOf(await unpacked(bytes, coding))
  return { head: headOf(parsed(first)), lines: rest.map((line) => (line.length > BATCH.line ? { problem: `a line of more than ${BATCH.line} characters` } : fromOcsf(parsed(line)))) }
}

/** Lines that have something in them; `\n` is what ends one (ndjson-spec). Throws `usage` for more than there may be. */
function linesOf(text: string): string[] {
  const lines = text.split('\n', BATCH.events + 3)
  if (lines.length > BATCH.events + 2) throw new SluiceError('usage', `more than ${BATCH.events} events were sent at once`, { hint: 'send smaller batches' })
  return lines.filter((line) => line.trim() !== '')
}

/** undefined where it is no JSON: no reader takes that for anything. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function headOf(value: unknown): BatchHead {
  const { sluice, version, host, spool, complete } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  if (sluice !== 'host-events') throw new SluiceError('usage', 'the first line is not the head of a batch of host events', { hint: '{"sluice":"host-events","version":1,"host":"NAME","spool":"UUID"}' })
  if (version !== 1) throw new SluiceError('usage', `batches of version ${oneLine(String(version), 20)} are not known here`, { hint: 'this gate takes version 1' })
  if (typeof host !== 'string' || host === '' || host.length > 255) throw new SluiceError('usage', 'the batch does not say which host it is of')
  if (typeof spool !== 'string' || !/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(spool)) throw new SluiceError('usage', 'the batch does not say which spool it is of', { hint: 'a UUID' })
  if (complete !== undefined && (typeof complete !== 'string' || complete === '' || complete.length > 64)) throw new SluiceError('usage', 'the batch does not say which inventory is complete')
  return { sluice, version, host, spool: spool.toLowerCase(), ...(complete === undefined ? {} : { complete }) }
}
