import type { Generated } from 'kysely'

/** Downloads elsewhere, as others count them. Same words as in `database.ts`. */
export interface DownloadTables {
  download_imports: DownloadImportsTable
  imported_downloads: ImportedDownloadsTable
}

interface DownloadImportsTable {
  source: string
  /** Rows of the table, and the downloads that they stand for. */
  rows: number
  downloads: number
  first_at: number | null
  last_at: number | null
  by: string
  at: number
}

interface ImportedDownloadsTable {
  seq: Generated<number>
  source: string
  ecosystem: string
  name: string
  version: string | null
  file: string | null
  at: number
  tool: string
  tool_version: string | null
  ci: string | null
  country: string | null
  times: number
  /** The same for rows of the same country and the same client, as far as they tell. */
  alike: string
}
