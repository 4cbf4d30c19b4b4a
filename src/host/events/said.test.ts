import { describe, expect, it } from 'vitest'
import { readBatch, writeBatch } from './batch.ts'
import type { HostEvent } from './event.ts'
import { trim } from './said.ts'
import { hostAct, hostEvent } from './testing.ts'

const head = { host: 'laptop-7', spool: '22222222-2222-4222-8222-222222222222' }
const arrives = async (event: HostEvent): Promise<HostEvent> => {
  const { lines: [line] } = await readBatch(writeBatch(head, [{ sequence: 1, event }], 'gzip'), 'gzip')
  if (line === undefined || 'problem' in line) throw new Error(line?.problem ?? 'nothing')
  return line.event
}

describe('what a watched program chooses', () => {
  it.each([['letters', 'a'], ['control characters', '\u0001'], ['quotes', '"'], ['halves of characters', '\ud800'], ['characters of three bytes', '\u4e16']])('cannot make an alarm too long to be told: %s', async (_what, character) => {
    const argv = Array.from({ length: 200 }, () => character.repeat(5_000))
    const path = character.repeat(10_000)
    const place = { package: null, file: path, line: 1, column: 1 }
    for (const kind of ['exec', 'rename', 'request'] as const) {
      const event = hostEvent({
        kind: 'alarm', source: 'guard', says: path, place: path, process: { pid: 7, parent: 1, program: path, argv },
        act: hostAct({ kind, target: path, other: path, argv, name: path, error: path, by: place, stack: Array.from({ length: 50 }, () => place) }),
      })
      expect(Buffer.byteLength(JSON.stringify(trim(event).event))).toBeLessThan(512 * 1024)
      expect(await arrives(event)).toMatchObject({ kind: 'alarm', package: event.package })
    }
  })

  it.each<[string, Partial<NonNullable<HostEvent['package']>>, unknown]>([
    ['a long version', { version: '1'.repeat(100_000) }, { name: 'left-pad', version: '1'.repeat(255) }],
    ['no name of a package', { ecosystem: 'go', name: 'example.com/..//a' }, null], ['a long name', { ecosystem: 'go', name: `example.com/${'a'.repeat(5_000)}` }, null], ['capitals', { ecosystem: 'pypi', name: 'Left_Pad' }, null],
  ])('cannot keep its alarm from being taken: %s', async (_what, more, expected) => {
    const event = hostEvent({ kind: 'alarm', source: 'guard' })
    const had = (await arrives({ ...event, package: event.package && { ...event.package, ...more } })).package
    expect(had === null ? null : { name: had.name, version: had.version }).toEqual(expected)
  })

  it('is kept whole where it fits', () => {
    const event = hostEvent({ kind: 'alarm', process: { pid: 7, parent: 1, program: '/usr/bin/node', argv: ['node', '-e', '"\n'.repeat(500)] } })
    expect(trim(event)).toEqual({ event, cut: false })
  })
})
