/** The tables of `ports/download-tables.ts`. */
export const downloadTables = ({ int, counter }: { int: string; counter: string }): string[] => [
  `create table download_imports (
    source text primary key, rows ${int} not null, downloads ${int} not null, first_at ${int}, last_at ${int}, "by" text not null, at ${int} not null)`,
  `create table imported_downloads (
    seq ${counter}, source text not null, ecosystem text not null, name text not null, version text, file text, at ${int} not null, tool text not null,
    tool_version text, ci text, country text, times ${int} not null, alike text not null)`,
  'create index imported_downloads_package on imported_downloads (ecosystem, name, seq)',
  'create index imported_downloads_source on imported_downloads (source)',
]
