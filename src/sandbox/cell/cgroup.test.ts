import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeFence, places, removeFence, sweepFences } from './cgroup.ts'
import type { Limits } from './cell.ts'

const LIMITS: Limits = { memoryMb: 100, processes: 20, diskMb: 50, fileMb: 10, outputMb: 1, traceMb: 10 }
const BYTES = String((100 + 50 + 60 + 384) * 1024 * 1024)

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cgroup-'))
})
afterEach(() => rmSync(root, { recursive: true }))

const put = (path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

/** A service that systemd delegated to us, as cgroup v2 has it: its own group has processes, the one above passes controllers on. */
function delegated(): { root: string; own: string } {
  put('cgroup.controllers', 'cpu memory pids')
  put('cgroup.subtree_control', 'cpu memory pids')
  put('user.slice/ours/cgroup.subtree_control', 'memory pids\n')
  put('user.slice/ours/gate/cgroup.subtree_control', '')
  return { root, own: '0::/user.slice/ours/gate\n' }
}

describe('cgroups of a cell', () => {
  it('v1: a child of our own in each hierarchy that counts', () => {
    for (const at of ['memory/slice/own', 'pids', 'cpu', 'freezer']) mkdirSync(join(root, at), { recursive: true })
    const own = '9:name=systemd:/\n8:pids:/\n6:freezer:/\n4:memory:/slice/own\n3:cpu:/gone\n0::/\n'
    expect(places({ root, own })).toEqual([{ folder: join(root, 'pids'), version: 1, controllers: ['pids'] }, { folder: join(root, 'memory/slice/own'), version: 1, controllers: ['memory'] }])
    const fence = makeFence(LIMITS, 'abc', { root, own })
    expect([...fence.limited].sort()).toEqual(['memory', 'pids'])
    expect(readFileSync(join(root, `memory/slice/own/sluice-cell-${process.pid}-abc/memory.limit_in_bytes`), 'utf8')).toBe(BYTES)
    expect(readFileSync(join(root, `pids/sluice-cell-${process.pid}-abc/pids.max`), 'utf8')).toBe('220')
  })

  it('v2: beside us, where the group above is ours and passes controllers on', () => {
    const fence = makeFence(LIMITS, 'abc', delegated())
    const child = join(root, `user.slice/ours/sluice-cell-${process.pid}-abc`)
    expect(fence.folders).toEqual([child])
    expect([...fence.limited].sort()).toEqual(['memory', 'pids'])
    expect(readdirSync(child).sort()).toEqual(['memory.max', 'memory.swap.max', 'pids.max'])
    expect(readFileSync(join(child, 'memory.max'), 'utf8')).toBe(BYTES)
  })

  it.each([
    ['nothing is passed on', (): string => {
      put('cgroup.controllers', 'memory')
      put('a/cgroup.subtree_control', '')
      return '0::/a\n'
    }],
    ['there is no hierarchy mounted', (): string => '0::/a\n4:memory:/b\n'],
    ['the list cannot be read', (): string => 'nonsense\n::\n4:memory\n'],
    ['it points out of the hierarchy', (): string => {
      put('cgroup.controllers', 'memory')
      return '0::/../../..\n'
    }],
  ])('none where %s', (_name, own) => {
    const fence = makeFence(LIMITS, 'abc', { root, own: own() })
    expect(fence).toEqual({ folders: [], limited: new Set() })
  })

  it('is swept of groups whose gate is gone, and of no others', () => {
    const cgroups = delegated()
    const at = (name: string): string => join(root, 'user.slice/ours', name)
    for (const name of [`sluice-cell-${process.pid}-mine`, 'sluice-cell-999999999-theirs', 'sluice-cell-x-odd', 'other']) mkdirSync(at(name))
    sweepFences(cgroups)
    expect(existsSync(at('sluice-cell-999999999-theirs'))).toBe(false)
    for (const name of [`sluice-cell-${process.pid}-mine`, 'sluice-cell-x-odd', 'other']) expect(existsSync(at(name))).toBe(true)
    removeFence({ folders: [at(`sluice-cell-${process.pid}-mine`)], limited: new Set() })
    expect(existsSync(at(`sluice-cell-${process.pid}-mine`))).toBe(false)
  })
})
