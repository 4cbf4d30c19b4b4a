/** The tables of `ports/host-tables.ts`. `int` and `counter` as in `migrations.ts`. */
export const hostTables = (_words: { int: string; counter: string; clustered: string }): string[] => []
