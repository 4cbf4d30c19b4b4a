import { describe, expect, it } from 'vitest'
import type { Act } from '../../tracing/act.ts'
import type { Followed } from '../watch/followed.ts'
import { clientName } from './places.ts'
import type { Alarm } from './alarm.ts'
import { Rules } from './rules.ts'
import { Session } from './session.ts'

const by = (more: Partial<Followed> = {}): Followed => ({
  pid: 2, parent: 1, kernel: 2, up: null, argv: ['node', 'setup.js'], program: '/usr/bin/node', cwd: '/app', started: 0, ended: null, exit: null, signal: null,
  package: { ecosystem: 'npm', name: 'evil', version: '1.0.0', digest: null }, place: '/app/node_modules/evil', lifecycle: 'postinstall', ...more,
})
const act = (kind: Act['kind'], target: string, more: Partial<Act> = {}): Act => ({ kind, at: 1, pid: 2, target, done: true, seen: ['call'], by: null, ...more })
const npm = by({ package: null, argv: ['npm', 'ci'], program: '/usr/bin/node' })
const told = (one: Act, process = by()): string | null => new Rules().see(one, process).map(({ rule, severity }) => `${severity} ${rule}`)[0] ?? null

describe('what is minded', () => {
  it.each([
    ['keys', act('read', '/home/u/.ssh/id_rsa'), 'high reads-secrets'],
    ['keys that are not there', act('read', '/home/u/.ssh/id_rsa', { done: false, error: 'ENOENT' }), 'medium reads-secrets'],
    ['the client\'s own settings, by a package', act('read', '/home/u/.npmrc'), 'high reads-secrets'],
    ['a wallet', act('read', '/home/u/.bitcoin/wallet.dat'), 'high reads-secrets'],
    ['a shell\'s start', act('write', '/home/u/.bashrc'), 'high stays'],
    ['the same by another name', act('rename', '/tmp/x', { other: '/home/u/.bashrc' }), 'high stays'],
    ['a unit of systemd', act('write', '/home/u/.config/systemd/user/x.service'), 'high stays'],
    ['the metadata service', act('connect', '169.254.169.254:80'), 'critical metadata-service'],
    ['another process', act('inject', '7'), 'high reaches-into-processes'],
    ['a program in memory', act('memory', '/memfd:x'), 'high runs-from-memory'],
    ['a planted secret that leaves', act('resolve', 'abc.evil.example', { honey: [{ token: 'npm-token', encodings: ['base32'], where: 'name' }] }), 'critical decoy-sent'],
    ['its own files', act('read', '/app/node_modules/evil/.npmrc'), null],
    ['who is on the machine', act('read', '/etc/passwd'), null],
    ['names', act('resolve', 'registry.acme.example'), null],
  ])('%s', (_what, one, expected) => { expect(told(one)).toBe(expected) })

  it.each([
    ['npm reads its settings', act('read', '/home/u/.npmrc'), npm, null],
    ['npm reads keys', act('read', '/home/u/.ssh/id_rsa'), npm, 'high reads-secrets'],
    ['ssh reads keys', act('read', '/home/u/.ssh/id_rsa'), by({ package: null, argv: ['ssh', 'git@x'], program: '/usr/bin/ssh' }), null],
    ['ssh reads keys for a hook', act('read', '/home/u/.ssh/id_rsa'), by({ argv: ['ssh', 'x'], program: '/usr/bin/ssh' }), 'high reads-secrets'],
    ['git reads its own', act('read', '/home/u/.git-credentials'), by({ package: null, argv: ['git', 'fetch'], program: '/usr/bin/git' }), null],
  ])('%s', (_what, one, process, expected) => { expect(told(one, process)).toBe(expected) })

  it('is told once for each package and target, and never without end', () => {
    const rules = new Rules()
    const count = (one: Act): number => rules.see(one, by()).length
    expect([count(act('read', '/h/.ssh/a')), count(act('read', '/h/.ssh/a')), count(act('read', '/h/.ssh/b'))]).toEqual([1, 0, 1])
    let all = 0
    for (let index = 0; index < 20_000; index++) all += count(act('read', `/h/.ssh/${index}`))
    expect(all).toBeLessThanOrEqual(5_000)
  })

  it('is told again when it succeeds, and whatever is graver than a crowd before it', () => {
    const rules = new Rules()
    const alarms: Alarm[] = []
    const session = new Session({ judges: [rules], folder: '/app', home: '/h', onAlarm: (alarm) => { alarms.push(alarm) } })
    const tried = (index: number): Act => act('read', `/h/.ssh/id_${index}`, { done: false, error: 'ENOENT' })
    for (let index = 0; index < 20_000; index++) session.act(tried(index), by())
    expect(alarms.length).toBeLessThanOrEqual(1_000)
    session.act(act('read', '/h/.ssh/id_0'), by())
    session.act(act('connect', '169.254.169.254:80'), by())
    expect(alarms.slice(-2).map(({ severity, rule }) => `${severity} ${rule}`)).toEqual(['high reads-secrets', 'critical metadata-service'])
    session.act(act('read', '/h/.ssh/id_1'), by())
    expect(alarms.at(-1)?.severity).toBe('critical')
    expect(session.unlisted).toBeGreaterThan(0)
  })

  it.each([
    [['npm', 'ci'], 'npm'], [['node', '/usr/lib/node_modules/npm/bin/npm-cli.js', 'ci'], 'npm'], [['/usr/bin/python3', '-m', 'pip', 'install', 'x'], 'pip'], [['node', '--no-warnings', '/opt/pnpm/bin/pnpm.cjs'], 'pnpm'],
    [['npm install x'], 'npm'], [['/usr/local/go/bin/go', 'build'], 'go'], [['sh', '-c', 'x'], 'sh'], [[], 'prog'],
  ])('%j is %s', (argv, name) => { expect(clientName({ argv, program: '/usr/bin/prog' })).toBe(name === 'prog' ? 'prog' : name) })
})
