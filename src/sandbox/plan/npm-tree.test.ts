import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Upstream } from '../../ports/upstream.ts'
import { Getter } from './get.ts'
import { Tally } from './mirror.ts'
import { NpmTree } from './npm-tree.ts'

const BASE = 'https://registry.example/'
type Version = Record<string, unknown>

/** A registry in memory: packuments and tarballs; whatever else is asked is noted. */
function registry(packages: Record<string, Record<string, Version>>, spoil: Record<string, string> = {}) {
  const asked: string[] = []
  const answer = (status: number, body: string | Buffer, url: string) => ({ status, headers: { 'content-type': 'application/json' }, url, body: Readable.from([Buffer.from(body)]) })
  const upstream: Pick<Upstream, 'fetch'> = {
    fetch: async (url) => {
      asked.push(url)
      const path = decodeURIComponent(url.slice(BASE.length))
      if (path.endsWith('.tgz')) return answer(200, spoil[path] ?? path, url)
      const versions = packages[path]
      if (!url.startsWith(BASE) || !versions) return answer(404, '{}', url)
      const listed = Object.fromEntries(Object.entries(versions).map(([version, manifest]) => {
        const file = `${path}-${version}.tgz`
        return [version, { name: path, version, ...manifest, dist: { tarball: `${BASE}${file}`, integrity: `sha512-${createHash('sha512').update(file).digest('base64')}` } }]
      }))
      return answer(200, JSON.stringify({ name: path, 'dist-tags': { latest: Object.keys(versions).at(-1), next: Object.keys(versions)[0] }, versions: listed }), url)
    },
  }
  return { upstream, asked }
}

describe('NpmTree', () => {
  let folder: string
  beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'sluice-npm-tree-')) })
  afterEach(() => rm(folder, { recursive: true }))

  async function fetch(manifest: object, packages: Parameters<typeof registry>[0], options: { spoil?: Record<string, string>; most?: number } = {}) {
    const { upstream, asked } = registry(packages, options.spoil)
    const tally = new Tally(options.most ?? 100)
    const get = new Getter({ upstream, signal: new AbortController().signal, bytes: 1_000_000 })
    await new NpmTree({ get, base: BASE, tally }).fetch(manifest, folder)
    const versions: Record<string, string[]> = {}
    for (const name of await readdir(join(folder, 'npm')).catch(() => [])) {
      versions[decodeURIComponent(name)] = Object.keys((JSON.parse(await readFile(join(folder, 'npm', name, 'packument.json'), 'utf8')) as { versions: object }).versions)
    }
    return { versions, asked, lacking: tally.lacking }
  }

  it('writes nowhere else, whatever a registry calls its versions', async () => {
    const { versions, asked, lacking } = await fetch({ dependencies: { a: 'latest' } }, { a: { '/../../../escaped': {} } })
    expect({ versions, tarballs: asked.filter((url) => url.endsWith('.tgz')), lacking }).toEqual({ versions: {}, tarballs: [], lacking: ['a@latest, wanted by the package: no version fits'] })
  })

  it('fetches what npm would choose, of everything that is reached', async () => {
    const { versions, lacking } = await fetch({ dependencies: { a: '^1.0.0', '@s/b': '*' } }, {
      a: { '1.0.0': {}, '1.2.0': { dependencies: { c: '~2.1.0' }, peerDependencies: { d: '>=1' } }, '2.0.0': {} },
      '@s/b': { '0.9.0': {}, '1.0.0': { optionalDependencies: { e: '1.x' } } },
      c: { '2.1.0': {}, '2.1.7': {}, '2.2.0': {} }, d: { '3.0.0': {} }, e: { '1.0.0': {} },
    })
    expect(versions).toEqual({ a: ['1.2.0'], '@s/b': ['1.0.0'], c: ['2.1.7'], d: ['3.0.0'], e: ['1.0.0'] })
    expect(lacking).toEqual([])
  })

  it.each<[string, object, string[]]>([
    ['a tag', { dependencies: { a: 'next' } }, ['1.0.0']],
    ['another name for it', { dependencies: { other: 'npm:a@^2' } }, ['2.0.0']],
    ['latest where it fits', { dependencies: { a: '>=1' } }, ['2.0.0']],
    ['what is optional among peers', { peerDependencies: { a: '1' }, peerDependenciesMeta: { a: { optional: true } } }, []],
    ['what it carries along', { dependencies: { a: '1' }, bundleDependencies: ['a'] }, []],
    ['development', { devDependencies: { a: '1' } }, []],
  ])('%s', async (_what, manifest, expected) => {
    const { versions } = await fetch(manifest, { a: { '1.0.0': {}, '1.5.0': { deprecated: 'old' }, '2.0.0': {} } })
    expect(versions['a'] ?? []).toEqual(expected)
  })

  it('prefers versions that are not deprecated', async () => {
    expect((await fetch({ dependencies: { a: '^1' } }, { a: { '1.0.0': {}, '1.5.0': { deprecated: 'old' }, '2.0.0': {} } })).versions).toEqual({ a: ['1.0.0'] })
  })

  it('leaves out what is for other machines, where it may', async () => {
    const { versions } = await fetch({ optionalDependencies: { a: '1', b: '1' } }, { a: { '1.0.0': { os: ['sunos'] } }, b: { '1.0.0': { os: ['!sunos'], cpu: ['any'] } } })
    expect(versions).toEqual({ b: ['1.0.0'] })
  })

  it('asks nobody but the registry', async () => {
    const { asked, lacking, versions } = await fetch({ dependencies: {
      a: 'git+ssh://git@files.example/x.git', b: 'https://files.example/b.tgz', c: 'file:../../etc', d: 'user/repository', '../e': '1', __proto__x: '1', f: 'npm:../x@1', g: 'link:/etc', h: 'workspace:*',
    } }, {})
    expect(asked).toEqual([`${BASE}__proto__x`].slice(1))
    expect(versions).toEqual({})
    expect(lacking).toHaveLength(9)
  })

  it('keeps no bytes but those that were promised', async () => {
    const { versions, lacking } = await fetch({ dependencies: { a: '1' } }, { a: { '1.0.0': {} } }, { spoil: { 'a-1.0.0.tgz': 'other' } })
    expect(versions).toEqual({})
    expect(lacking).toEqual(['a: its bytes are not those that the registry promised'])
  })

  it('ends: circles, self-references, too many', async () => {
    const circle = await fetch({ dependencies: { a: '1' } }, { a: { '1.0.0': { dependencies: { b: '1', a: '1' } } }, b: { '1.0.0': { dependencies: { a: '*' } } } })
    expect(circle.versions).toEqual({ a: ['1.0.0'], b: ['1.0.0'] })
    const chain = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`p${n}`, { '1.0.0': { dependencies: { [`p${n + 1}`]: '1' } } }]))
    const { lacking } = await fetch({ dependencies: { p0: '1' } }, chain, { most: 10 })
    expect(lacking).toEqual(['more than 10 packages'])
  })
})
