import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
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

/** A hierarchy of the machine's own that passes memory and pids on to a group of ours; `why`: there is none. */
function realHierarchy(): { root: string; path: string; why: string | null } {
  const root = /^\S+ (\S+) cgroup2 /m.exec(readFileSync('/proc/mounts', 'utf8'))?.[1] ?? ''
  const path = /^0::(\/.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '/'
  const none = (why: string) => ({ root, path: '', why })
  if (root === '') return none('no cgroup v2 is mounted')
  for (const at of new Set([path, dirname(path)])) {
    const passed = readFileSync(join(root, at, 'cgroup.subtree_control'), 'utf8').trim().split(/\s+/)
    if (!passed.includes('memory') || !passed.includes('pids')) continue
    const ours = join(at, `sluice-test-${process.pid}`)
    try {
      mkdirSync(join(root, ours))
    } catch (thrown) {
      return none(`none of our own may be made: ${String(thrown)}`)
    }
    return { root, path: ours, why: null }
  }
  return none(`cgroup v2 has no memory or pids to pass on here (${readFileSync(join(root, 'cgroup.controllers'), 'utf8').trim() || 'nothing'})`)
}

it('v2 as the kernel has it: the limits are in force for whoever joins', async ({ skip }) => {
  const { root: mounted, path, why } = realHierarchy()
  if (why !== null) return skip(why)
  const [ours, leaf] = [join(mounted, path), join(mounted, path, 'gate')]
  try {
    writeFileSync(join(ours, 'cgroup.subtree_control'), '+memory +pids')
    mkdirSync(leaf)
    const fence = makeFence(LIMITS, 'real', { root: mounted, own: `0::${join(path, 'gate')}\n` })
    const [folder] = fence.folders as [string]
    expect([...fence.limited].sort()).toEqual(['memory', 'pids'])
    expect([readFileSync(join(folder, 'memory.max'), 'utf8').trim(), readFileSync(join(folder, 'pids.max'), 'utf8').trim()]).toEqual([BYTES, '220'])
    const child = spawn('sleep', ['600'])
    const ended = once(child, 'exit')
    writeFileSync(join(folder, 'cgroup.procs'), String(child.pid))
    writeFileSync(join(folder, 'cgroup.kill'), '1')
    expect(await ended).toEqual([null, 'SIGKILL'])
    await expect.poll(() => {
      removeFence(fence)
      return existsSync(folder)
    }).toBe(false)
  } finally {
    for (const each of [leaf, ours]) if (existsSync(each)) rmdirSync(each)
  }
})
