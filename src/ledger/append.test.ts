import { describe, expect, it } from 'vitest'
import { createLedger } from './append.ts'
import type { LedgerEntry } from './entry.ts'

const entry = (name: string): LedgerEntry => ({ at: new Date(0), kind: 'served', name })
const namesIn = (lines: readonly string[]): string[] => lines.map((line) => (JSON.parse(line) as { name: string }).name)

/** A database whose commits end when the test says so. */
function heldDatabase() {
  const commits: { names: string[]; end: PromiseWithResolvers<{ seq: number; hash: string }> }[] = []
  let arrived = Promise.withResolvers<void>()
  return {
    commits,
    /** Resolves when the next commit was begun. */
    async begun(count: number): Promise<void> {
      while (commits.length < count) await arrived.promise
    },
    appendLedger(lines: readonly string[]) {
      const end = Promise.withResolvers<{ seq: number; hash: string }>()
      commits.push({ names: namesIn(lines), end })
      arrived.resolve()
      arrived = Promise.withResolvers()
      return end.promise
    },
  }
}

describe('the ledger', () => {
  it('commits what arrives during a commit with the next one, in order', async () => {
    const database = heldDatabase()
    const heads: number[] = []
    const ledger = createLedger({ database, onHead: ({ seq }) => heads.push(seq) })
    const settled: string[] = []
    const append = (name: string) => ledger.append(entry(name)).then(() => settled.push(name))
    const first = append('a')
    await database.begun(1)
    const others = [append('b'), append('c')]
    expect(database.commits.map((commit) => commit.names)).toEqual([['a']])
    expect(settled).toEqual([])
    database.commits[0]?.end.resolve({ seq: 1, hash: '' })
    await first
    await database.begun(2)
    expect(database.commits[1]?.names).toEqual(['b', 'c'])
    expect(settled).toEqual(['a'])
    database.commits[1]?.end.resolve({ seq: 3, hash: '' })
    await Promise.all(others)
    await ledger.flush()
    expect(heads).toEqual([1, 3])
  })

  it('rejects the lines of a failed commit, and only those', async () => {
    const database = heldDatabase()
    const ledger = createLedger({ database })
    const failing = ledger.append(entry('a'))
    await database.begun(1)
    const next = ledger.append(entry('b'))
    database.commits[0]?.end.reject(new Error('disk full'))
    await expect(failing).rejects.toMatchObject({ code: 'storage', message: expect.stringContaining('disk full') })
    await database.begun(2)
    expect(database.commits[1]?.names).toEqual(['b'])
    database.commits[1]?.end.resolve({ seq: 1, hash: '' })
    await expect(next).resolves.toBeUndefined()
  })

  it('refuses lines past its limit instead of keeping them in memory', async () => {
    const database = heldDatabase()
    const ledger = createLedger({ database, waiting: 2 })
    const kept = [ledger.append(entry('a')), ledger.append(entry('b'))]
    await expect(ledger.append(entry('c'))).rejects.toMatchObject({ code: 'storage' })
    await database.begun(1)
    database.commits[0]?.end.resolve({ seq: 2, hash: '' })
    await Promise.all(kept)
    const later = ledger.append(entry('d'))
    await database.begun(2)
    database.commits[1]?.end.resolve({ seq: 3, hash: '' })
    await later
    expect(database.commits.map((commit) => commit.names)).toEqual([['a', 'b'], ['d']])
  })

  it('takes at most 500 lines into a commit', async () => {
    const sizes: number[] = []
    const ledger = createLedger({
      database: { appendLedger: async (lines) => ({ seq: sizes.push(lines.length), hash: '' }) },
    })
    await Promise.all(Array.from({ length: 1201 }, () => ledger.append(entry('a'))))
    expect(sizes).toEqual([500, 500, 201])
  })

  it('rejects what is no entry without harm to the others', async () => {
    const ledger = createLedger({ database: { appendLedger: async () => ({ seq: 1, hash: '' }) } })
    const good = ledger.append(entry('a'))
    await expect(ledger.append({ ...entry('b'), at: new Date(Number.NaN) })).rejects.toMatchObject({ code: 'storage' })
    await expect(good).resolves.toBeUndefined()
  })

  it('writes what it has and refuses more when it closes', async () => {
    const names: string[] = []
    const ledger = createLedger({
      database: { appendLedger: async (lines) => ({ seq: names.push(...namesIn(lines)), hash: '' }) },
    })
    const last = ledger.append(entry('a'))
    await ledger.close()
    await last
    expect(names).toEqual(['a'])
    await expect(ledger.append(entry('b'))).rejects.toMatchObject({ code: 'storage' })
  })
})
