import { describe, expect, it } from 'vitest'
import type { Deed } from '../../conduct/deed.ts'
import type { Act, Process } from '../../tracing/act.ts'
import type { PhaseRecord, SandboxRecord } from '../record.ts'
import { ossfOf } from './ossf.ts'
import { onlyIn, timelineOf } from './timeline.ts'
import { saidOf } from './words.ts'

const act = (kind: Act['kind'], target: string, more: Partial<Act> = {}): Act => ({ kind, target, at: 10, pid: 2, done: true, seen: ['call'], by: null, ...more })
const process = (pid: number, parent: number | null, argv: string[], more: Partial<Process> = {}): Process => ({ pid, parent, argv, program: argv[0] ?? '', cwd: '/', started: pid, ended: null, exit: 0, signal: null, ...more })
const deed = (one: Act, more: Partial<Deed> = {}): Deed => ({ act: one, key: `${one.at}`, process: null, pass: 'laptop', phase: 'install', during: 'install', order: 0, whose: 'package', tool: null, hook: null, place: null, host: null, trust: null, fromMaker: false, line: [], top: null, ...more })

const acts = [
  act('exec', '/usr/bin/node', { argv: ['node', 'setup.js'], at: 5 }),
  act('read', '/home/maya/.npmrc', { honey: [{ token: 'npm-token', encodings: [], where: 'file' }], by: { package: 'thief', file: 'setup.js', line: 2, column: 3 } }),
  act('read', '/home/maya/.npmrc', { done: false, error: 'ENOENT' }),
  act('resolve', 'collect.evil.example'), act('resolve', 'collect.evil.example', { at: 11 }),
  act('connect', '198.18.0.9:443', { name: 'collect.evil.example' }), act('connect', '[fd4c::9]:80', { done: false, error: 'ECONNREFUSED' }), act('connect', '/run/x.sock'),
  act('request', 'https://collect.evil.example/take?x=1', { method: 'POST', bytes: 1_234 }),
  act('write', '/home/maya/.bashrc', { bytes: 12 }), act('delete', '/tmp/a'), act('rename', '/tmp/b', { other: '/tmp/c' }),
  act('environment', 'HOME', { by: { package: 'thief', file: 'a.js', line: 1, column: null } }), act('sleep', 'nanosleep', { ms: 600_000 }),
]
const phase: PhaseRecord = {
  pass: 'laptop', phase: 'install', status: 'completed', says: null, exit: 0, elapsedMs: 900, stdout: Buffer.from('added 1 package'), stderr: new Uint8Array(), acts, disk: [], dropped: {},
  processes: [process(1, null, ['npm', 'install', 'thief']), process(2, 1, ['node', 'setup.js'], { exit: 1 }), process(3, 1, ['git', '--version']), process(4, 3, ['true'])],
}
const record: SandboxRecord = {
  ref: { ecosystem: 'npm', name: 'thief', version: '1.0.0', file: 'thief-1.0.0.tgz' }, digest: 'sha256:00', backend: 'bubblewrap', startedAt: new Date('2026-05-01T12:00:00.500Z'), elapsedMs: 1_234.5,
  passes: ['laptop', 'ci'], missing: ['ci, import: out of time'], phases: [phase, { ...phase, phase: 'import', status: 'time' }, { ...phase, phase: 'execute', status: 'skipped' }, { ...phase, pass: 'ci' }],
}

describe('ossfOf', () => {
  const result = ossfOf(record, { level: 'malicious', score: 97, findings: [] })

  it('has the members that readers of package-analysis know', () => {
    expect(JSON.parse(JSON.stringify(result))).toMatchObject({
      Package: { Ecosystem: 'npm', Name: 'thief', Version: '1.0.0' }, CreatedTimestamp: 1_777_636_800,
      Analysis: {
        install: {
          Status: 'completed', Stdout: Buffer.from('added 1 package').toString('base64'), Stderr: '',
          Files: [
            { Path: '/home/maya/.npmrc', Read: true, Write: false, Delete: false }, { Path: '/home/maya/.bashrc', Read: false, Write: true, Delete: false }, { Path: '/tmp/a', Read: false, Write: false, Delete: true },
            { Path: '/tmp/b', Read: false, Write: false, Delete: true }, { Path: '/tmp/c', Read: false, Write: true, Delete: false },
          ],
          Sockets: [{ Address: '198.18.0.9', Port: 443, Hostnames: ['collect.evil.example'] }, { Address: 'fd4c::9', Port: 80, Hostnames: [] }],
          Commands: [{ Command: ['node', 'setup.js'], Environment: [] }],
          DNS: [{ Class: 'IN', Queries: [{ Hostname: 'collect.evil.example', Types: ['A'] }] }],
        },
        import: { Status: 'error_timeout' },
      },
    })
    expect(Object.keys(result.Analysis)).toEqual(['install', 'import'])
  })

  it('keeps what that format has no word for in one place', () => {
    expect(Object.keys(result)).toEqual(['Package', 'CreatedTimestamp', 'Analysis', 'Sluice'])
    expect(result.Sluice).toMatchObject({ level: 'malicious', score: 97, missing: ['ci, import: out of time'], passes: { ci: { install: { Status: 'completed' } } } })
  })
})

describe('timelineOf', () => {
  const lines = timelineOf(phase, acts.map((one) => deed(one)), 'thief')

  it('is a tree of what did something', () => {
    expect(lines.map(({ depth, kind, says, decoys, by }) => [depth, kind, says, decoys, by].filter((part) => part !== '').join(' | '))).toEqual([
      '0 | process | npm install thief',
      '1 | process | node setup.js  (exit code 1)',
      '2 | act | reads ~/.npmrc | decoy npm-token | setup.js:2',
      '2 | act | looks for ~/.npmrc: ENOENT',
      '2 | act | looks up collect[.]evil[.]example  ×2',
      '2 | act | connects to collect[.]evil[.]example:443',
      '2 | act | connects to [fd4c[.]:9]:80: ECONNREFUSED'.replace('[fd4c[.]:9]:80', '[fd4c::9]:80'),
      '2 | act | connects to /run/x.sock',
      '2 | act | POST hxxps://collect[.]evil[.]example/take?x=1, 1.2 kB',
      '2 | act | writes ~/.bashrc (12 bytes)',
      '2 | act | removes /tmp/a',
      '2 | act | moves /tmp/b to /tmp/c',
      '2 | act | reads the variable HOME | a.js:1',
      '2 | act | waits 10 min',
      '0 | folded | 2 more processes',
    ])
  })

  it('ends, however processes claim to descend from each other', () => {
    const circle = [process(1, 2, ['a']), process(2, 1, ['b']), process(3, 3, ['c'])]
    expect(timelineOf({ processes: circle, acts: [] }, [deed(act('read', '/etc/passwd', { pid: 1 }))], 'x').length).toBeLessThan(10)
    const deep = Array.from({ length: 5_000 }, (_, n) => process(n + 1, n === 0 ? null : n, [`p${n}`]))
    expect(timelineOf({ processes: deep, acts: [] }, [deed(act('read', '/etc/passwd', { pid: 5_000 }))], 'x').length).toBeLessThan(500)
  })
})

describe('a timeline that is flooded', () => {
  const flood = Array.from({ length: 20_000 }, (_, n) => deed(act('connect', `198.18.${n >> 8}.${n & 255}:443`, { name: `n${n}.example`, at: n }), { host: `n${n}.example`, trust: 'foreign' }))
  const writes = Array.from({ length: 5_000 }, (_, n) => deed(act('write', `/home/maya/${n}`, { at: n })))
  const theft = [
    deed(act('read', '/home/maya/.ssh/id_rsa', { at: 30_000 }), { place: 'ssh-keys' }), deed(act('send', '203.0.113.9:4444', { at: 30_001, honey: [{ token: 'npm-token', encodings: ['hex'], where: 'body' }] }), { trust: 'hostile' }),
    deed(act('write', '/home/maya/.bashrc', { at: 30_002 }), { place: 'shell-startup' }), deed(act('memory', '/memfd:x', { at: 30_003 })),
  ]

  it('shows what is rare, in its order and under its process, and how much it leaves out', () => {
    const lines = timelineOf({ processes: phase.processes, acts: [] }, [...flood, ...writes, ...theft], 'thief')
    const says = lines.map((line) => line.says)
    expect(lines.length).toBeLessThan(410)
    expect(says).toEqual(expect.arrayContaining(['npm install thief', 'node setup.js  (exit code 1)', 'reads ~/.ssh/id_rsa', 'writes ~/.bashrc', 'runs a program out of memory (/memfd:x)']))
    expect(lines.find(({ decoys }) => decoys !== '')?.decoys).toBe('decoy npm-token (hex)')
    expect(says.indexOf('reads ~/.ssh/id_rsa')).toBeGreaterThan(says.findIndex((one) => one.startsWith('connects to')))
    expect(says.some((one) => /^2[45]\d{3} lines that say less were left out$/.test(one))).toBe(true)
  })

  it('is over in time where processes are many', () => {
    const processes = Array.from({ length: 20_000 }, (_, n) => process(n + 1, n === 0 ? null : Math.ceil(n / 2), [`p${n}`]))
    const started = processes.map(({ pid }) => deed(act('exec', '/bin/x', { pid, argv: ['x', String(pid)] })))
    const lines = timelineOf({ processes, acts: [] }, [...started, deed(act('read', '/home/maya/.npmrc', { pid: 20_000, at: 9e6 }), { place: 'credentials' })], 'thief')
    expect(lines.map(({ says }) => says)).toContain('reads ~/.npmrc')
    expect(lines.length).toBeLessThan(410)
  })
})

describe('onlyIn', () => {
  it('tells what another pass did besides, whoever it was run as', () => {
    const first = [deed(act('read', '/home/maya/projects/shop-api/.env')), deed(act('exec', '/bin/id', { argv: ['id', '/home/maya/projects/shop-api/x'] }))]
    const other = [deed(act('read', '/home/runner/work/shop-api/shop-api/.env')), deed(act('exec', '/bin/id', { argv: ['id', '/home/runner/work/shop-api/shop-api/x'] })), deed(act('environment', 'GITHUB_TOKEN', { at: 99 }))]
    expect(onlyIn(other, first).map(({ act: { target } }) => target)).toEqual(['GITHUB_TOKEN'])
  })
})

it.each<[Act, string]>([
  [act('exec', '/x/y', { done: false, error: 'EACCES' }), 'tries to run /x/y: EACCES'],
  [act('environment', '*'), 'reads all variables of the environment'],
  [act('send', '203.0.113.7:53', { bytes: 40 }), 'sends 40 bytes to 203[.]0[.]113[.]7[:]53'.replace('[:]', ':')],
  [act('refused', 'io_uring_setup'), 'asks for io_uring_setup, which the box refuses'],
])('%j', (one, says) => expect(saidOf(one)).toBe(says))
