import * as fc from 'fast-check'
import type { HostEvent } from './event.ts'

/** An event of a machine, for tests. */
export const hostEvent = (more: Partial<HostEvent> = {}): HostEvent => ({
  id: '11111111-1111-4111-8111-111111111111', at: new Date('2026-05-01T00:00:00Z'), host: 'laptop-7', user: 'ada', kind: 'installed', package: { ecosystem: 'npm', name: 'left-pad', version: '1.3.0', digest: null },
  place: '/home/ada/app/node_modules/left-pad', session: null, act: null, process: null, says: 'left-pad 1.3.0 is installed', source: 'inventory', ...more,
})

export const hostAct = (more: Partial<NonNullable<HostEvent['act']>> = {}): NonNullable<HostEvent['act']> =>
  ({ kind: 'connect', at: 12, pid: 7, target: '192.0.2.7:443', done: true, seen: ['call'], by: null, ...more })

const KINDS = ['exec', 'read', 'write', 'delete', 'rename', 'link', 'mode', 'resolve', 'connect', 'listen', 'send', 'request', 'environment', 'signal', 'inject', 'memory', 'refused', 'sleep'] as const
const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.constantFrom('', '/', '__proto__', '[::1]:80', '192.0.2.7:443', '1234 node', '\u0000\u202e\n', 'x'.repeat(9_000)))
const place = fc.record({ package: fc.option(fc.constant('left-pad')), file: fc.string({ maxLength: 60 }), line: fc.nat(), column: fc.option(fc.nat()) })
const act = fc.record({
  kind: fc.constantFrom(...KINDS), at: fc.nat(), pid: fc.nat(), target: text, done: fc.boolean(), seen: fc.subarray(['call', 'hook', 'wire', 'disk'] as const), by: fc.option(place),
  error: text, argv: fc.array(text, { maxLength: 90 }), other: text, name: text, method: fc.constantFrom('GET', 'POST', 'PROPFIND', '__proto__'), bytes: fc.nat(), ms: fc.nat(), stack: fc.array(place, { maxLength: 20 }),
}, { requiredKeys: ['kind', 'at', 'pid', 'target', 'done', 'seen', 'by'] })

/** Events of every kind, of which some are beyond every limit. */
export const hostEvents: fc.Arbitrary<HostEvent> = fc.record({
  id: fc.uuid(), at: fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }), host: fc.string({ minLength: 1, maxLength: 300 }), user: fc.option(text),
  kind: fc.constantFrom('installed', 'removed', 'ran', 'act', 'alarm', 'blocked', 'session', 'lost'),
  package: fc.option(fc.record({ ecosystem: fc.constant('npm' as const), name: fc.constantFrom('left-pad', '@acme/tool'), version: fc.option(fc.constantFrom('1.0.0', '\ud800')), digest: fc.option(fc.constant(`sha256:${'ab'.repeat(32)}` as const)) })),
  place: fc.option(text), session: fc.option(fc.uuid()), act: fc.option(act), says: text, source: fc.constantFrom('inventory', 'guard', 'watch'), count: fc.nat(),
  process: fc.option(fc.record({ pid: fc.nat(), parent: fc.option(fc.nat()), program: text, argv: fc.array(text, { maxLength: 90 }) })),
}, { requiredKeys: ['id', 'at', 'host', 'user', 'kind', 'package', 'place', 'session', 'act', 'process', 'says', 'source'] }) as fc.Arbitrary<HostEvent>
