import { describe, expect, it } from 'vitest'
import { commit } from './caller.ts'
import type { Facts } from './caller.ts'
import { columnsOf, factsIn, GENESIS, link, part } from './chain.ts'
import { canonical, parseEntry, readEntry } from './entry.ts'
import type { LedgerEntry } from './entry.ts'

const full: LedgerEntry = {
  would: { reason: 'too-young', because: 'young', action: 'hold' }, version: '1.0.0', variant: 'full', until: new Date(5), token: 'dev',
  status: 200, request: 'r1', reason: 'clean', range: '0-9', policy: 'p', order: 'o', name: 'left-pad', kind: 'served',
  forwarded: { user: 'u', url: 'https://ci.example/1', job: '7', host: 'h', address: '192.0.2.9' }, file: 'left-pad-1.0.0.tgz',
  facts: { z: 1, a: 'two', m: true }, ecosystem: 'npm', digest: 'sha256:0', decision: 'd',
  client: { version: '11.0.0', userAgent: 'npm/11.0.0', tool: 'npm', ci: 'github-actions' }, bytes: 10, by: 'ann',
  because: 'nothing found', at: new Date(1_700_000_000_000), address: '192.0.2.1', action: 'serve',
}

function keysSorted(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  const keys = Object.keys(value)
  return keys.join('\n') === [...keys].sort().join('\n') && Object.values(value).every(keysSorted)
}

/** The line and its caller's row, as they are stored. */
function stored(entry: LedgerEntry) {
  const { facts: text, line } = part(canonical(entry))
  const facts = JSON.parse(text ?? '{}') as Facts
  const { mark, proofs } = commit(facts, new Set())
  const none = { address: null, agent: null, ci: null, client: null, forwarded: null, host: null, job: null, token: null, url: null, user: null }
  return { entry: line(mark), mark, facts, row: { ...none, ...facts, proofs: JSON.stringify(proofs) } }
}

describe('canonical', () => {
  it('sorts the keys at every level and loses nothing', () => {
    const { entry, mark, facts, row } = stored(full)
    expect([keysSorted(JSON.parse(entry)), keysSorted(facts)]).toEqual([true, true])
    expect(readEntry(entry, row)).toEqual({ ...full, caller: mark })
  })

  it('keeps who asked out of what is hashed', () => {
    const { entry, mark } = stored(full)
    for (const fact of ['192.0.2', 'npm/11.0.0', 'github', 'ci.example', '"dev"', '"u"', '"h"', '"7"']) expect(entry).not.toContain(fact)
    expect(entry).toContain(`"bytes":10,"caller":"${mark}","decision":"d"`)
  })

  it('puts the commitment in its place, whatever texts and facts say', () => {
    const trick = '"caller":"",'
    const { entry, mark, row } = stored({ at: full.at, kind: 'served', because: trick, by: trick, name: trick, token: 'dev\ttab', facts: { caller: '' } })
    expect(readEntry(entry, row)).toEqual({ at: full.at, kind: 'served', because: trick, by: trick, name: trick, token: 'dev\uFFFDtab', facts: { caller: '' }, caller: mark })
  })

  it('says what was forgotten', () => {
    const { entry, row } = stored(full)
    const proofs = JSON.stringify({ ...JSON.parse(row.proofs) as object, address: { seal: '0'.repeat(64) }, user: { seal: '0'.repeat(64) } })
    const read = readEntry(entry, { ...row, address: null, user: null, proofs })
    expect(read).toMatchObject({ token: 'dev', forgotten: ['address', 'user'], forwarded: { host: 'h' } })
    expect(read?.address).toBeUndefined()
  })

  it('is the same for members absent, undefined and null', () => {
    const { at, kind } = full
    expect(canonical({ at, kind, name: null, client: null, facts: undefined })).toBe('{"at":"2023-11-14T22:13:20.000Z","kind":"served"}')
  })

  it.each<[keyof LedgerEntry, number]>([['name', 1_100], ['version', 256], ['because', 600], ['token', 128], ['request', 64]])('cuts %s at %d', (key, limit) => {
    const { entry, facts } = stored({ ...full, [key]: 'x'.repeat(10_000) })
    const value = { ...JSON.parse(entry) as Record<string, string>, ...facts }[key as 'token']
    expect(value).toBe(`${'x'.repeat(limit - 1)}…`)
  })

  it('bounds the whole line, whatever a client sends', () => {
    const huge = '\u{1F4A3}'.repeat(100_000)
    const line = canonical({
      ...full, name: huge, version: huge, file: huge, because: huge, token: huge, address: huge, request: huge, range: huge, reason: huge,
      client: { tool: 'unknown', version: huge, userAgent: huge, ci: huge },
      forwarded: { address: huge, host: huge, user: huge, job: huge, url: huge },
      facts: Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`${index}${huge}`, huge])),
    })
    expect(line.length).toBeLessThan(20_000)
  })

  it.each([
    ['line feed and escape', 'a\n\u001B[31mb', 'a\uFFFD\uFFFD[31mb'],
    ['direction override', 'a\u202Eb', 'a\uFFFDb'],
    ['zero width', 'a\u200Bb', 'a\uFFFDb'],
    ['line separator', 'a\u2028b', 'a\uFFFDb'],
    ['lone surrogate', 'a\uD800b', 'a\uFFFDb'],
    ['C1 control', 'a\u009Bb', 'a\uFFFDb'],
  ])('makes %s visible', (_, userAgent, expected) => {
    expect(stored({ ...full, client: { tool: 'npm', version: null, userAgent, ci: null } }).facts.agent).toBe(expected)
  })

  it('refuses a time that is none', () => {
    expect(() => canonical({ ...full, at: new Date(Number.NaN) })).toThrow(RangeError)
  })

  it('takes __proto__ for a name like any other', () => {
    const { entry: line } = stored({ ...full, name: '__proto__', token: '__proto__', facts: JSON.parse('{"__proto__":"x"}') as Record<string, string> })
    expect(line).toContain('"facts":{"__proto__":"x"}')
    expect(columnsOf(line).name).toBe('__proto__')
  })
})

describe('columnsOf', () => {
  it('copies what queries need', () => {
    const what = { at: 1_700_000_000_000, kind: 'served', ecosystem: 'npm', name: 'left-pad', version: '1.0.0', file: 'left-pad-1.0.0.tgz', digest: 'sha256:0' }
    expect(columnsOf(stored(full).entry)).toEqual({ ...what, token: null, address: null, client: null })
    expect(part(canonical(full)).columns).toEqual({ ...what, token: null, address: null, client: null })
    expect(columnsOf(old(full))).toEqual({ ...what, token: 'dev', address: '192.0.2.1', client: 'npm 11.0.0' })
  })

  it('reads who asked in lines from before callers', () => {
    expect(factsIn(old(full))).toEqual(stored(full).facts)
    expect(readEntry(old(full), null)).toEqual(full)
    expect(factsIn('{"at":"2023-11-14T22:13:20.000Z","kind":"served","client":7,"forwarded":null,"token":""}')).toEqual({})
  })

  it.each(['', 'null', '1', '{}', '{"at":"x","kind":"served"}', '{"at":"2023-11-14T22:13:20.000Z"}', '{"at":5,"kind":"served"}'])('refuses %j', (text) => {
    expect(() => columnsOf(text)).toThrow(expect.objectContaining({ code: 'ledger-broken' }))
  })
})

/** As lines were written before callers had rows of their own. */
const old = (entry: LedgerEntry): string => JSON.stringify(Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1))))

describe('parseEntry', () => {
  it.each(['', 'null', '[]', '{"at":"x"}'])('takes %j for no entry', (text) => {
    expect(parseEntry(text)).toBeNull()
  })
})

it('link follows the documented formula', () => {
  // printf '%064d\n{}' 0 | sha256sum
  expect(link(GENESIS, '{}')).toBe('5649d09ed68c17156095d175eef152856c5b1a81c117c409c1e00f096aa6838e')
})
