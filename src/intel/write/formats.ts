import type { Bulletin, Publisher } from '../bulletin.ts'
import { indicatorsCsv, packagesCsv } from './csv.ts'
import { mispFeed } from './misp.ts'
import { osvId, osvRecord, osvSubmission } from './osv.ts'
import { purlList } from './purl.ts'
import { stixBundle } from './stix.ts'

export const EXPORT_FORMATS = ['osv', 'submission', 'stix', 'misp', 'csv', 'purl'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

export interface Written {
  items: number
  /** Relative paths, `/` between their parts. */
  files: { path: string; text: string }[]
}

/** Bulletins in a format of others, as the files that it consists of. */
export function writeFormat(format: ExportFormat, bulletins: readonly Bulletin[], publisher: Publisher): Written {
  const packages = bulletins.flatMap((bulletin) => bulletin.packages.map((one) => ({ bulletin, one })))
  switch (format) {
    case 'osv': return { items: packages.length, files: packages.map(({ bulletin, one }) => ({ path: `${osvId(bulletin, one, publisher)}.json`, text: pretty(osvRecord(bulletin, one, publisher)) })) }
    case 'submission': {
      const open = packages.filter(({ bulletin }) => bulletin.withdrawn === null)
      return { items: open.length, files: open.map(({ bulletin, one }) => osvSubmission(bulletin, one, publisher)).map(({ path, record }) => ({ path, text: pretty(record) })) }
    }
    case 'stix': return { items: bulletins.length, files: [{ path: 'bundle.json', text: pretty(stixBundle(bulletins, publisher)) }] }
    case 'misp': return { items: bulletins.length, files: [...mispFeed(bulletins, publisher)] }
    case 'csv': return { items: bulletins.length, files: [{ path: 'packages.csv', text: packagesCsv(bulletins) }, { path: 'indicators.csv', text: indicatorsCsv(bulletins) }] }
    case 'purl': return { items: packages.length, files: [{ path: 'packages.txt', text: purlList(bulletins) }] }
  }
}

const pretty = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`
