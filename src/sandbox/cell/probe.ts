import type { Probe } from './cell.ts'

export async function probeBubblewrap(): Promise<Probe> {
  return { backend: 'bubblewrap', works: true, version: null, weaker: [], says: null, remedy: null }
}
