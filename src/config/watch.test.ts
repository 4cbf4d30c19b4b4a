import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { loadConfig } from '../config.ts'
import { watchConfig } from './watch.ts'
import type { Watching } from './watch.ts'

let folder: string
let watching: Watching | undefined
let heard: string[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-watch-'))
  heard = []
})
afterEach(() => {
  watching?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Looks as often as a change needs to count. */
function look(): string[] {
  watching?.check()
  watching?.check()
  return heard.splice(0)
}

function watch(file: string, interval: { interval?: number } = { interval: 1_000_000 }): void {
  const load = () => loadConfig({ file, env: {}, canonical: (_ecosystem, name) => name })
  watching = watchConfig({
    current: load(), load, ...interval,
    onChange: (config, restart) => heard.push([config.policy.mode, ...restart].join(' ')),
    onError: (error) => heard.push((error as Error).message.replace(`${file}:`, '').split('(')[0]?.trim() ?? ''),
  })
}

describe('watchConfig', () => {
  it('takes a new policy, keeps the old one when the new is wrong, and goes on', () => {
    const file = join(folder, 'sluice.yaml')
    writeFileSync(file, 'policy: {mode: enforce}')
    watch(file)
    expect(look()).toEqual([])
    writeFileSync(file, 'policy: {mode: observe}')
    expect(look()).toEqual(['observe'])
    writeFileSync(file, 'policy: {mode: x}')
    expect(look()).toEqual(['1:16: policy.mode is "x"'])
    expect(look()).toEqual([])
    rmSync(file)
    expect(look()[0]).toMatch(/cannot read the configuration/)
    writeFileSync(file, 'policy: {mode: enforce}')
    expect(look()).toEqual(['enforce'])
  })

  it('takes it within 5 s, as is documented', () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    try {
      const file = join(folder, 'sluice.yaml')
      writeFileSync(file, 'policy: {mode: enforce}')
      watch(file, {})
      writeFileSync(file, 'policy: {mode: observe}')
      vi.advanceTimersByTime(4_000)
      expect(heard).toEqual(['observe'])
    } finally {
      watching?.stop()
      vi.useRealTimers()
    }
  })

  it('waits until a file is written to its end', () => {
    const file = join(folder, 'sluice.yaml')
    writeFileSync(file, 'policy: {mode: enforce}')
    watch(file)
    writeFileSync(file, '')
    watching?.check()
    writeFileSync(file, 'policy: {mode: observe}')
    watching?.check()
    expect(heard).toEqual([])
    watching?.check()
    expect(heard).toEqual(['observe'])
  })

  it('sees a file renamed into place and a folder link swapped', () => {
    for (const [name, mode] of [['one', 'enforce'], ['two', 'observe']] as const) {
      mkdirSync(join(folder, name))
      writeFileSync(join(folder, name, 'sluice.yaml'), `policy: {mode: ${mode}}`)
    }
    symlinkSync(join(folder, 'one'), join(folder, '..data'))
    symlinkSync(join('..data', 'sluice.yaml'), join(folder, 'sluice.yaml'))
    watch(join(folder, 'sluice.yaml'))
    symlinkSync(join(folder, 'two'), join(folder, '..new'))
    renameSync(join(folder, '..new'), join(folder, '..data'))
    expect(look()).toEqual(['observe'])
    writeFileSync(join(folder, 'tmp'), 'policy: {mode: enforce}')
    renameSync(join(folder, 'tmp'), join(folder, 'sluice.yaml'))
    expect(look()).toEqual(['enforce'])
  })

  it('keeps the policy when a file that was found without being named is deleted, and takes it up again', () => {
    const file = join(folder, 'sluice.yaml')
    const load = (named?: string) => loadConfig({ cwd: folder, env: {}, canonical: (_ecosystem, name) => name, ...(named === undefined ? {} : { file: named }) })
    const strict = 'policy: {mode: observe, deny: [{package: "npm:bad", because: no}], private: {npm: [{names: ["@acme/*"]}]}}'
    writeFileSync(file, strict)
    const changes: [number, number][] = []
    watching = watchConfig({
      current: load(), load, interval: 1_000_000,
      onChange: ({ policy }) => changes.push([policy.deny.length, policy.private.length]),
      onError: (error) => heard.push((error as Error).message),
    })
    rmSync(file)
    expect(look()).toEqual([expect.stringContaining('cannot read the configuration')])
    expect(changes).toEqual([])
    writeFileSync(file, strict)
    expect([look(), changes]).toEqual([[], [[1, 1]]])
  })

  it('says what needs a restart', () => {
    const file = join(folder, 'sluice.yaml')
    writeFileSync(file, '')
    watch(file)
    writeFileSync(file, 'server: {port: 1}\ndata: x\n')
    expect(look()).toEqual(['enforce server data'])
  })
})
