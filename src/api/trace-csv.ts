import { csvLine } from '../core/csv.ts'
import type { Answer } from './schemas.ts'

const COLUMNS = [
  'line', 'when', 'what', 'ecosystem', 'name', 'version', 'file', 'digest', 'token', 'user', 'host', 'address', 'job', 'job page', 'client', 'user agent', 'because',
  'service', 'source', 'path', 'until',
] as const

/** A page of a trace as a table, the first with heads: a line each, then who has it in a lockfile, or installed. */
export function traceCsv({ lines, receivers }: Answer<'trace'>, first: boolean): string {
  return [
    ...(first ? [csvLine(COLUMNS)] : []),
    ...lines.map(({ seq, entry }) => csvLine([
      String(seq), entry.at, entry.kind, ...[entry.ecosystem, entry.name, entry.version, entry.file, entry.digest, entry.token, entry.forwarded?.user, entry.forwarded?.host,
        entry.forwarded?.address ?? entry.address, entry.forwarded?.job, entry.forwarded?.url,
        entry.client ? `${entry.client.tool}${entry.client.version ? ` ${entry.client.version}` : ''}` : null, entry.client?.userAgent, entry.because].map((cell) => cell ?? ''), '', '', '', '',
    ])),
    ...receivers.filter(({ kind }) => kind === 'locked' || kind === 'installed' || kind === 'ran').map((one) => csvLine([
      '', one.first, one.kind, one.ecosystem ?? '', one.name ?? '', one.version ?? '', '', '', '', '', one.host ?? '', '', '', '', '', '', one.delivered === 'never' ? 'never delivered by this gate' : '', one.service ?? '', one.source ?? '', one.path.join(' > '), one.last,
    ])),
  ].join('')
}
