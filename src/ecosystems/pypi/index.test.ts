import { describe, expect, it } from 'vitest'
import type { IndexDocument, IndexView } from '../ecosystem.ts'
import { pypi } from './pypi.ts'

const BASE = 'https://registry.example/simple/foo/'
const [A, B, C] = ['a'.repeat(64), 'b'.repeat(64), 'c'.repeat(64)]
const all: IndexView = { base: 'http://gate.example/pypi/', visibility: () => ({ show: true }) }
const without = (...versions: string[]): IndexView => ({
  ...all, visibility: ({ version }) => (versions.includes(version) ? { show: false, because: 'too young' } : { show: true }),
})

const read = (body: string | Uint8Array, contentType: string): IndexDocument => pypi.readIndex({ name: 'foo', body: Buffer.from(body), contentType, base: BASE })
const html = (anchors: string, head = ''): IndexDocument => read(`<!DOCTYPE html><html><head>${head}<title>Links for foo</title></head><body>${anchors}</body></html>`, 'text/html')
const json = (page: object): IndexDocument => read(JSON.stringify({ meta: { 'api-version': '1.4' }, name: 'foo', ...page }), 'application/vnd.pypi.simple.v1+json')
const text = (document: IndexDocument, variant: string, view = all): string => Buffer.from(document.render(variant, view).body).toString()
const asJson = (document: IndexDocument, view = all): { files: Record<string, unknown>[]; [key: string]: unknown } =>
  JSON.parse(text(document, 'json', view)) as { files: Record<string, unknown>[] }

const FULL = json({
  versions: ['1.0', '1.1', '0.9'], 'project-status': { status: 'archived', reason: 'done <here>' },
  files: [
    {
      filename: 'foo-1.0-py3-none-any.whl', url: 'https://files.example/ab/foo-1.0-py3-none-any.whl', hashes: { sha256: A, blake2b_256: B }, size: 7,
      'requires-python': '>=3.8', 'core-metadata': { sha256: C }, 'upload-time': '2024-01-02T03:04:05.678901Z', yanked: 'broken "x"',
      provenance: 'https://registry.example/integrity/foo/1.0/p',
    },
    { filename: 'foo-1.1.tar.gz', url: '../../f/foo-1.1.tar.gz', hashes: {}, yanked: false, 'gpg-sig': true },
  ],
})

describe('JSON pages', () => {
  it('become releases', () => {
    expect(FULL.releases).toEqual([
      {
        version: '1.0', file: 'foo-1.0-py3-none-any.whl', url: 'https://files.example/ab/foo-1.0-py3-none-any.whl',
        pledge: { hashes: { sha256: A, blake2b_256: B }, size: 7 }, publishedAt: new Date('2024-01-02T03:04:05.678Z'), publishedBefore: null,
        companions: {
          '.metadata': { url: 'https://files.example/ab/foo-1.0-py3-none-any.whl.metadata', pledge: { hashes: { sha256: C } } },
          '.provenance': { url: 'https://registry.example/integrity/foo/1.0/p', pledge: {} },
        },
      },
      {
        version: '1.1', file: 'foo-1.1.tar.gz', url: 'https://registry.example/f/foo-1.1.tar.gz', pledge: { hashes: {} }, publishedAt: null,
        publishedBefore: null, companions: { '.asc': { url: 'https://registry.example/f/foo-1.1.tar.gz.asc', pledge: {} } },
      },
    ])
  })

  it('keep what upstream said, with links of the gate', () => {
    expect(asJson(FULL)).toEqual({
      meta: { 'api-version': '1.4' }, name: 'foo', 'project-status': { status: 'archived', reason: 'done <here>' }, versions: ['1.0', '1.1', '0.9'],
      files: [
        {
          filename: 'foo-1.0-py3-none-any.whl', url: '../../files/foo/foo-1.0-py3-none-any.whl', hashes: { sha256: A, blake2b_256: B },
          'requires-python': '>=3.8', 'core-metadata': { sha256: C }, 'data-dist-info-metadata': { sha256: C }, size: 7,
          'upload-time': '2024-01-02T03:04:05.678901Z', yanked: 'broken "x"', provenance: '../../files/foo/foo-1.0-py3-none-any.whl.provenance',
        },
        {
          filename: 'foo-1.1.tar.gz', url: '../../files/foo/foo-1.1.tar.gz', hashes: {}, 'core-metadata': false, 'data-dist-info-metadata': false,
          'gpg-sig': true, yanked: false,
        },
      ],
    })
  })

  it('say the same as HTML, but for hashes HTML has no room for', () => {
    const page = text(FULL, 'html')
    expect(page).toContain(`href="../../files/foo/foo-1.0-py3-none-any.whl#sha256=${A}" data-requires-python="&#62;=3.8" data-core-metadata="sha256=${C}"`)
    expect(page).toContain('data-yanked="broken &#34;x&#34;"')
    expect(page).toContain('<meta name="pypi:project-status-reason" content="done &#60;here&#62;">')
    expect(asJson(read(page, 'text/html')).files[0]).toEqual({ ...asJson(FULL).files[0], hashes: { sha256: A } })
  })

  it.each([
    ['not JSON', '{"files":['], ['a list', '[]'], ['without files', '{"meta":{"api-version":"1.0"}}'], ['of another API', '{"meta":{"api-version":"2.0"},"files":[]}'],
    ['of another project', '{"name":"bar","files":[]}'], ['not UTF-8', Buffer.from('{"name":"\xff","files":[]}', 'latin1')],
  ])('%s are refused', (_what, body) => { expect(() => read(body, 'application/json')).toThrow(/project page/) })

  it('survive hostile members', () => {
    const document = json({ files: [
      null, 7, { filename: 'foo-1.0.tar.gz' }, { filename: '../foo-1.0.tar.gz', url: 'x' }, { filename: 'foo-1.0.tar.gz', url: 'file:///etc/passwd' },
      { filename: 'foo-2.0.tar.gz', url: 'x', hashes: { __proto__: A, sha256: '../..', md5: 1 }, size: -1, yanked: {}, 'upload-time': 'yesterday', 'core-metadata': [] },
      { filename: 'foo-2.0.tar.gz', url: 'y' },
    ] })
    expect(document.releases).toEqual([{ version: '2.0', file: 'foo-2.0.tar.gz', url: `${BASE}x`, pledge: { hashes: {} }, publishedAt: null, publishedBefore: null }])
  })
})

describe('HTML pages', () => {
  it('are read as indexes and mirrors write them', () => {
    const { releases } = html(`
      <a href="../../packages/x/foo-1.0.tar.gz#sha256=${A}&amp;egg=foo" data-requires-python="&gt;=3.6, &lt;4">foo-1.0.tar.gz</a><br/>
      <A HREF='https://files.example/foo-1.1-py3-none-any.whl' data-dist-info-metadata=true data-yanked data-upload-time="2020-01-01 00:00:00" data-size=12 >x</A>
      <!-- <a href="foo-6.6.tar.gz">no</a> --> <script>"<a href='foo-7.7.tar.gz'>"</script>
      <a href=foo%2D1.2.zip?token=1>spelt otherwise</a> <a>nothing</a> < a href="foo-9.tar.gz">`, '<meta name="pypi:repository-version" content="1.0">')
    expect(releases.map(({ file, url, pledge, publishedAt, companions }) => [file, url, pledge, publishedAt?.getTime(), companions?.['.metadata']?.url])).toEqual([
      ['foo-1.0.tar.gz', 'https://registry.example/packages/x/foo-1.0.tar.gz', { hashes: { sha256: A } }, undefined, undefined],
      ['foo-1.1-py3-none-any.whl', 'https://files.example/foo-1.1-py3-none-any.whl', { hashes: {}, size: 12 }, Date.UTC(2020, 0), 'https://files.example/foo-1.1-py3-none-any.whl.metadata'],
      ['foo-1.2.zip', `${BASE}foo%2D1.2.zip?token=1`, { hashes: {} }, undefined, undefined],
    ])
  })

  it('may have a base', () => {
    expect(html('<a href="foo-1.0.tar.gz">', '<base href="https://mirror.example/x/">').releases[0]?.url).toBe('https://mirror.example/x/foo-1.0.tar.gz')
  })

  it('say yanked without a reason and status as JSON does', () => {
    const page = asJson(html('<a href="foo-1.0.tar.gz" data-yanked="">', '<meta name="pypi:project-status" content="quarantined">'))
    expect(page).toMatchObject({ 'project-status': { status: 'quarantined' }, files: [{ yanked: true }] })
  })

  it.each(['<html><form action="/login">', '<html>', '<a href="/'])('%s is no index', (body) => {
    expect(() => read(body, 'text/html')).toThrow(/not an index/)
  })

  it.each(['<', '<a ', '<!--', '<a href="', '<script>', '<a b', '</', '&#1;', '<a href=foo-1.0.tar.gz '])('cost no more than their length when they repeat %s', (part) => {
    const body = `Links for ${part.repeat(200_000)}`
    // One pass takes some tens of milliseconds, a quadratic one minutes: the test would never end.
    expect(read(body, 'text/html').releases.length).toBeLessThanOrEqual(1)
  })
})

describe('what is hidden', () => {
  const two = json({ files: ['1.0', '2.0'].map((version) => ({ filename: `foo-${version}.tar.gz`, url: 'x', hashes: {} })) })

  it('is yanked with the reason while there is something else', () => {
    expect(asJson(two, without('2.0')).files.map(({ yanked }) => yanked)).toEqual([false, 'hidden by Sluice: too young'])
    expect(text(two, 'html', without('2.0')).match(/data-yanked="[^"]*"/g)).toEqual(['data-yanked="hidden by Sluice: too young"'])
  })

  it('is not marked when nothing else can be chosen, so that the file says why', () => {
    expect(asJson(two, without('1.0', '2.0')).files.map(({ yanked }) => yanked)).toEqual([false, false])
    expect(asJson(FULL, without('1.1')).files.map(({ yanked }) => yanked)).toEqual(['broken "x"', false])
  })

  it('is no newest version in the JSON document of the project', () => {
    const document = JSON.parse(text(two, 'legacy', without('2.0'))) as { info: { version: string }; urls: { url: string }[] }
    expect(document.info.version).toBe('1.0')
    expect(document.urls).toMatchObject([{ url: 'http://gate.example/pypi/files/foo/foo-1.0.tar.gz', packagetype: 'sdist' }])
  })
})

describe('the JSON document of one version', () => {
  const version = (wanted: string, view = all) => FULL.render(`legacy ${wanted}`, view)

  it('says what the page says of its files', () => {
    expect(JSON.parse(text(FULL, 'legacy 1.0'))).toMatchObject({ info: { name: 'foo', version: '1.0', yanked: true, yanked_reason: 'broken "x"' }, urls: [{ size: 7 }] })
    expect(JSON.parse(text(FULL, 'legacy 1.0'))).not.toHaveProperty('releases')
  })

  it('shows a hidden version as the page does: yanked, with the reason', () => {
    const two = json({ files: ['1.0', '2.0'].map((number) => ({ filename: `foo-${number}.tar.gz`, url: 'x', hashes: {} })) })
    expect(JSON.parse(text(two, 'legacy 2.0', without('2.0')))).toMatchObject({ info: { yanked: true, yanked_reason: 'hidden by Sluice: too young' } })
  })

  it.each(['3.0', '0.9', '__proto__', ''])('%j there is none', (wanted) => {
    expect(version(wanted)).toMatchObject({ contentType: 'application/json', lacks: { version: wanted, hidden: null } })
    expect(version(wanted).body).toHaveLength(0)
  })
})

it('sends a page without its slash to the folder', async () => {
  const desk = { caller: null, advisories: async () => [] }
  const answer = await pypi.answer({ kind: 'local', service: 'slash', text: 'format=x', name: 'foo' }, new Uint8Array(), desk)
  expect(answer).toMatchObject({ status: 301, headers: { location: 'foo/?format=x' } })
  expect((await pypi.answer({ kind: 'local', service: 'else', name: null }, new Uint8Array(), desk)).status).toBe(404)
})

it('knows the documents beside a file, and which are not there', () => {
  const [wheel, sdist] = FULL.releases
  expect(wheel && pypi.companion(wheel, `${wheel.file}.metadata`)).toEqual({ url: `${wheel?.url}.metadata`, pledge: { hashes: { sha256: C } } })
  expect(() => sdist && pypi.companion(sdist, `${sdist.file}.metadata`)).toThrow(/lists no/)
})
