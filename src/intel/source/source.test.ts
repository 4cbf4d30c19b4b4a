import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { zip } from '../../../test/fakes/archive-writers.ts'
import { entriesOf, gitFiles } from './git-index.ts'
import { readSource } from './items.ts'
import { linesOf } from './lines.ts'
import { loadManifest, saveManifest } from './manifest.ts'
import { ZipReader } from './zip.ts'

let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'sluice-source-')) })
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const record = (id: string, name = id.toLowerCase()): string => JSON.stringify({ id, modified: '2026-01-01T00:00:00Z', affected: [{ package: { ecosystem: 'npm', name }, versions: ['1.0.0'] }] })
function read(path: string, before = new Map<string, string>()) {
  const after = new Map<string, string>()
  const items = [...readSource({ path, source: 'x', tlp: 'clear', before, after })]
  return { ids: items.flatMap((item) => ('problem' in item ? [] : [item.id])), problems: items.flatMap((item) => ('problem' in item ? [`${item.where.slice(folder.length + 1)}: ${item.problem}`] : [])), after }
}
const git = (...args: string[]): void => void execFileSync('git', ['-C', folder, '-c', 'user.name=t', '-c', 'user.email=t@t.example', ...args], { stdio: 'ignore' })

describe('readSource', () => {
  it('reads of a folder, an archive and a checkout only what changed', () => {
    mkdirSync(join(folder, 'a', 'b'), { recursive: true })
    writeFileSync(join(folder, 'a', 'b', '1.json'), record('MAL-1'))
    writeFileSync(join(folder, 'a', '2.json'), record('MAL-2'))
    const first = read(folder)
    expect(first.ids.sort()).toEqual(['MAL-1', 'MAL-2'])
    expect(read(folder, first.after).ids).toEqual([])
    writeFileSync(join(folder, 'a', '2.json'), record('MAL-2', 'other'))
    utimesSync(join(folder, 'a', '2.json'), 1, 1)
    expect(read(folder, first.after).ids).toEqual(['MAL-2'])

    git('init', '-q')
    git('add', '-A')
    const tracked = read(folder)
    expect(tracked.ids.sort()).toEqual(['MAL-1', 'MAL-2'])
    // Touched, and yet the same.
    utimesSync(join(folder, 'a', '2.json'), 99, 99)
    git('add', '-A')
    expect(read(folder, tracked.after).ids).toEqual([])
    writeFileSync(join(folder, 'a', 'é.json'), record('MAL-3'))
    git('add', '-A')
    expect(read(folder, tracked.after).ids).toEqual(['MAL-3'])
    expect([...gitFiles(join(folder, 'a', 'b')) ?? []].map(([name]) => name)).toEqual(['1.json'])

    const archive = (second: string): void => writeFileSync(join(folder, 'all.zip'), zip([{ path: 'MAL-1.json', body: record('MAL-1') }, { path: 'MAL-2.json', body: second }]))
    archive(record('MAL-2'))
    const packed = read(folder)
    expect(packed.ids).toEqual(['MAL-1', 'MAL-2'])
    archive(record('MAL-2', 'another'))
    expect(read(folder, packed.after).ids).toEqual(['MAL-2'])
  })

  it.each([2, 3, 4])('reads git\'s index in version %i', (version) => {
    mkdirSync(join(folder, 'deep', 'deeper'), { recursive: true })
    for (const name of ['a.json', 'deep/b.json', 'deep/deeper/c.json', 'deep/deeper/cc.json']) writeFileSync(join(folder, name), name)
    git('init', '-q')
    git('add', '-A')
    git('update-index', `--index-version=${version}`)
    expect([...gitFiles(folder)?.keys() ?? []]).toEqual(['a.json', 'deep/b.json', 'deep/deeper/c.json', 'deep/deeper/cc.json'])
    const bytes = readFileSync(join(folder, '.git', 'index'))
    for (const cut of [0, 11, 40, bytes.length - 1]) expect(entriesOf(bytes.subarray(0, cut))).toBeNull()
    bytes.writeUInt8(bytes.readUInt8(60) ^ 1, 60)
    expect(entriesOf(bytes)).toBeNull()
  })

  it('names what it cannot read of an archive, and refuses one that is none', () => {
    const body = record('MAL-1')
    writeFileSync(join(folder, 'x.zip'), zip([
      { path: 'good.json', body }, { path: 'lies.json', body: body.repeat(3), raw: { size: 10 } }, { path: 'bomb.json', body: ' '.repeat(9_000_000) },
      { path: 'sum.json', body, raw: { crc: 7 } }, { path: 'odd.json', body, raw: { method: 12 } }, { path: 'locked.json', body, raw: { flags: 1 } },
    ]))
    const found = read(join(folder, 'x.zip'))
    expect(found.ids).toEqual(['MAL-1'])
    expect(found.problems.map((one) => one.replace('x.zip!', '')).sort()).toEqual([
      'bomb.json: larger than 8388608 bytes', 'lies.json: inflates to more than it promises', 'locked.json: is encrypted', 'odd.json: is compressed by an unknown method (12)', 'sum.json: has another checksum than it promises',
    ])
    const whole = zip([{ path: 'a.json', body }, { path: 'b.json', body }])
    for (const cut of [4, 60, whole.length - 1, whole.length - 23]) {
      writeFileSync(join(folder, 'cut.zip'), whole.subarray(0, cut))
      expect(() => new ZipReader(join(folder, 'cut.zip'), 'cut.zip').entries()).toThrow(/no zip archive, or damaged/)
    }
  })

  it('reads lines of any length without keeping them', () => {
    writeFileSync(join(folder, 'l'), `one\n${'x'.repeat(100)}\né${'y'.repeat(3)}`)
    expect([...linesOf(join(folder, 'l'), 50)]).toEqual([{ line: 1, text: 'one' }, { line: 2, text: null }, { line: 3, text: 'éyyy' }])
  })

  it('keeps a manifest, and does without one that is damaged', () => {
    const file = join(folder, 'm')
    saveManifest(file, new Map([['a\tb', '1:2'], ['__proto__', '3'], ['line\nbreak', '4']]))
    expect([...loadManifest(file)]).toEqual([['a\tb', '1:2'], ['__proto__', '3']])
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, -3))
    expect(loadManifest(file).size).toBe(0)
    expect(loadManifest(join(folder, 'none')).size).toBe(0)
  })
})
