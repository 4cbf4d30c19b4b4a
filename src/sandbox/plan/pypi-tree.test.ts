import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { tarball, wheel } from '../../../test/harness/archives.ts'
import type { Upstream } from '../../ports/upstream.ts'
import { Getter } from './get.ts'
import { readRequirement } from './markers.ts'
import type { Requirement } from './markers.ts'
import { Tally } from './mirror.ts'
import type { MirroredFile } from './mirror.ts'
import { PypiTree } from './pypi-tree.ts'
import { requirementsOf } from './requirements.ts'

const BASE = 'https://index.example/simple/'
const python = { tags: ['cp311-cp311-linux_x86_64', 'cp311-abi3-linux_x86_64', 'py3-none-any'], markers: { python_version: '3.11', python_full_version: '3.11.7', sys_platform: 'linux' }, prefix: '/usr', pip: '/usr/pip', site: 'lib', venv: true }

interface Listed { file: string; bytes: Buffer; requiresPython?: string; yanked?: true }

function index(projects: Record<string, Listed[]>): { upstream: Pick<Upstream, 'fetch'>; asked: string[] } {
  const asked: string[] = []
  const files = new Map(Object.values(projects).flat().map(({ file, bytes }) => [file, bytes]))
  const answer = (status: number, body: Buffer | string, url: string) => ({ status, headers: { 'content-type': 'application/vnd.pypi.simple.v1+json' }, url, body: Readable.from([Buffer.from(body)]) })
  return { asked, upstream: { fetch: async (url) => {
    asked.push(url)
    const [, name = '', file] = /\/simple\/([^/]+)\/(.*)$/.exec(url) ?? []
    if (file) return answer(files.has(file) ? 200 : 404, files.get(file) ?? '', url)
    const listed = projects[name]
    if (!listed) return answer(404, '', url)
    return answer(200, JSON.stringify({ meta: { 'api-version': '1.0' }, name, files: listed.map(({ file: filename, bytes, requiresPython, yanked }) => ({
      filename, url: filename, hashes: { sha256: createHash('sha256').update(bytes).digest('hex') }, ...(requiresPython ? { 'requires-python': requiresPython } : {}), ...(yanked ? { yanked } : {}),
    })) }), url)
  } } }
}

const whl = (name: string, version: string, requires: readonly string[] = [], tag = 'py3-none-any'): Listed => ({ file: `${name}-${version}-${tag}.whl`, bytes: wheel(name, version, { requires }) })

describe('PypiTree', () => {
  let folder: string
  beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'sluice-pypi-tree-')) })
  afterEach(() => rm(folder, { recursive: true }))

  async function fetch(wanted: readonly string[], projects: Record<string, Listed[]>) {
    const { upstream, asked } = index(projects)
    const tally = new Tally(50)
    const get = new Getter({ upstream, signal: new AbortController().signal, bytes: 1_000_000 })
    await new PypiTree({ get, base: BASE, tally, python }).fetch(wanted.map(readRequirement) as Requirement[], folder)
    const files: string[] = []
    for (const name of await readdir(join(folder, 'pypi')).catch(() => [])) {
      files.push(...(JSON.parse(await readFile(join(folder, 'pypi', name, 'index.json'), 'utf8')) as MirroredFile[]).map(({ file }) => file))
    }
    return { files: files.sort(), asked, lacking: tally.lacking }
  }

  it('follows wheels, markers and extras', async () => {
    const { files, lacking } = await fetch(['a[fast]>=1', 'never; sys_platform == "win32"'], {
      a: [whl('a', '1.0'), whl('a', '2.0', ['b<2', 'c; extra == "fast"', 'd; extra == "slow"', 'e; python_version < "3"'])],
      b: [whl('b', '1.9'), whl('b', '2.0')], c: [whl('c', '1.0')], d: [whl('d', '1.0')], e: [whl('e', '1.0')],
    })
    expect(files).toEqual(['a-2.0-py3-none-any.whl', 'b-1.9-py3-none-any.whl', 'c-1.0-py3-none-any.whl'])
    expect(lacking).toEqual([])
  })

  it('takes what pip would: no prereleases, nothing yanked, what this Python runs, the best wheel', async () => {
    const { files } = await fetch(['a'], { a: [
      whl('a', '1.0'), whl('a', '1.0', [], 'cp311-cp311-linux_x86_64'), whl('a', '1.0', [], 'cp39-cp39-linux_x86_64'), whl('a', '2.0rc1'), { ...whl('a', '1.5'), yanked: true }, { ...whl('a', '1.4'), requiresPython: '>=3.12' }, whl('a', '3.0', [], 'cp311-cp311-win_amd64'),
    ] })
    expect(files).toEqual(['a-1.0-cp311-cp311-linux_x86_64.whl'])
  })

  it('takes prereleases where there is nothing else', async () => {
    expect((await fetch(['a>=1'], { a: [whl('a', '2.0rc1'), whl('a', '2.0rc2')] })).files).toEqual(['a-2.0rc2-py3-none-any.whl'])
  })

  it('fetches an sdist with what its building needs, and builds nothing', async () => {
    const sdist = { file: 'a-1.0.tar.gz', bytes: await tarball('a-1.0', { 'PKG-INFO': 'Metadata-Version: 2.1\nName: a\nVersion: 1.0\nRequires-Dist: b\n', 'pyproject.toml': '[build-system]\nrequires = ["backend>=2"]\nbuild-backend = "backend"\n' }) }
    const { files } = await fetch(['a'], { a: [sdist], b: [whl('b', '1.0')], backend: [whl('backend', '1.0'), whl('backend', '2.1')] })
    expect(files).toEqual(['a-1.0.tar.gz', 'b-1.0-py3-none-any.whl', 'backend-2.1-py3-none-any.whl'])
  })

  it('keeps both where requirements do not agree', async () => {
    const { files } = await fetch(['a', 'b'], { a: [whl('a', '1.0', ['c<2'])], b: [whl('b', '1.0', ['c>=2'])], c: [whl('c', '1.0'), whl('c', '2.0')] })
    expect(files.filter((file) => file.startsWith('c-')).sort()).toEqual(['c-1.0-py3-none-any.whl', 'c-2.0-py3-none-any.whl'])
  })

  it('follows no address', async () => {
    const { asked, lacking } = await fetch(['a @ git+https://files.example/a.git', 'b @ file:///etc/passwd', 'c'], { c: [whl('c', '1.0', ['d @ https://files.example/d.tar.gz'])] })
    expect(asked.every((url) => url.startsWith(BASE))).toBe(true)
    expect(lacking).toHaveLength(3)
  })
})

describe('requirementsOf', () => {
  const names = async (files: Record<string, string>): Promise<string[]> =>
    (await requirementsOf({ ecosystem: 'pypi', name: 'a', version: '1.0', file: 'a-1.0.tar.gz' }, await tarball('a-1.0', files))).map(({ name, range, marker }) => `${name}${range}${marker && `;${marker}`}`)

  it.each<[string, Record<string, string>, string[]]>([
    ['nothing said: setuptools', { 'setup.py': '' }, ['setuptools>=40.8.0', 'wheel']],
    ['a back end of its own', { 'pyproject.toml': '[build-system]\nrequires = []\nbuild-backend = "mine"\nbackend-path = ["."]\n' }, []],
    ['requires.txt', { 'setup.py': '', 'a.egg-info/requires.txt': 'six>=1.9\n\n[:python_version < "3"]\nold\n\n[test]\npytest\n' }, ['setuptools>=40.8.0', 'wheel', 'six>=1.9', 'old;python_version < "3"']],
    ['setup.cfg', { 'setup.cfg': '[options]\ninstall_requires =\n  six\n' }, ['setuptools>=40.8.0', 'wheel', 'six']],
    ['project', { 'pyproject.toml': '[project]\nname = "a"\ndependencies = ["six"]\n' }, ['setuptools>=40.8.0', 'wheel', 'six']],
  ])('%s', async (_what, files, expected) => expect(await names(files)).toEqual(expected))
})
