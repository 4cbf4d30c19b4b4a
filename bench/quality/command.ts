import { fileURLToPath } from 'node:url'

/** Where corpora lie unless a command is told otherwise. */
export const CORPORA = fileURLToPath(new URL('../.cache/corpora', import.meta.url))

/** A line for whoever reads, who may have seen enough. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

process.stdout.on('error', () => process.exit())
