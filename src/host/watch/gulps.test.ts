import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Gulps } from './gulps.ts'
import { onLinux, until } from './testing.ts'

describe.runIf(onLinux)('gulps', () => {
  let folder: string
  let gulps: Gulps
  const path = (): string => join(folder, 'lines')

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-gulps-'))
    gulps = new Gulps(path())
  })
  afterEach(() => {
    gulps.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('are empty before anybody writes, while nothing comes, and after the writer went', () => {
    expect(gulps.read()).toBe('')
    const writer = openSync(path(), 'w')
    expect(gulps.read()).toBe('')
    closeSync(writer)
    expect(gulps.read()).toBe('')
  })

  it('hold what was written by then, in one piece', () => {
    const writer = openSync(path(), 'w')
    for (const one of ['a\n', 'b\n', 'c']) writeSync(writer, one)
    expect(gulps.read()).toBe('a\nb\nc')
    writeSync(writer, '\n')
    closeSync(writer)
    expect(gulps.read()).toBe('\n')
  })

  it('keep a letter together that was written in two parts', () => {
    const writer = openSync(path(), 'w')
    const bytes = Buffer.from('größe')
    writeSync(writer, bytes.subarray(0, 3))
    expect(gulps.read()).toBe('gr')
    writeSync(writer, bytes.subarray(3))
    expect(gulps.read()).toBe('öße')
    closeSync(writer)
  })

  it('lose nothing of more than the pipe holds, and many small writes have room in it', async () => {
    const writer = spawn('sh', ['-c', 'i=0; exec 5> "$1"; while [ $i -lt 1000 ]; do echo "a line of some forty letters, number $i" >&5; i=$((i + 1)); done; echo filled; while [ $i -lt 5000 ]; do echo "a line of some forty letters, number $i" >&5; i=$((i + 1)); done', 'sh', path()], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = once(writer, 'exit')
    await once(writer.stdout, 'data')
    let text = gulps.read()
    expect(text.split('\n').length).toBeGreaterThan(1_000)
    await until('all lines', () => { text += gulps.read(); return text.endsWith('number 4999\n') })
    await ended
    expect(text.split('\n').slice(0, -1).map((line) => Number(line.split(' ').at(-1)))).toEqual(Array.from({ length: 5_000 }, (_, index) => index))
  })

  it('are not made where something lies already, and say nothing once closed', () => {
    expect(() => new Gulps(path())).toThrow(/File exists/)
    gulps.close()
    gulps.close()
    expect(gulps.read()).toBe('')
    expect(spawnSync('test', ['-p', path()]).status).toBe(0)
  })
})
