import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { installedIn } from './index.ts'

let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sluice-installed-'))
})

afterEach(() => rm(root, { recursive: true, force: true }))

async function put(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), content)
  }
}

const found = (folder: string) => {
  const tree = installedIn(join(root, folder))
  return { places: tree?.packages.map(({ place }) => place), left: tree?.left, packages: tree?.packages ?? [] }
}

describe('a folder', () => {
  it.each<[string, Record<string, string>, boolean]>([
    ['project', { 'project/package.json': '{}', 'project/node_modules/a/package.json': '{}' }, false],
    ['project/node_modules', { 'project/node_modules/a/package.json': '{}' }, true],
    ['wheel', { 'wheel/x/__init__.py': '', 'wheel/x-1.dist-info/METADATA': '' }, false],
    ['target', { 'target/x-1.dist-info/METADATA': '', 'target/y-1.dist-info/METADATA': '' }, true],
    ['dist-packages', { 'dist-packages/x.py': '' }, true],
    ['mod', { 'mod/cache/download/x/@v/list': '' }, true],
    ['missing', {}, false],
  ])('%s', async (folder, files, many) => {
    await put(files)
    expect(installedIn(join(root, folder)) !== null).toBe(many)
  })
})

describe('node_modules', () => {
  it('has scoped, nested and bundled packages, and files that can be required as if they were one', async () => {
    await put({
      'node_modules/left-pad/package.json': '{}', 'node_modules/left-pad/node_modules/deep/index.js': '', 'node_modules/@acme/tool/index.js': '',
      'node_modules/left-pad/lib/node_modules/bundled/index.js': '', 'node_modules/loose.js': '', 'node_modules/.package-lock.json': '{}',
      'node_modules/.cache/x/index.js': '', 'node_modules/only/node_modules/inner/index.js': '', 'node_modules/left-pad/.git/hook': '',
    })
    const { places, left, packages } = found('node_modules')
    expect(places?.toSorted()).toEqual([
      '(files of no package)', '@acme/tool', 'left-pad', 'left-pad/lib/node_modules/bundled', 'left-pad/node_modules/deep', 'only/node_modules/inner',
    ])
    expect(packages.find(({ files }) => files)?.files).toEqual(['loose.js'])
    expect(left).toEqual(['.cache/'])
  })

  it('is read in pnpm\'s store, and never through links', async () => {
    await put({ 'node_modules/.pnpm/left-pad@1.3.0/node_modules/left-pad/index.js': '', 'node_modules/.pnpm/lock.yaml': '', 'elsewhere/secret.js': '' })
    await symlink('.pnpm/left-pad@1.3.0/node_modules/left-pad', join(root, 'node_modules/left-pad'))
    await symlink('../elsewhere', join(root, 'node_modules/workspace'))
    const { places, left } = found('node_modules')
    expect(places).toEqual(['.pnpm/left-pad@1.3.0/node_modules/left-pad'])
    expect(left).toEqual(['left-pad (a link)', 'workspace (a link)'])
  })

  it.skipIf(process.getuid?.() === 0)('holds what cannot be read as a package of its own', async () => {
    await put({ 'node_modules/a/index.js': '', 'node_modules/locked/x.js': '' })
    await chmod(join(root, 'node_modules/locked'), 0)
    expect(found('node_modules').places).toEqual(['a', 'locked'])
    await chmod(join(root, 'node_modules/locked'), 0o700)
  })

  it('holds folders that nest too deep as packages of their own', async () => {
    const deep = `node_modules/a${'/d'.repeat(205)}`
    await put({ [`${deep}/x.js`]: '', 'node_modules/b/index.js': '' })
    expect(found('node_modules').places).toEqual(['b', expect.stringMatching(/^a(?:\/d){200}$/)])
  })
})

describe('site-packages', () => {
  it('has distributions by what was recorded, and the rest', async () => {
    await put({
      'site-packages/six.py': '', 'site-packages/__pycache__/six.cpython-311.pyc': '', 'site-packages/six-1.16.0.dist-info/METADATA': '',
      'site-packages/six-1.16.0.dist-info/RECORD': 'six.py,sha256=x,0\nsix-1.16.0.dist-info/METADATA,,\n"with, comma.py",,\n../../bin/six,,\n../../../etc/passwd,,\ngone.py,,\n',
      'site-packages/with, comma.py': '', 'site-packages/evil.pth': 'import os', 'site-packages/sitecustomize.py': '', 'site-packages/__pycache__/other.cpython-311.pyc': '',
    })
    const { packages } = found('site-packages')
    expect(packages.map(({ place, files }) => [place, files])).toEqual([
      ['six-1.16.0.dist-info', ['__pycache__/six.cpython-311.pyc', 'six-1.16.0.dist-info/METADATA', 'six-1.16.0.dist-info/RECORD', 'six.py', 'with, comma.py']],
      ['(files of no distribution)', ['__pycache__/other.cpython-311.pyc', 'evil.pth', 'sitecustomize.py']],
    ])
  })

  it.skipIf(process.getuid?.() === 0)('goes on where a list cannot be read', async () => {
    await put({ 'site-packages/x.py': '', 'site-packages/x-1.dist-info/RECORD': 'x.py,,\n' })
    await chmod(join(root, 'site-packages/x-1.dist-info/RECORD'), 0)
    expect(found('site-packages').packages.map(({ files }) => files)).toEqual([['x-1.dist-info/RECORD', 'x.py']])
  })

  it('has eggs by their lists, by their modules, or by their name', async () => {
    await put({
      'site-packages/a/x.py': '', 'site-packages/a-1.egg-info/installed-files.txt': '../a/x.py\nPKG-INFO\n', 'site-packages/a-1.egg-info/PKG-INFO': '',
      'site-packages/yaml/x.py': '', 'site-packages/_yaml.cpython-311-x86_64-linux-gnu.so': '', 'site-packages/PyYAML-6.egg-info/top_level.txt': 'yaml\n_yaml\n',
      'site-packages/My_Mod-1-py3.egg-info': '', 'site-packages/my_mod.py': '', 'site-packages/old-1-py3.11.egg/EGG-INFO/PKG-INFO': '', 'site-packages/old-1-py3.11.egg/old.py': '',
    })
    const { packages } = found('site-packages')
    expect(packages.map(({ place, path, files }) => [place, path, files])).toEqual([
      ['My_Mod-1-py3.egg-info', '', ['My_Mod-1-py3.egg-info', 'my_mod.py']],
      ['PyYAML-6.egg-info', '', ['PyYAML-6.egg-info/top_level.txt', '_yaml.cpython-311-x86_64-linux-gnu.so', 'yaml/x.py']],
      ['a-1.egg-info', '', ['a-1.egg-info/PKG-INFO', 'a-1.egg-info/installed-files.txt', 'a/x.py']],
      ['old-1-py3.11.egg', 'old-1-py3.11.egg', undefined],
    ])
  })
})

describe('a module cache', () => {
  it('has what was unpacked and what was downloaded, capitals as they were', async () => {
    await put({
      'mod/github.com/!azure/thing@v1.2.0/go.mod': '', 'mod/github.com/!azure/thing@v1.2.0/sub@x/a.go': '', 'mod/mod.example/x/v2@v2.0.0-!r!c1/a.go': '',
      'mod/cache/download/github.com/!azure/thing/@v/v1.2.0.zip': '', 'mod/cache/download/github.com/!azure/thing/@v/v1.2.0.mod': '', 'mod/cache/download/sumdb/x/@v/v1.zip': '',
    })
    expect(found('mod').packages).toEqual([
      { ecosystem: 'go', place: 'github.com/!azure/thing@v1.2.0', path: 'github.com/!azure/thing@v1.2.0', name: 'github.com/Azure/thing', version: 'v1.2.0' },
      { ecosystem: 'go', place: 'mod.example/x/v2@v2.0.0-!r!c1', path: 'mod.example/x/v2@v2.0.0-!r!c1', name: 'mod.example/x/v2', version: 'v2.0.0-RC1' },
      { ecosystem: 'go', place: 'cache/download/github.com/!azure/thing/@v/v1.2.0.zip', path: 'cache/download/github.com/!azure/thing/@v/v1.2.0.zip', name: 'github.com/Azure/thing', version: 'v1.2.0' },
    ])
  })
})
