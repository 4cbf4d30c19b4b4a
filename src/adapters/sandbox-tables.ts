/** The tables of `ports/sandbox-tables.ts`. `int` and `counter` as in `migrations.ts`. */
export const sandboxTables = (_words: { int: string; counter: string; clustered: string }): string[] => []
