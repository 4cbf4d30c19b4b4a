import { describe, expect, it } from 'vitest'
import type { Act, Process } from '../tracing/act.ts'
import { aboutRef } from './about.ts'
import { Watcher } from './watcher.ts'

const process = (pid: number, parent: number | null, ...argv: string[]): Process => ({ pid, parent, argv, program: argv[0] ?? '', cwd: null, started: 0, ended: null, exit: null, signal: null })
const NPM = process(10, 1, '/usr/bin/node', '/usr/lib/node_modules/npm/bin/npm-cli.js', 'ci')
const HOOK = process(11, 10, '/bin/sh', '-c', 'node setup.js')
const act = (kind: Act['kind'], target: string, more: Partial<Act> = {}): Act => ({ kind, target, at: 0, pid: 11, done: true, seen: ['call'], by: null, ...more })
const watcher = (): Watcher => {
  const made = new Watcher(aboutRef({ ecosystem: 'npm', name: 'project', version: '' }, ['registry.example']))
  made.meet(NPM)
  made.meet(HOOK)
  return made
}

describe('watching live', () => {
  it('tells when it happens, and again only when it becomes graver', () => {
    const watch = watcher()
    expect(watch.take(act('read', '/home/dev/.ssh/id_rsa'), HOOK).map(({ detector, severity }) => `${detector} ${severity}`)).toEqual(['did-read-credentials medium'])
    expect(watch.take(act('read', '/home/dev/.ssh/id_ed25519'), HOOK)).toEqual([])
    const after = watch.take(act('connect', '203.0.113.4:443'), HOOK)
    expect(after.map(({ detector, severity }) => `${detector} ${severity}`).sort()).toEqual(['did-read-credentials high', 'did-speak-to-strangers high'])
  })

  it('leaves the user and package managers alone', () => {
    const watch = watcher()
    const shell = process(5, 1, '/bin/bash')
    expect(watch.take(act('read', '/home/dev/.ssh/id_rsa', { pid: 5 }), shell)).toEqual([])
    expect(watch.take(act('read', '/home/dev/.npmrc', { pid: 10 }), NPM)).toEqual([])
    expect(watch.take(act('connect', '198.51.100.3:443', { pid: 10, name: 'registry.example' }), NPM)).toEqual([])
  })

  it('keeps little, however much happens', () => {
    const watch = watcher()
    for (let index = 0; index < 20_000; index++) watch.take(act('write', `/home/dev/x/${index}`, { at: index }), HOOK)
    expect(watch.take(act('write', '/home/dev/.bashrc', { at: 30_000 }), HOOK).length + watch.settle().length).toBeGreaterThan(0)
  })
})
