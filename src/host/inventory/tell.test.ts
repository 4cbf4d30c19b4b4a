import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readBatch } from '../events/batch.ts'
import type { BatchAnswer, BatchHead } from '../events/batch.ts'
import { Kept } from './kept.ts'
import type { InventoryPackage, InventoryTree } from './package.ts'
import { tellInventory } from './tell.ts'

let folder: string
/** What a gate has been told, and whether it knows the spool. */
let told: { head: BatchHead; lines: string[] }[]
let spools: Set<string>

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-tell-'))
  told = []
  spools = new Set()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const one = (name: string, more: Partial<InventoryPackage> = {}): InventoryPackage => ({ ecosystem: 'npm', name, version: '1.0.0', place: name, digests: [], agreement: 'unknown', says: null, hooks: [], from: null, installer: null, ...more })
const tree = (...packages: InventoryPackage[]): InventoryTree => ({ kind: 'node', path: '/srv/app/node_modules', says: '', notes: [], packages })
let at = Date.parse('2026-05-01T00:00:00Z')

async function take(batch: Uint8Array): Promise<BatchAnswer> {
  const { head, lines } = await readBatch(batch, 'gzip')
  told.push({ head, lines: lines.map((line) => ('problem' in line ? line.problem : `${line.event.kind} ${line.event.package?.name} ${line.event.place}`)) })
  const known = spools.has(head.spool)
  spools.add(head.spool)
  return { spool: head.spool, known, upTo: null, taken: lines.length, duplicates: 0, ended: 0, refused: [], refusedTotal: 0 }
}
const tell = (trees: readonly InventoryTree[], { roots = null, send = take }: { roots?: readonly string[] | null; send?: typeof take } = {}) =>
  tellInventory(trees, { server: 'https://gate.example', host: 'laptop-7', user: 'ada', kept: new Kept(folder), now: new Date(at += 60_000), roots, send })

describe('telling', () => {
  it('tells everything once, and then what has changed', async () => {
    expect(await tell([tree(one('a'), one('b'))])).toEqual({ installed: 2, removed: 0, refused: 0, whole: true })
    expect(told).toMatchObject([{ head: { host: 'laptop-7', complete: expect.any(String) as string }, lines: ['installed a /srv/app/node_modules/a', 'installed b /srv/app/node_modules/b'] }])
    expect(await tell([tree(one('a'), one('b'))])).toEqual({ installed: 0, removed: 0, refused: 0, whole: false })
    expect(await tell([tree(one('a'), one('c'), one('b', { version: '2.0.0' }))])).toEqual({ installed: 2, removed: 1, refused: 0, whole: false })
    expect(told.at(-1)).toEqual({ head: expect.not.objectContaining({ complete: expect.anything() as unknown }) as BatchHead, lines: ['installed c /srv/app/node_modules/c', 'installed b /srv/app/node_modules/b', 'removed b /srv/app/node_modules/b'] })
    expect(spools.size).toBe(1)
  })

  it('tells all again where the gate knows nothing of it any more', async () => {
    await tell([tree(one('a'))])
    spools.clear()
    expect(await tell([tree(one('a'))])).toEqual({ installed: 1, removed: 0, refused: 0, whole: true })
    expect(told.at(-1)).toMatchObject({ head: { complete: expect.any(String) as string }, lines: ['installed a /srv/app/node_modules/a'] })
  })

  it('leaves alone what lies elsewhere than where it looked', async () => {
    await tell([tree(one('a')), { ...tree(one('b')), path: '/home/ada/node_modules' }])
    expect(await tell([tree()], { roots: ['/srv/app'] })).toMatchObject({ installed: 0, removed: 1 })
    expect(told.at(-1)?.lines).toEqual(['removed a /srv/app/node_modules/a'])
    // A part is never all.
    spools.clear()
    await tell([tree(one('a'))], { roots: ['/srv/app'] })
    expect(told.at(-1)?.head.complete).toBeUndefined()
  })

  it('gives no number twice, and forgets nothing, when it is broken off', async () => {
    const many = Array.from({ length: 2_500 }, (_, index) => one(`p${index}`))
    const numbers: number[] = []
    let calls = 0
    const send = async (batch: Uint8Array) => {
      const { lines } = await readBatch(batch, 'gzip')
      numbers.push(...lines.flatMap((line) => ('problem' in line ? [] : [line.sequence as number])))
      if (++calls === 2) throw new Error('the line is cut')
      return take(batch)
    }
    await expect(tell([tree(...many)], { send })).rejects.toThrow('the line is cut')
    expect(await tell([tree(...many)], { send })).toMatchObject({ installed: 2_500, whole: true })
    expect(new Set(numbers).size).toBe(numbers.length)
    expect(new Set(told.flatMap(({ lines }) => lines)).size).toBe(2_500)
  })

  it('does not trip over what it kept', async () => {
    await tell([tree(one('a'))])
    const kept = new Kept(folder)
    const [file = ''] = (await import('node:fs')).readdirSync(folder)
    for (const nonsense of [{}, { spool: 1 }, { spool: 'x', next: 1, packages: { a: 'b', c: [1] } }]) {
      kept.write(file, nonsense)
      expect((await tell([tree(one('a'))])).installed).toBe(1)
    }
  })
})
