import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HostEvent } from './event.ts'
import { fromOcsf, toOcsf } from './ocsf.ts'
import { trim } from './said.ts'
import { hostAct, hostEvent, hostEvents } from './testing.ts'

const there = (event: HostEvent, sequence?: number) => fromOcsf(JSON.parse(JSON.stringify(toOcsf(event, sequence))))

describe('an event as OCSF', () => {
  it('comes back as it was, within the limits', () => {
    fc.assert(fc.property(hostEvents, fc.nat(), (event, sequence) => {
      expect(there(event, sequence)).toEqual({ sequence, event: JSON.parse(JSON.stringify(trim(event).event), (key, value: unknown) => (key === 'at' && typeof value === 'string' ? new Date(value) : value)) as unknown })
    }))
  })

  it.each<[string, Partial<HostEvent>, number, number, Record<string, unknown>]>([
    ['an inventory', {}, 5020, 2, { sbom: { package: { name: 'left-pad', version: '1.3.0', purl: 'pkg:npm/left-pad@1.3.0', type_id: 1, package_manager: 'npm' }, software_components: [] }, actor: { user: { name: 'ada' } } }],
    ['a removal', { kind: 'removed' }, 6002, 2, { app: { name: 'left-pad', version: '1.3.0', uid: 'pkg:npm/left-pad@1.3.0', path: '/home/ada/app/node_modules/left-pad' } }],
    ['a run', { kind: 'ran', user: null }, 6002, 3, { actor: { app_name: 'inventory' } }],
    ['a program', { kind: 'act', act: hostAct({ kind: 'exec', target: '/bin/sh', argv: ['sh', '-c', 'true'] }) }, 1007, 1, { process: { pid: 7, name: 'sh', path: '/bin/sh', cmd_line: 'sh -c true' }, status_id: 1 }],
    ['a file', { kind: 'act', act: hostAct({ kind: 'read', target: '/home/ada/.npmrc', done: false, error: 'EACCES' }) }, 1001, 2, { file: { name: '.npmrc', path: '/home/ada/.npmrc', type_id: 0 }, status_id: 2, status_code: 'EACCES' }],
    ['a connection', { kind: 'act', act: hostAct({ target: '[2001:db8::7]:443', name: 'evil.example' }) }, 4001, 1, { dst_endpoint: { ip: '2001:db8::7', port: 443, hostname: 'evil.example' } }],
    ['a socket in a folder', { kind: 'act', act: hostAct({ target: '/run/docker.sock' }) }, 4001, 1, { dst_endpoint: { name: '/run/docker.sock' } }],
    ['a name', { kind: 'act', act: hostAct({ kind: 'resolve', target: 'evil.example' }) }, 4003, 1, { query: { hostname: 'evil.example' } }],
    ['a request', { kind: 'act', act: hostAct({ kind: 'request', target: 'https://evil.example/x', method: 'POST', bytes: 9 }) }, 4002, 6, { http_request: { url: { url_string: 'https://evil.example/x' }, http_method: 'POST', body_length: 9 } }],
    ['an alarm', { kind: 'blocked', act: hostAct(), says: 'left-pad connected to 192.0.2.7' }, 2004, 1, { severity_id: 4, action_id: 2, is_alert: true, evidences: [{ dst_endpoint: { ip: '192.0.2.7', port: 443 }, connection_info: { direction_id: 2 } }] }],
    ['what was lost', { kind: 'lost', count: 12 }, 0, 99, { count: 12, severity_id: 3 }],
  ])('%s', (_what, more, uid, activity, fields) => {
    const event = toOcsf(hostEvent(more))
    expect(event).toMatchObject({ class_uid: uid, category_uid: Math.floor(uid / 1000), activity_id: activity, type_uid: uid * 100 + activity, ...fields })
  })

  it('says that it was cut', () => {
    const cut = toOcsf(hostEvent({ says: 'x'.repeat(900) }))
    expect([cut.message.length, cut.metadata['is_truncated']]).toEqual([500, true])
    expect(toOcsf(hostEvent()).metadata).not.toHaveProperty('is_truncated')
  })
})

describe('what is read', () => {
  interface Wire { metadata?: object; unmapped: { sluice: { package: object } } }
  const wire = (change: (event: Wire) => void): unknown => {
    const event = JSON.parse(JSON.stringify(toOcsf(hostEvent(), 3))) as Wire
    change(event)
    return event
  }
  it.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /unmapped\.sluice is missing/], ['a list', [1], /unmapped\.sluice is missing/], ['somebody else\'s event', { class_uid: 1007, metadata: { uid: 'x' } }, /unmapped\.sluice is missing/],
    ['no id', wire((one) => { delete one.metadata }), /^id: /], ['an id that is none', wire((one) => Object.assign(one.metadata as object, { uid: '../x' })), /^id: /],
    ['a time that is none', wire((one) => Object.assign(one, { time: 8.64e15 + 1 })), /^at: /], ['a time in words', wire((one) => Object.assign(one, { time: '2026' })), /^at: /],
    ['a name that is none', wire((one) => Object.assign(one.unmapped.sluice.package, { name: '../../etc' })), /no canonical name/],
    ['a name in capitals', wire((one) => Object.assign(one.unmapped.sluice.package, { ecosystem: 'pypi', name: 'Flask' })), /no canonical name/],
    ['a digest that is none', wire((one) => Object.assign(one.unmapped.sluice.package, { digest: 'sha256:zz' })), /^package\.digest/],
    ['a kind that is none', wire((one) => Object.assign(one.unmapped.sluice, { kind: '__proto__' })), /^kind: /],
    ['a place without end', wire((one) => Object.assign(one.unmapped.sluice, { place: 'x'.repeat(5_000) })), /^place: /],
  ])('%s is a problem', (_what, value, says) => {
    expect(fromOcsf(value)).toMatchObject({ problem: expect.stringMatching(says) as string })
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      expect(fromOcsf(value)).toHaveProperty('problem')
      expect(fromOcsf({ unmapped: { sluice: value }, metadata: value, time: value })).toHaveProperty('problem')
    }))
  })
})
