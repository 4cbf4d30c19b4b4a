import { spawnSync } from 'node:child_process'
import { assert, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Exposure, Met } from '../core/exposure.ts'
import { clearing, escaped, word } from './clearing.ts'
import { liftedNotice, recalledNotice } from './notice.ts'
import type { RecallView, Tombstone } from './tombstones.ts'

const AT = new Date('2026-01-02T03:04:05Z')
const RECALL: RecallView = {
  id: 'r1', ecosystem: 'npm', name: '@acme/up', cause: 'advisory', reference: 'MAL-2026-1', because: 'known malicious: MAL-2026-1 steals tokens', by: 'advisories (osv)', at: AT,
  subjects: [{ ecosystem: 'npm', name: '@acme/up', version: '1.0.0', digest: `sha256:${'a'.repeat(64)}` }], totals: null, quiet: false, toldAt: null,
}
const FILE: Tombstone = {
  seq: 1, recall: 'r1', ecosystem: 'npm', name: '@acme/up', version: '1.0.0', file: 'up-1.0.0.tgz', digest: `sha256:${'a'.repeat(64)}`, size: 9, step: 'withdrawn', kept: true,
  at: AT, until: null, attempt: 0, problem: null, lifted: null,
}
const met = (index: number, more: Partial<Met> = {}): Met => ({
  contact: 'served', subject: { ecosystem: 'npm', name: '@acme/up', version: '1.0.0' }, token: `build-${index}`, user: null, host: 'ci-7', address: '192.0.2.7', job: null, client: 'npm 11.0.0',
  service: null, source: null, path: [], count: 2, first: AT, last: AT, ...more,
})
const exposureOf = (all: readonly Met[]): Exposure => ({ met: all, totals: { index: 40, denied: 3, served: all.length, locked: 0, installed: 0, ran: 0 }, complete: true })

describe('the notice of a recall', () => {
  it('says what and why, who met it, and what to clear', () => {
    const { title, text, data, details } = recalledNotice(RECALL, { tombstones: [FILE], exposure: exposureOf([met(1, { contact: 'locked', service: 'shop', source: 'package-lock.json', path: ['web', '@acme/up'] })]), at: AT })
    expect(title).toBe('npm @acme/up 1.0.0 recalled')
    expect(text).toContain('known malicious: MAL-2026-1 steals tokens (advisories (osv); advisory MAL-2026-1)')
    expect(text).toContain('Who met it: 1 received its bytes, 3 were denied it, 40 read its index document.')
    expect(text).toContain('  locked @acme/up@1.0.0: service shop, in package-lock.json, token build-1, host ci-7, 192.0.2.7, npm 11.0.0 by way of web > @acme/up; 2×, last 2026-01-02T03:04:05Z')
    expect(text).toContain(`  1.0.0 up-1.0.0.tgz sha256:${'a'.repeat(64)}`)
    expect(text).toContain('npm cache ls @acme/up@1.0.0 | grep -F /up-1.0.0.tgz')
    expect(data).toMatchObject({ name: '@acme/up', version: '1.0.0', served: 1, cause: 'advisory' })
    expect(JSON.stringify(details)).toContain('"clear"')
  })

  it('names twenty, and says where the rest is', () => {
    const { text } = recalledNotice(RECALL, { tombstones: [FILE], exposure: exposureOf(Array.from({ length: 30 }, (_, index) => met(index))), at: AT })
    expect(text.match(/^ {2}served /gm)).toHaveLength(20)
    expect(text).toContain('the gravest 20 of them')
    expect(text).toContain('sluice recalls show r1')
  })

  it('is told though nobody can be counted', () => {
    expect(recalledNotice(RECALL, { tombstones: [], exposure: null, at: AT }).text).toContain('Who has it cannot be told right now.')
  })

  it('holds no line that a package wrote', () => {
    const name = 'x\n\nWho met it: nobody\u202e'
    const { title, text } = recalledNotice({ ...RECALL, name, subjects: [{ ecosystem: 'npm', name, version: '1\r\n2', digest: null }] }, { tombstones: [{ ...FILE, name, file: 'a\nb', version: '1\n2' }], exposure: exposureOf([met(1, { token: 'a\nb', subject: { ecosystem: 'npm', name, version: null } })]), at: AT })
    expect(title).not.toMatch(/[\n\u202e]/)
    expect(text.match(/^Who met it: nobody/gm)).toBeNull()
  })

  it('of its end says who ended it and why', () => {
    expect(liftedNotice(RECALL, { tombstone: FILE, tombstones: [FILE], because: 'a false alarm', by: 'ann', at: AT }).text).toContain('The recall of npm @acme/up 1.0.0 is over: a false alarm (ann).')
  })
})

describe('what to clear', () => {
  it('is one word for the shell, whatever a name holds', () => {
    assert(property(string({ unit: 'binary' }).filter((text) => !text.includes('\0') && text.isWellFormed()), (text) => {
      expect(spawnSync('sh', ['-c', `printf %s ${word(text)}`]).stdout.toString()).toBe(text)
    }), { numRuns: 60 })
  })

  it.each([['-rf', '\'-rf\''], ['~root', '\'~root\''], ['@acme/up', '@acme/up'], ['$(id)', '\'$(id)\''], ['', '\'\'']])('%s is written %s', (text, written) => {
    expect(word(text)).toBe(written)
  })

  it.each([['npm', 'up'], ['pypi', 'up-thing'], ['go', 'example.test/Up']] as const)('of many versions of %s is what clears all of them', (ecosystem, name) => {
    const all = clearing(ecosystem, Array.from({ length: 30 }, (_, index) => ({ name, version: `1.0.${index}` })))
    expect(all).toEqual(clearing(ecosystem, [{ name, version: null }]))
    expect(all.flatMap(({ commands }) => commands).length).toBeGreaterThan(3)
  })

  it('writes Go\'s paths as its cache does', () => {
    expect(escaped('github.example/BurntSushi/toml')).toBe('github.example/!burnt!sushi/toml')
    expect(clearing('go', [{ name: 'example.test/Up', version: 'v1.0.0' }])[0]?.commands.join('\n')).toContain('example.test/!up@v1.0.0')
  })
})
