/**
 * Reading by plain SQL that SQLite and PostgreSQL share, `?` for each parameter. For readers that must begin at once: building
 * queries takes longer to load than a whole check may last. Everything that writes goes through `Database`.
 */
export interface Rows {
  all<Row>(sql: string, parameters: readonly (string | number)[]): Promise<Row[]>
}

/** A data folder opened for reading alone; nobody else notices. */
export interface ReadFolder extends Rows {
  /** An index document as it is stored (zstd); null where it is gone. */
  blob(digest: string): Promise<Uint8Array | null>
  close(): void
}
