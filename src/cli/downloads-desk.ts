import { DownloadsAnswers } from '../api/downloads-schemas.ts'
import type { DownloadsAnswer } from '../api/downloads-schemas.ts'
import { wire } from '../api/wire.ts'
import { SluiceError } from '../core/errors.ts'
import type { EcosystemId } from '../core/types.ts'
import { wantedOf } from '../downloads/about.ts'
import type { Downloads, DownloadsReport, ReadOptions } from '../downloads/downloads.ts'
import { downloadsCsv } from '../downloads/table.ts'
import type { By } from '../downloads/table.ts'
import { exposurePage } from '../report/exposure.ts'
import type { Call } from './watch-desk.ts'

/** What a command asks about. */
export interface AskedAbout {
  package?: string | undefined
  digest?: string | undefined
  campaign?: string | undefined
  since?: Date | undefined
  until?: Date | undefined
  /** A table of others to read instead of the ledger and what was imported; only in a data folder. */
  table?: ReadOptions['table']
  progress?: ReadOptions['progress']
}

/** What commands ask of deliveries, in a data folder or at a running gate. */
export interface DownloadsDesk {
  read(about: AskedAbout): Promise<DownloadsAnswer<'read'>>
  csv(about: AskedAbout, by: By): Promise<string>
  page(about: AskedAbout): Promise<string>
  import(text: string, options: { source: string; ecosystem: EcosystemId }): Promise<DownloadsAnswer<'imported'>>
  imports(): Promise<DownloadsAnswer<'imports'>>
  forget(source: string): Promise<void>
  /** Bytes of a file, or the URL the gate is to read. */
  updateCountries(from: Uint8Array | string): Promise<DownloadsAnswer<'countries'>>
}

export function localDownloadsDesk(downloads: Downloads, whoami: () => string): DownloadsDesk {
  const read = ({ since, until, table, progress, ...about }: AskedAbout): Promise<DownloadsReport> => downloads.read(wantedOf(about), { since, until, table, progress })
  return {
    read: async (about) => wire(await read(about)),
    csv: async (about, by) => downloadsCsv(await read(about), by),
    page: async (about) => exposurePage(await read(about)),
    import: async (text, options) => wire(await downloads.import(text, { ...options, by: whoami() })),
    imports: async () => wire(await downloads.imports()),
    forget: (source) => downloads.forget(source),
    updateCountries: async (from) => wire(await downloads.updateCountries(from)),
  }
}

export function remoteDownloadsDesk(call: Call): DownloadsDesk {
  return {
    read: (about) => call(DownloadsAnswers.read, `downloads?${queryOf(about)}`),
    csv: (about, by) => call.text(`downloads.csv?${queryOf(about)}&by=${by}`),
    page: (about) => call.text(`downloads/report?${queryOf(about)}`),
    import: (text, { source, ecosystem }) => call(DownloadsAnswers.imported, `downloads/imports?${new URLSearchParams({ source, ecosystem })}`, { bytes: Buffer.from(text) }),
    imports: () => call(DownloadsAnswers.imports, 'downloads/imports'),
    forget: async (source) => { await call(DownloadsAnswers.forgotten, `downloads/imports/${encodeURIComponent(source)}`, { method: 'DELETE' }) },
    async updateCountries(from) {
      if (typeof from === 'string') throw new SluiceError('usage', 'a running gate is given the file itself', { hint: 'download it, and name the file' })
      return call(DownloadsAnswers.countries, 'downloads/countries', { bytes: from })
    },
  }
}

function queryOf({ package: spec, digest, campaign, since, until, table }: AskedAbout): URLSearchParams {
  if (table) throw new SluiceError('usage', 'a table is read where the data folder is', { hint: 'import it first: sluice downloads import FILE --server URL' })
  const given = { package: spec, digest, campaign, since: since?.toISOString(), until: until?.toISOString() }
  return new URLSearchParams(Object.entries(given).filter((one): one is [string, string] => one[1] !== undefined))
}
