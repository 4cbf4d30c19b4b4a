import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isCode } from '../core/errors.ts'
import type { Once } from '../core/presence.ts'
import { ecosystems } from './index.ts'

const read = (ecosystem: keyof typeof ecosystems, body: string, wanted: readonly Once[], { name = 'x', contentType = '' }: { name?: string; contentType?: string } = {}) =>
  ecosystems[ecosystem].presence.read({ name, body: Buffer.from(body), contentType, base: `http://up.example/${name}` }, wanted)

const packument = (versions: readonly string[], more: object = {}): string => JSON.stringify({
  name: 'x', 'dist-tags': { latest: versions.at(-1) }, versions: Object.fromEntries(versions.map((version) => [version, { name: 'x', version, dist: { tarball: `http://up.example/x/-/x-${version}.tgz`, shasum: 'a'.repeat(40) } }])), ...more,
})
const once = (version: string, file: string | null = null): Once => ({ version, file })

describe('npm', () => {
  it.each([
    ['only the placeholder', packument(['0.0.1-security']), 'placeholder'],
    ['one of a taken version', packument(['0.0.1-security', '0.0.1-security.0']), 'placeholder'],
    ['the placeholder as latest, beside others', packument(['1.0.0', '0.0.1-security']), 'placeholder'],
    ['a placeholder from long ago, under a package that is alive again', packument(['0.0.1-security', '1.0.0']), undefined],
    ['a version that only sounds like it', packument(['1.0.0-security-fix']), undefined],
    ['unpublished', '{"name":"x","time":{"unpublished":{"name":"ann","time":"2024-01-01"}}}', 'unpublished'],
    ['unpublished without a word', '{"name":"x","time":{"unpublished":{}}}', 'unpublished'],
    ['nothing special', packument(['1.0.0']), undefined],
  ])('%s', (_what, body, kind) => {
    expect(read('npm', body, []).whole?.kind).toBe(kind)
  })

  it('finds versions, what is promised of them, and times of those that are gone', () => {
    const { found } = read('npm', packument(['1.0.0'], { time: { '1.1.0': '2024-01-01T00:00:00Z' } }), [once('1.0.0', 'x-1.0.0.tgz'), once('1.1.0'), once('9.9.9'), once('__proto__'), once('constructor')])
    expect(found.map(({ there, remembered }) => [there, remembered])).toEqual([[true, true], [false, true], [false, false], [false, false], [false, false]])
    expect(found[0]?.pledge).toEqual({ hashes: { sha1: 'a'.repeat(40) } })
  })

  it('reads who unpublished a package out of the body of a 404, and nothing out of others', () => {
    const absence = (body: string) => ecosystems.npm.presence.readAbsence?.('x', Buffer.from(body))
    expect(absence('{"time":{"unpublished":{"name":"ann\\u001b[2J","time":"2024"}}}')?.says).toBe('unpublished by ann [2J at 2024')
    for (const body of ['', 'not found', '<html>', '{"error":"not_found"}', '[]', 'null', '{"time":{"unpublished":true}}']) expect(absence(body)).toBeNull()
  })
})

describe('PyPI', () => {
  const page = (files: readonly object[], more: object = {}): string => JSON.stringify({ meta: { 'api-version': '1.4' }, name: 'x', files, ...more })
  const file = (filename: string, more: object = {}) => ({ filename, url: `http://files.example/${filename}`, hashes: { sha256: 'b'.repeat(64) }, ...more })
  const json = { contentType: 'application/vnd.pypi.simple.v1+json' }

  it.each([['quarantined', 'quarantined'], ['archived', 'archived'], ['deprecated', 'deprecated'], ['active', undefined], ['made-up', undefined], ['__proto__', undefined]])('says %s', (status, kind) => {
    expect(read('pypi', page([], { 'project-status': { status } }), [], json).whole?.kind).toBe(kind)
  })

  it('finds files, versions without their file, marks, and leaves out what stands beside files', () => {
    const { found } = read('pypi', page([file('x-1.0.tar.gz', { yanked: 'bad' }), file('x-2.0.tar.gz')], { versions: ['1.0', '2.0', '3.0'] }), [
      once('1.0', 'x-1.0.tar.gz'), once('2.0.0'), once('2.0', 'x-2.0-py3-none-any.whl'), once('3.0'), once('1.0', 'x-1.0.tar.gz.metadata'),
    ], json)
    expect(found.map(({ there, remembered, mark }) => [there, remembered, mark?.says ?? null])).toEqual([
      [true, true, 'yanked: bad'], [true, true, null], [false, true, null], [false, true, null], [null, false, null],
    ])
  })

  it('reads the mark of an HTML page', () => {
    const html = '<html><head><meta name="pypi:repository-version" content="1.4"><meta name="pypi:project-status" content="quarantined"></head><body></body></html>'
    expect(read('pypi', html, [], { contentType: 'text/html' }).whole?.kind).toBe('quarantined')
  })
})

describe('Go', () => {
  it('finds listed versions, cannot tell of others that need not be, and reads retractions', () => {
    const wanted = [once('v1.0.0', 'v1.0.0.zip'), once('v1.1.0'), once('v0.0.0-20260101000000-abcdefabcdef'), once('v1.0.0', 'v1.0.0.mod')]
    const { found, newest } = read('go', 'v1.0.0\nv1.2.0\n', wanted, { name: 'm.example/x' })
    expect([found.map(({ there }) => there), newest]).toEqual([[true, false, null, null], 'v1.2.0'])
    const marks = ecosystems.go.presence.retractions?.read(Buffer.from('module m.example/x\nretract (\n\t[v1.0.0, v1.0.9] // leaks\n\tv2.0.0\n)\n'), wanted)
    expect(marks?.map((mark) => mark?.says ?? null)).toEqual(['retracted: leaks', null, null, 'retracted: leaks'])
  })
})

describe.each(Object.keys(ecosystems) as (keyof typeof ecosystems)[])('%s, whatever comes', (ecosystem) => {
  it('answers for each that was asked for, or says that the document cannot be read', () => {
    const piece = fc.oneof(fc.json(), fc.string(), fc.constantFrom('<html>', 'v1.0.0\n', packument(['1.0.0']).slice(0, 80), '{"files":[{}],"meta":{}}', '{"name":"x","versions":{"1.0.0":null}}', '{"name":"x","versions":{"1.0.0":{"dist":{"tarball":"x"}}},"time":[]}'))
    const version = fc.oneof(fc.constantFrom('1.0.0', 'v1.0.0', '__proto__', ''), fc.string({ maxLength: 20 }))
    fc.assert(fc.property(piece, fc.array(fc.record({ version, file: fc.option(version, { nil: null }) }), { maxLength: 5 }), fc.constantFrom('', 'text/html', 'application/json'), (body, wanted, contentType) => {
      try {
        expect(read(ecosystem, body, wanted, { contentType }).found).toHaveLength(wanted.length)
      } catch (thrown) {
        expect(isCode(thrown, 'index-invalid')).toBe(true)
      }
    }), { numRuns: 500 })
  })
})
