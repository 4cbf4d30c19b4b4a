import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fakeProc, recorder } from './testing.ts'
import { Tree } from './tree.ts'

const file = (pid: number, path: string, more: object = {}) => ({ what: 'file' as const, at: 5, pid, kind: 'read' as const, folder: null, path, cut: false, error: null, ...more })

describe('a tree of processes', () => {
  it('resolves relative paths by the folder that was inherited and changed', () => {
    const listener = recorder()
    const tree = new Tree({ listener, proc: fakeProc({ descriptor: (_pid, fd) => (fd === 7 ? '/srv' : null) }) })
    tree.root(10, 0, '/app')
    tree.see({ what: 'fork', at: 1, pid: 10, child: 11 })
    tree.see({ what: 'folder', at: 2, pid: 11, path: 'node_modules/x' })
    tree.see(file(11, 'a'))
    tree.see(file(10, '../b'))
    tree.see(file(10, 'c', { folder: 7 }))
    tree.see(file(10, '/d/./../e', { cut: true }))
    expect(listener.acts.map(({ target }) => target)).toEqual(['/app/node_modules/x/a', '/b', '/srv/c', '/e…'])
  })

  it('knows a child before its maker, and one number with two owners as two', () => {
    const listener = recorder()
    const tree = new Tree({ listener, proc: fakeProc() })
    tree.root(10, 0, '/app')
    tree.see(file(11, '/x'))
    tree.see({ what: 'fork', at: 1, pid: 10, child: 11 })
    expect(tree.of(11)?.parent).toBe(10)
    tree.see({ what: 'exit', at: 6, pid: 11, exit: 0, signal: null })
    tree.see({ what: 'fork', at: 7, pid: 10, child: 11 })
    expect(tree.of(11)?.pid).toBe(11 + (1 << 22))
    expect(tree.living()).toHaveLength(2)
  })

  it('gives acts to the package that its client said, and to it whatever that starts', () => {
    const listener = recorder()
    const environment = { npm_lifecycle_event: 'postinstall', npm_package_json: '/app/node_modules/evil/package.json', npm_package_name: 'evil', npm_package_version: '1.2.3' }
    const tree = new Tree({ listener, proc: fakeProc({ environment: (pid) => (pid === 11 ? environment : { npm_lifecycle_event: 'x', npm_package_json: '/app/node_modules/other/package.json' }) }) })
    tree.root(10, 0, '/app')
    tree.see({ what: 'fork', at: 1, pid: 10, child: 11 })
    tree.see({ what: 'exec', at: 2, pid: 11, program: '/bin/sh', argv: ['sh', '-c', 'node x'] })
    tree.see({ what: 'fork', at: 3, pid: 11, child: 12 })
    tree.see({ what: 'exec', at: 4, pid: 12, program: '/bin/node', argv: ['node', 'x'] })
    expect(listener.acts.map(({ of }) => of)).toEqual(['evil@1.2.3', 'evil@1.2.3'])
    expect(tree.of(12)?.lifecycle).toBe('postinstall')
  })

  it('knows a hook that is over before anybody could ask: by what the kernel was given, or by the manifest', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-tree-'))
    try {
      const place = join(folder, 'node_modules/evil')
      mkdirSync(place, { recursive: true })
      writeFileSync(join(place, 'package.json'), '{"version":"1.2.3","scripts":{"test":"x","preinstall":"node a.js; true"}}')
      const tree = new Tree({ listener: recorder(), proc: fakeProc() })
      tree.root(10, 0, folder)
      for (const pid of [11, 12, 13, 14]) {
        tree.see({ what: 'fork', at: 1, pid: 10, child: pid })
        if (pid !== 14) tree.see({ what: 'folder', at: 2, pid, path: place })
      }
      tree.see({ what: 'exec', at: 3, pid: 11, program: '/bin/sh', argv: ['sh', '-c', '--', 'node a.js; true'] })
      tree.see({ what: 'exec', at: 3, pid: 12, program: '/bin/sh', argv: ['sh', '-c', 'node b.js'] })
      tree.see({ what: 'exec', at: 4, pid: 12, program: '/bin/sh', argv: ['sh', '-c', 'node b.js'], told: { npm_lifecycle_event: 'install', npm_package_json: join(place, 'package.json') } })
      tree.see({ what: 'exec', at: 3, pid: 13, program: '/bin/cat', argv: ['cat', '-c', 'node a.js; true'], told: { npm_lifecycle_event: 'install', npm_package_json: join(folder, 'package.json') } })
      tree.see({ what: 'exec', at: 3, pid: 14, program: '/bin/sh', argv: ['sh', '-c', 'x'], told: { npm_lifecycle_event: 'postinstall', npm_package_json: join(place, 'package.json') } })
      expect([11, 12, 13, 14].map((pid) => [tree.of(pid)?.package?.version, tree.of(pid)?.lifecycle])).toEqual([['1.2.3', 'preinstall'], ['1.2.3', 'install'], ['1.2.3', 'install'], ['1.2.3', 'postinstall']])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('believes of arguments what the kernel was told, not what the process says later', () => {
    const listener = recorder()
    const tree = new Tree({ listener, proc: fakeProc({ argv: () => ['[kworker/0:1]'] }) })
    tree.root(10, 0, '/')
    tree.see({ what: 'exec', at: 1, pid: 10, program: '/bin/nc', argv: ['nc', '192.0.2.1', '4444'] })
    expect(listener.acts[0]?.argv).toEqual(['nc', '192.0.2.1', '4444'])
  })

  it('names addresses as they were looked up, and leaves the machine\'s own name servers out', () => {
    const listener = recorder()
    const tree = new Tree({ listener, proc: fakeProc({ nameServers: () => ['192.0.2.53'] }) })
    tree.root(10, 0, '/')
    tree.named('2001:db8::9', 'a.example')
    for (const target of ['192.0.2.53:53', '[2001:db8::9]:443', '192.0.2.54:53']) tree.see({ what: 'act', at: 1, pid: 10, kind: 'connect', target, error: null })
    expect(listener.acts.map(({ target, name }) => [target, name])).toEqual([['[2001:db8::9]:443', 'a.example'], ['192.0.2.54:53', undefined]])
  })

  it('stays within bounds whatever forks, and says what it let go', () => {
    const listener = recorder()
    const tree = new Tree({ listener, proc: fakeProc(), most: 100 })
    tree.root(1, 0, '/')
    for (let child = 2; child < 5_000; child++) tree.see({ what: 'fork', at: child, pid: child - 1, child })
    expect(tree.living().length).toBeLessThanOrEqual(100)
    expect(listener.lostCount).toBeGreaterThan(4_000)
  })
})
