import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readFalco } from './falco.ts'
import type { Read } from './ocsf.ts'
import { readOsquery } from './osquery.ts'

const MOST = 100
const falco = (value: unknown): Read[] => readFalco(typeof value === 'string' ? value : JSON.stringify(value), MOST)
const osquery = (value: unknown): Read[] => readOsquery(typeof value === 'string' ? value : JSON.stringify(value), MOST)
const events = (read: readonly Read[]) => read.flatMap((one) => ('problem' in one ? [] : [one.event]))
const problems = (read: readonly Read[]) => read.flatMap((one) => ('problem' in one ? [one.problem] : []))

describe('Falco', () => {
  const alert = (fields: object, more: object = {}) => ({ hostname: 'node-1', rule: 'A rule', priority: 'Warning', time: '2026-05-01T10:00:00.123456789Z', output: 'something was done', output_fields: { 'proc.pid': 7, 'proc.ppid': 1, 'proc.exepath': '/usr/bin/node', 'proc.cmdline': 'node x.js', 'user.name': 'ada', ...fields }, ...more })

  it.each<[string, object, object]>([
    ['a program', { 'evt.type': 'execve' }, { kind: 'exec', target: '/usr/bin/node', done: true }], ['a file that is read', { 'evt.type': 'openat', 'fd.name': '/etc/shadow' }, { kind: 'read', target: '/etc/shadow' }],
    ['a file that is written', { 'evt.type': 'open', 'evt.is_open_write': 'true', 'fd.name': '/etc/cron.d/x' }, { kind: 'write', target: '/etc/cron.d/x' }],
    ['a connection', { 'evt.type': 'connect', 'fd.rip': '2001:db8::7', 'fd.rport': 443 }, { kind: 'connect', target: '[2001:db8::7]:443' }],
    ['a connection by its name', { 'evt.type': 'connect', 'fd.name': '10.0.0.2:40000->192.0.2.7:443' }, { kind: 'connect', target: '192.0.2.7:443' }],
    ['what failed', { 'evt.type': 'unlink', 'fd.name': '/x', 'evt.failed': true, 'evt.res': 'EACCES' }, { kind: 'delete', done: false, error: 'EACCES' }],
  ])('tells of %s', (_what, fields, act) => {
    expect(falco(alert(fields))).toMatchObject([{ sequence: null, event: { kind: 'alarm', host: 'node-1', user: 'ada', source: 'falco', says: 'A rule: something was done', at: new Date('2026-05-01T10:00:00.123Z'), act, process: { pid: 7, parent: 1, program: '/usr/bin/node', argv: ['node', 'x.js'] } } }])
  })

  it('says whose scripts run in a folder, and how grave it is', () => {
    const of = (fields: object, more: object = {}) => events(falco(alert(fields, more)))[0]
    expect(of({ 'proc.cwd': '/srv/app/node_modules/evil/' })?.package).toEqual({ ecosystem: 'npm', name: 'evil', version: null, digest: null })
    expect(of({ 'proc.cwd': '/srv/node_modules/a/node_modules/@acme/tool/lib' })?.package?.name).toBe('@acme/tool')
    expect(of({ 'proc.cwd': '/srv/node_modules' })?.package).toBeNull()
    expect(of({}, { priority: 'Notice' })).toMatchObject({ kind: 'act', act: null })
    expect(of({}, { priority: 'CRITICAL', output_fields: { 'container.id': 'x' } })).toMatchObject({ kind: 'alarm', process: null })
  })

  it('has the same id each time, and another for another', () => {
    const ids = [alert({}), alert({}), alert({ 'proc.pid': 8 })].map((one) => events(falco(one))[0]?.id)
    expect([ids[0] === ids[1], ids[0] === ids[2]]).toEqual([true, false])
    expect(events(falco(alert({}, { uuid: '0c9a64f2-7a51-4d5c-9d55-4e6f6a9c9f10' })))[0]?.id).toBe('0c9a64f2-7a51-4d5c-9d55-4e6f6a9c9f10')
  })

  it('comes as one, as a list, or a line each', () => {
    const [one, two] = [JSON.stringify(alert({})), JSON.stringify(alert({ 'proc.pid': 8 }))]
    expect([falco(one), falco(`[${one},${two}]`), falco(`${one}\n{broken\n${two}\n`)].map((read) => [events(read).length, problems(read).length])).toEqual([[1, 0], [2, 0], [2, 1]])
  })

  it.each<[string, unknown, RegExp]>([
    ['no machine', alert({}, { hostname: '' }), /without hostname/], ['no rule', alert({}, { rule: 1.5e300, priority: null }), /no rule or no priority/], ['no time', alert({}, { time: 'yesterday' }), /^at: /], ['nothing', null, /without hostname/], ['text', '"x"', /without hostname/],
  ])('is refused with %s', (_what, value, says) => {
    expect(problems(falco(value))).toEqual([expect.stringMatching(says)])
  })
})

describe('osquery', () => {
  const result = (name: string, more: object) => ({ name, hostIdentifier: 'node-1', unixTime: '1777629600', epoch: '0', counter: '1', ...more })
  const row = { name: 'Left_Pad', version: '1.3.0', path: '/srv/node_modules/left-pad/package.json' }

  it('tells what is installed and what is gone, in each of its formats', () => {
    const brief = (value: unknown) => events(osquery(value)).map(({ kind, package: had, place }) => `${kind} ${had?.ecosystem} ${had?.name} ${had?.version} ${place}`)
    const place = row.path
    expect(brief(result('pack_acme_npm_packages', { action: 'added', columns: { ...row, name: 'left-pad' } }))).toEqual([`installed npm left-pad 1.3.0 ${place}`])
    expect(brief(result('python_packages', { action: 'removed', columns: row }))).toEqual([`removed pypi left-pad 1.3.0 ${place}`])
    expect(brief(result('python_packages', { action: 'snapshot', snapshot: [row, { name: 'six', version: '1.16.0', directory: '/usr/lib' }] }))).toEqual([`installed pypi left-pad 1.3.0 ${place}`, 'installed pypi six 1.16.0 /usr/lib'])
    expect(brief(result('npm_packages', { diffResults: { added: [{ ...row, name: 'b' }], removed: [{ ...row, name: 'a' }] } }))).toEqual([`removed npm a 1.3.0 ${place}`, `installed npm b 1.3.0 ${place}`])
    expect(brief({ node_key: 'x', log_type: 'result', data: [result('npm_packages', { action: 'added', columns: { ...row, name: 'c' } })] })).toEqual([`installed npm c 1.3.0 ${place}`])
    expect(brief({ node_key: 'x', log_type: 'status', data: [{ message: 'x' }] })).toEqual([])
  })

  it('tells what processes did, once', () => {
    const started = events(osquery(result('process_events', { action: 'added', columns: { pid: '7', parent: '1', path: '/usr/bin/node', cmdline: 'node x.js', cwd: '/srv/node_modules/evil', time: '1777629500' } })))
    expect(started).toMatchObject([{ kind: 'act', at: new Date(1_777_629_500_000), package: { name: 'evil' }, act: { kind: 'exec', target: '/usr/bin/node', argv: ['node', 'x.js'] }, process: { pid: 7, parent: 1 } }])
    expect(events(osquery(result('process_events', { action: 'removed', columns: { pid: '7', path: '/usr/bin/node' } })))).toEqual([])
    expect(events(osquery(result('bpf_socket_events', { action: 'added', columns: { action: 'connect', pid: '7', path: '/usr/bin/node', remote_address: '192.0.2.7', remote_port: '443' } })))).toMatchObject([{ act: { kind: 'connect', target: '192.0.2.7:443' } }])
    expect(events(osquery(result('file_events', { action: 'added', columns: { target_path: '/etc/cron.d/x', action: 'CREATED', time: '0' } })))).toMatchObject([{ act: { kind: 'write', target: '/etc/cron.d/x' }, at: new Date(1_777_629_600_000) }])
  })

  it.each<[string, unknown, RegExp]>([
    ['no machine', { name: 'npm_packages', unixTime: '1' }, /no hostIdentifier/], ['another table', result('mounts', { action: 'added', columns: {} }), /the query mounts is not about what is read here/],
    ['a name that is none', result('npm_packages', { action: 'added', columns: { name: '../../etc', version: '1' } }), /without a name that npm takes/], ['no pid', result('process_events', { action: 'added', columns: { path: '/x' } }), /without pid or path/],
  ])('is refused with %s', (_what, value, says) => {
    expect(problems(osquery(value))).toEqual([expect.stringMatching(says)])
  })

  it('has another id for each row, and the same each time', () => {
    const snapshot = result('npm_packages', { action: 'snapshot', snapshot: [{ ...row, name: 'a' }, { ...row, name: 'a' }] })
    const ids = [...events(osquery(snapshot)), ...events(osquery(snapshot))].map(({ id }) => id)
    expect(new Set(ids).size).toBe(2)
  })
})

describe('whatever others write', () => {
  const names = fc.constantFrom('hostname', 'hostIdentifier', 'rule', 'priority', 'time', 'output', 'output_fields', 'proc.pid', 'proc.cwd', 'evt.type', 'fd.name', 'name', 'unixTime', 'columns', 'snapshot', 'diffResults', 'added', 'action', 'path', 'pid', '__proto__', 'constructor')
  const values = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, fc.constantFrom('node-1', 'Warning', '2026-05-01T00:00:00Z', '1777629600', 'npm_packages', 'process_events', 'execve', '__proto__', 'a/node_modules/x', '\u0000\ud800', 'x'.repeat(9_000)), fc.jsonValue({ maxDepth: 1 }), fc.dictionary(names, tie('value')), fc.array(tie('value'), { maxLength: 4 })),
  })).value

  it('is an event within the limits, or a problem in a sentence', () => {
    fc.assert(fc.property(fc.dictionary(names, values), fc.string(), (value, text) => {
      for (const read of [falco(value), osquery(value), falco(text), osquery(text)]) {
        for (const one of read) {
          if ('problem' in one) expect(one.problem.length).toBeLessThan(500)
          else expect(one.event).toMatchObject({ id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string, says: expect.any(String) as string })
        }
      }
    }), { numRuns: 500 })
  })

  it('is read up to a limit', () => {
    const rows = Array.from({ length: 5_000 }, (_, at) => ({ name: `p${at}`, version: '1' }))
    expect(osquery({ name: 'npm_packages', hostname: 'x', unixTime: 1, action: 'snapshot', snapshot: rows }).length).toBe(MOST + 1)
    expect(falco(JSON.stringify(rows)).length).toBe(MOST + 1)
    expect([falco('{}\n'.repeat(5_000)).length, falco('{}\n\n\n'.repeat(MOST)).length]).toEqual([MOST + 1, MOST])
  })

  it('takes no longer where a path is made to', () => {
    expect(events(falco({ hostname: 'x', rule: 'r', priority: 'Notice', time: '2026-05-01T00:00:00Z', output_fields: { 'proc.cwd': '/node_modules'.repeat(50_000) } }))).toHaveLength(1)
  })
})
