import { describe, expect, it } from 'vitest'
import type { Release } from '../../core/types.ts'
import { npm } from './npm.ts'

const UPSTREAM = 'http://registry.example/mirror/'
const GATE = 'http://127.0.0.1:4880/npm/'

const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value))
const read = (value: unknown, name = 'a') =>
  npm.readIndex({ name, body: bytes(value), contentType: 'application/json', base: UPSTREAM + name.replace('/', '%2f') })

const version = (v: string, more: Record<string, unknown> = {}, name = 'a') => ({
  name, version: v, ...more, dist: { integrity: `sha512-${v}`, shasum: 'A'.repeat(40), tarball: `${UPSTREAM}${name}/-/a-${v}.tgz`, ...(more.dist as object | undefined) },
})
const packument = (versions: readonly string[], more: Record<string, unknown> = {}) => ({
  _id: 'a', name: 'a', 'dist-tags': { latest: versions.at(-1) }, versions: Object.fromEntries(versions.map((v) => [v, version(v)])),
  time: { created: '2019-01-01T00:00:00Z', modified: '2021-01-01T00:00:00Z', ...Object.fromEntries(versions.map((v) => [v, '2020-01-01T00:00:00Z'])) }, ...more,
})

interface Rendered {
  name: string
  modified?: string
  time?: Record<string, string>
  'dist-tags': Record<string, string>
  versions: Record<string, { dist: { tarball: string; [key: string]: unknown }; [key: string]: unknown }>
  policyRestrictions?: { message: string; versions: Record<string, unknown> }
  [key: string]: unknown
}

const render = (value: unknown, variant: string, hide: Record<string, string> = {}, name = 'a') => {
  const rendered = read(value, name).render(variant, {
    base: GATE,
    visibility: (release) => (Object.hasOwn(hide, release.version) ? { show: false, because: hide[release.version] as string } : { show: true }),
  })
  return { contentType: rendered.contentType, document: JSON.parse(new TextDecoder().decode(rendered.body)) as Rendered }
}

describe('reading packuments', () => {
  it('takes times, pledges and manifests from a full one', () => {
    const said = version('1.0.0', { dependencies: { b: '1' }, optionalDependencies: { c: '2' }, scripts: { install: 'x', bad: 1 }, bin: 'x.js' })
    const [release] = read({ name: 'a', versions: { '1.0.0': said }, time: { '1.0.0': '2020-01-01T00:00:00Z', modified: '2021-01-01T00:00:00Z' } }).releases
    expect(release).toEqual({
      version: '1.0.0', file: 'a-1.0.0.tgz', url: `${UPSTREAM}a/-/a-1.0.0.tgz`,
      pledge: { integrity: 'sha512-1.0.0', hashes: { sha1: 'a'.repeat(40) } },
      publishedAt: new Date('2020-01-01T00:00:00Z'), publishedBefore: null,
      manifest: { name: 'a', version: '1.0.0', dependencies: { b: '1', c: '2' }, scripts: { install: 'x' }, bin: 'x.js', provenance: false },
    } satisfies Release)
  })

  it('bounds the age of an abbreviated one by `modified`, and knows nothing without it', () => {
    const [dated] = read({ name: 'a', modified: '2021-01-01T00:00:00Z', versions: { '1.0.0': version('1.0.0') } }).releases
    const [undated] = read({ name: 'a', versions: { '1.0.0': version('1.0.0') } }).releases
    expect(dated).toMatchObject({ publishedAt: null, publishedBefore: new Date('2021-01-01T00:00:00Z') })
    expect(undated).toMatchObject({ publishedAt: null, publishedBefore: null })
  })

  it.each([
    ['no object', 1],
    ['a list', []],
    ['no dist', { name: 'a', version: '1.0.0' }],
    ['no tarball', { dist: {} }],
    ['a tarball that is no web address', { dist: { tarball: 'file:///etc/passwd' } }],
    ['another name', version('1.0.0', { name: 'b' })],
    ['another version', version('1.0.1')],
  ])('leaves out a version that is or has %s', (_what, value) => {
    const { releases } = read({ name: 'a', versions: { '1.0.0': value, '2.0.0': version('2.0.0') } })
    expect(releases.map((release) => release.version)).toEqual(['2.0.0'])
  })

  it('is not fooled by `__proto__`', () => {
    const hostile = `{"name":"a","__proto__":{"x":1},"dist-tags":{"__proto__":"1.0.0"},"time":{"__proto__":{"1.0.0":"2000-01-01T00:00:00Z"}},
      "versions":{"__proto__":${JSON.stringify(version('9.9.9'))},"1.0.0":{"name":"a","version":"1.0.0","__proto__":{"dist":{}},
      "dependencies":{"__proto__":"1"},"dist":{"tarball":"${UPSTREAM}a/-/a-1.0.0.tgz","__proto__":{"integrity":"x"}}}}}`
    const { releases } = read(hostile)
    expect(releases).toHaveLength(1)
    expect(releases[0]).toMatchObject({ version: '1.0.0', publishedAt: null, pledge: {} })
    expect(Object.keys(releases[0]?.manifest?.dependencies ?? {})).toEqual(['__proto__'])
    expect(Object.keys(render(hostile, 'full').document.versions)).toEqual(['1.0.0'])
    expect(({} as Record<string, unknown>).x).toBeUndefined()
  })

  it.each([['not JSON', '<html>'], ['a list', '[]'], ['about another package', '{"name":"b","versions":{}}'], ['cut', '{"name":"a"'], ['an error with status 200', '{"error":"try later"}']])('refuses what is %s', (_what, body) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ code: 'index-invalid' }) as Error)
  })

  it('refuses to write what is nested too deeply, instead of dying', () => {
    const deep = `{"name":"a","x":${'['.repeat(200_000)}${']'.repeat(200_000)},"versions":{}}`
    expect(() => render(deep, 'full')).toThrow(expect.objectContaining({ code: 'index-invalid' }) as Error)
  })

  it('reads 20,000 versions with as many tags, all hidden but one, in one go', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => `1.${index}.0`)
    const big = packument(many, { 'dist-tags': Object.fromEntries(many.map((v, index) => [`t${index}`, v])) })
    const { document } = render(big, 'corgi', Object.fromEntries(many.slice(1).map((v) => [v, 'too young'])))
    expect(document['dist-tags'].t19999).toBe('1.0.0')
    expect(document.policyRestrictions?.message.length).toBeLessThan(500)
  })
})

describe('where tarballs stand below the gate', () => {
  it.each([
    [`${UPSTREAM}a/-/a-1.0.0.tgz`, 'a/-/a-1.0.0.tgz'],
    [`${UPSTREAM}a/download/a-1.0.0.tgz?x=1`, 'a/download/a-1.0.0.tgz'],
    [`${UPSTREAM}a/-/a-1.0.0%2Bb.tgz`, 'a/-/a-1.0.0+b.tgz'],
    ['http://elsewhere.example/deep/a-1.0.0.tgz', 'a/-/a-1.0.0.tgz'],
    ['/mirror/a/-/a-1.0.0.tgz', 'a/-/a-1.0.0.tgz'],
    [`${UPSTREAM}b/-/b-1.0.0.tgz`, 'a/-/b-1.0.0.tgz'],
    [`${UPSTREAM}a/x.tgz`, 'a/-/1.0.0.tgz'],
    [`${UPSTREAM}a/-/%2e%2e%2fx.tgz`, 'a/-/1.0.0.tgz'],
    ['http://elsewhere.example/', 'a/-/1.0.0.tgz'],
  ])('%s becomes %s', (tarball, path) => {
    const document = { name: 'a', versions: { '1.0.0': version('1.0.0', { dist: { tarball } }) } }
    const url = render(document, 'corgi').document.versions['1.0.0']?.dist.tarball
    expect(url).toBe(GATE + path)
    const ask = npm.parse({ method: 'GET', path: `/${path}`, query: '', accept: '' })
    expect(ask).toEqual({ kind: 'artifact', name: 'a', file: read(document).releases[0]?.file })
  })

  it('keeps both spellings of a scope apart from other folders, and two versions of one file apart', () => {
    const scoped = { name: '@s/n', versions: {
      '1.0.0': version('1.0.0', { dist: { tarball: `${UPSTREAM}@s/n/-/n.tgz` } }, '@s/n'),
      '2.0.0': version('2.0.0', { dist: { tarball: `${UPSTREAM}@s%2fn/-/n.tgz` } }, '@s/n'),
    } }
    expect(read(scoped, '@s/n').releases.map((release) => release.file)).toEqual(['n.tgz', '2.0.0/n.tgz'])
    expect(render(scoped, 'full', {}, '@s/n').document.versions['2.0.0']?.dist.tarball).toBe(`${GATE}@s/n/-/2.0.0/n.tgz`)
  })
})

describe('rendering packuments', () => {
  it('hides, says why, and keeps everything else', () => {
    const { contentType, document } = render(packument(['1.0.0', '1.1.0', '2.0.0'], { readme: 'r', stagedVersions: { versions: { '3.0.0': {} } } }), 'full', { '2.0.0': 'too young', '1.1.0': 'steals tokens' })
    expect(contentType).toBe('application/json')
    expect(Object.keys(document.versions)).toEqual(['1.0.0'])
    expect(document.time).toEqual({ created: '2019-01-01T00:00:00Z', modified: '2021-01-01T00:00:00Z', '1.0.0': '2020-01-01T00:00:00Z' })
    expect(document['dist-tags']).toEqual({ latest: '1.0.0' })
    expect(document.readme).toBe('r')
    expect(document.stagedVersions).toBeUndefined()
    expect(document.policyRestrictions).toEqual({
      message: 'Sluice does not serve these versions of a:\n  2.0.0: too young\n  1.1.0: steals tokens\n  see http://127.0.0.1:4880/packages/npm/a',
      versions: { '1.1.0': { name: 'a', version: '1.1.0' }, '2.0.0': { name: 'a', version: '2.0.0' } },
    })
  })

  it.each(['corgi+reasons', 'full+reasons'])('lets pnpm read the reasons as tags, %s', (variant) => {
    const shown = render(packument(['1.0.0', '1.1.0', '2.0.0']), variant, { '2.0.0': 'too young', '1.1.0': 'steals tokens' })
    expect(shown.document['dist-tags']).toEqual({
      latest: '1.0.0',
      'Sluice hides 2.0.0: too young (see http://127.0.0.1:4880/packages/npm/a)': '1.0.0',
      'Sluice hides 1.1.0: steals tokens (see http://127.0.0.1:4880/packages/npm/a)': '1.0.0',
    })
    expect(render(packument(['1.0.0']), variant).document['dist-tags']).toEqual({ latest: '1.0.0' })
    expect(render(packument(['1.0.0']), variant, { '1.0.0': 'bad' }).document['dist-tags']).toEqual({})
  })

  it('says nothing of policy where nothing is hidden', () => {
    expect(render(packument(['1.0.0']), 'corgi').document.policyRestrictions).toBeUndefined()
  })

  it('still tells npm the reason when everything is hidden', () => {
    const { document } = render(packument(['1.0.0', '1.1.0']), 'corgi', { '1.0.0': 'bad', '1.1.0': 'bad' })
    expect(document).toMatchObject({ versions: {}, 'dist-tags': {}, policyRestrictions: { message: 'Sluice does not serve these versions of a:\n  1.1.0, 1.0.0: bad\n  see http://127.0.0.1:4880/packages/npm/a' } })
  })

  describe('parts of them', () => {
    const said = packument(['1.0.0', '1.1.0', '2.0.0', '2.0.0+reasons'], { 'dist-tags': { latest: '2.0.0', old: '1.0.0', next: '2.0.0+reasons', gone: '9.0.0', 'x+reasons': '1.1.0', constructor: '1.0.0' } })
    const part = (variant: string, ...hide: string[]) => read(said).render(variant, {
      base: GATE, visibility: ({ version: v }) => (hide.includes(v) ? { show: false, because: 'too young' } : { show: true }),
    })
    const text = (variant: string, ...hide: string[]) => JSON.parse(new TextDecoder().decode(part(variant, ...hide).body)) as Record<string, unknown>

    it('tags lead to what is shown and say nothing of reasons', () => {
      expect(text('tags')).toEqual({ latest: '2.0.0', old: '1.0.0', next: '2.0.0+reasons', gone: '2.0.0+reasons', 'x+reasons': '1.1.0', constructor: '1.0.0' })
      expect(text('tags', '2.0.0', '2.0.0+reasons')).toMatchObject({ latest: '1.1.0', next: '1.1.0', old: '1.0.0' })
      expect(text('tags', '1.0.0', '1.1.0', '2.0.0', '2.0.0+reasons')).toEqual({})
    })

    it.each([
      ['1.0.0', '1.0.0'], ['latest', '2.0.0'], ['2.0.0+reasons', '2.0.0+reasons'], ['x+reasons', '1.1.0'], ['constructor', '1.0.0'],
    ])('manifest %s is that of %s, as the full document has it', (wanted, found) => {
      expect(part(`manifest ${wanted}`).contentType).toBe('application/json')
      expect(text(`manifest ${wanted}`)).toEqual(render(said, 'full').document.versions[found])
    })

    it('a tag whose version is hidden leads where the document has it lead', () => {
      expect(text('manifest latest', '2.0.0', '2.0.0+reasons')).toMatchObject({ version: '1.1.0' })
    })

    it.each([
      ['2.0.0', ['2.0.0'], { version: '2.0.0', hidden: { version: '2.0.0' } }],
      ['old', ['1.0.0', '1.1.0', '2.0.0', '2.0.0+reasons'], { version: '1.0.0', hidden: { version: '1.0.0' } }],
      ['3.0.0', [], { version: '3.0.0', hidden: null }],
      ['toString', [], { version: 'toString', hidden: null }],
      ['__proto__', [], { version: '__proto__', hidden: null }],
      ['', [], { version: '', hidden: null }],
    ])('manifest %j is lacking while %j are hidden', (wanted, hide, lacks) => {
      const { body, lacks: lacking } = part(`manifest ${wanted}`, ...hide)
      expect(body).toHaveLength(0)
      expect(lacking).toMatchObject(lacks)
    })
  })

  it('abbreviates a full document as the registry does', () => {
    const full = { ...packument(['1.0.0']), versions: { '1.0.0': version('1.0.0', {
      description: 'd', readme: 'r', scripts: { postinstall: 'x' }, dependencies: { b: '1' }, engines: { node: '1' }, _npmUser: { name: 'u' } }) } }
    const { contentType, document } = render(full, 'corgi')
    expect(contentType).toBe('application/vnd.npm.install-v1+json')
    expect(Object.keys(document).sort()).toEqual(['dist-tags', 'modified', 'name', 'versions'])
    expect(Object.keys(document.versions['1.0.0'] ?? {}).sort()).toEqual(['dependencies', 'dist', 'engines', 'hasInstallScript', 'name', 'version'])
  })

  it('never touches integrity, signatures and publisher, and leads attestations through the gate', () => {
    const signatures = [{ keyid: 'SHA256:x', sig: 'y' }]
    const said = version('1.0.0', { _npmUser: { name: 'u', trustedPublisher: { id: 'ci' } }, dist: { signatures, attestations: { url: 'http://registry.example/-/npm/v1/attestations/a@1.0.0', provenance: { predicateType: 'p' } } } })
    const shown = render({ ...packument(['1.0.0']), versions: { '1.0.0': said } }, 'full').document.versions['1.0.0']
    expect(shown).toMatchObject({
      _npmUser: { name: 'u', trustedPublisher: { id: 'ci' } },
      dist: { integrity: 'sha512-1.0.0', signatures, attestations: { url: `${GATE}-/npm/v1/attestations/a@1.0.0`, provenance: { predicateType: 'p' } } },
    })
  })
})
