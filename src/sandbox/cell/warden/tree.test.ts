import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Disk } from './disk.ts'
import { list } from './tree.ts'

/** What a package may leave without filling its disk: names and holes. */
describe('a list of files', () => {
  const bounds = { files: 100, paths: 100_000, hashed: 10_000_000 }
  let stage: string
  let disk: Disk
  beforeEach(() => {
    stage = mkdtempSync(join(tmpdir(), 'sluice-tree-'))
    mkdirSync(join(stage, 'disk'))
    disk = new Disk(stage, '/home/ana')
    disk.make()
  })
  afterEach(() => rmSync(stage, { recursive: true }))
  const make = (name: string, bytes = 1): void => {
    writeFileSync(join(stage, 'disk/tmp', name), 'x')
    truncateSync(join(stage, 'disk/tmp', name), bytes)
  }

  it('is whole within its bounds', () => {
    for (let at = 0; at < 100; at++) make(`${at}`)
    const { files, cut } = list(disk, ['/home/ana', '/tmp'], bounds)
    expect([files.length, cut]).toEqual([100, null])
  })

  it('ends with so many files', () => {
    for (let at = 0; at < 101; at++) make(`${at}`)
    const { files, cut } = list(disk, ['/tmp'], bounds)
    expect([files.length, cut]).toEqual([100, 'more files than are looked at: 100 were'])
  })

  it('ends with so much in names', () => {
    for (let at = 0; at < 50; at++) make(`${at}`.padEnd(200, '-'))
    const { files, cut } = list(disk, ['/tmp'], { ...bounds, paths: 205 * 30 })
    expect([files.length, cut]).toEqual([30, 'more files than are looked at: 30 were'])
  })

  it('names, and does not read, what has more holes than a disk has room', () => {
    for (let at = 0; at < 12; at++) make(`${at}`, 1_000_000)
    const { files, cut } = list(disk, ['/tmp'], bounds)
    expect([files.length, files.filter(({ sha256 }) => sha256 !== null).length, cut]).toEqual([12, 10, 'more in files than is looked at'])
  })
})
