import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bytesOf } from '../host/lockfiles/testing.ts'
import { readEach } from '../host/lockfiles/index.ts'
import { gather } from './gather.ts'
import { presentIn } from './occurrences.ts'
import { remedyFor } from './remedy.ts'
import type { Assessed } from './types.ts'

let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sluice-gather-'))
})

afterEach(() => rm(root, { recursive: true, force: true }))

async function put(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), content)
  }
}

const shown = (trees = true) => {
  const gathered = gather([root], { trees })
  return {
    gathered, left: gathered.left, unread: gathered.unread.map(({ path, says }) => `${path.slice(root.length + 1)}: ${says}`),
    packages: presentIn(gathered).map(({ asked: { ecosystem, name, version }, at }) => `${ecosystem}:${name}@${version} ${at.map(({ file, line }) => `${file.slice(root.length + 1)}${line === null ? '' : `:${line}`}`).join(' ')}`),
  }
}

describe('a repository', () => {
  it('has what its lockfiles say and what is installed in it, each version once', async () => {
    await put({
      'package.json': '{ "dependencies": { "a": "^1" } }', 'package-lock.json': '{ "lockfileVersion": 3, "packages": { "": { "dependencies": { "a": "^1" } },\n"node_modules/a": { "version": "1.2.0" } } }',
      'node_modules/a/package.json': '{ "name": "a", "version": "1.2.0" }', 'node_modules/a/node_modules/@s/b/package.json': '{ "name": "@s/b", "version": "2.0.0" }', 'node_modules/.bin/x': '',
      'node_modules/alias/package.json': '{ "name": "real", "version": "3.0.0" }', 'node_modules/half/package.json': '{ "name": "ha',
      'venv/lib/python3.11/site-packages/Six-1.16.0.dist-info/METADATA': 'Metadata-Version: 2.1\nName: six\nVersion: 1.16.0\n\nName: other\n', 'venv/lib/python3.11/site-packages/six.py': '',
    })
    const { packages, unread, gathered } = shown()
    expect(packages).toEqual([
      'npm:a@1.2.0 package-lock.json:2 node_modules/a', 'npm:@s/b@2.0.0 node_modules/a/node_modules/@s/b', 'npm:real@3.0.0 node_modules/alias',
      'pypi:six@1.16.0 venv/lib/python3.11/site-packages/Six-1.16.0.dist-info',
    ])
    expect(unread).toEqual([expect.stringMatching(/^node_modules\/half: its package\.json cannot be read/)])
    expect(gathered.lineOf(join(root, 'package-lock.json'), 2)).toBe('"node_modules/a": { "version": "1.2.0" } } }')
    expect(gathered.lineOf(join(root, 'package-lock.json'), 99)).toBe(null)
  })

  it('may be looked at without what is installed', async () => {
    await put({ 'package.json': '{ "dependencies": { "a": "1.0.0" } }', 'node_modules/a/package.json': '{ "name": "a", "version": "1.2.0" }' })
    expect(shown(false)).toMatchObject({ packages: ['npm:a@1.0.0 package.json:1'], left: [`${root}/node_modules/ (installed packages)`] })
  })

  it('of which one file is broken is read beyond it', async () => {
    await put({ 'a/bun.lock': '{'.repeat(5_000), 'b/go.mod': 'module x.example/y\nrequire z.example/w v1.0.0\n', 'c/package-lock.json': '{ "packages": { "node_modules/x": { "version": "1.0' })
    const { packages, gathered } = shown()
    expect(packages).toContain('go:z.example/w@v1.0.0 b/go.mod:2')
    expect(gathered.files.flatMap(({ problems }) => problems).some(({ broken }) => broken)).toBe(true)
  })

  it('has requirements in files of any name that others ask for, and none from outside of it', async () => {
    await put({
      'app/requirements.txt': '-r deps/base\n-r ../outside.txt\n-r link.txt\n-c pins.txt\n-r https://x.example/r.txt\n-r loop.txt\n', 'app/deps/base': 'evil==1.0\n-r more.list\n', 'app/deps/more.list': 'other==2.0\n', 'app/pins.txt': 'third==3.0\n',
      'app/loop.txt': '-r requirements.txt\n-r ./loop.txt\n', 'outside.txt': 'secret==1.0\n',
    })
    await symlink('../outside.txt', join(root, 'app/link.txt'))
    const gathered = gather([join(root, 'app')], { trees: true })
    expect(presentIn(gathered).map(({ asked: { name, version } }) => `${name}==${version}`).toSorted()).toEqual(['evil==1.0', 'other==2.0', 'third==3.0'])
    expect(gathered.files.flatMap(({ problems }) => problems.filter(({ elsewhere }) => elsewhere).map(({ line }) => line))).toEqual([2, 3, 5])
    expect(presentIn(gather([join(root, 'app/requirements.txt')], { trees: true })).map(({ asked: { name } }) => name)).toEqual(['evil', 'third', 'other'])
  })

  it('that is none is said to be none', async () => {
    expect(() => gather([root], { trees: true })).toThrow(/no manifest, lockfile, SBOM or installed packages found/)
    expect(() => gather([join(root, 'nowhere')], { trees: true })).toThrow(/there is no /)
    await put({ 'notes.txt': 'x' })
    expect(gather([join(root, 'notes.txt')], { trees: true }).unread).toMatchObject([{ says: expect.stringContaining('is no manifest, lockfile or SBOM that is known here') as string }])
  })
})

describe('what a project has', () => {
  const present = (files: Readonly<Record<string, string>>, production = false) =>
    presentIn({ ...readEach(Object.entries(files).map(([path, text]) => ({ path, bytes: bytesOf(text) }))), installed: [] }, { production }).map(({ asked: { name, version, range }, leftover }) => `${name}@${version} ${range}${leftover ? ' leftover' : ''}`)

  it('leaves out the range of what is locked, the project\'s own parts, and what is no release', () => {
    expect(present({
      'package.json': '{ "dependencies": { "a": "^1", "free": "^2", "g": "git+https://code.example/x/g.git", "own": "file:own" } }',
      'package-lock.json': '{ "lockfileVersion": 3, "packages": { "": { "dependencies": { "a": "^1" } }, "node_modules/a": { "version": "1.2.0" } } }',
    }).sort()).toEqual(['a@1.2.0 ^1', 'free@null ^2'])
  })

  it('may leave out what is for development', () => {
    expect(present({ 'package.json': '{ "dependencies": { "a": "1.0.0" }, "devDependencies": { "b": "1.0.0" } }' }, true)).toEqual(['a@1.0.0 1.0.0'])
  })

  it('knows which lines of a go.sum are left over', () => {
    const hash = `h1:${'A'.repeat(43)}=`
    expect(present({ 'go.mod': 'module x.example/y\nrequire z.example/w v1.1.0\n', 'go.sum': `z.example/w v1.0.0 ${hash}\nz.example/w v1.1.0 ${hash}\n` })).toEqual(['z.example/w@v1.1.0 v1.1.0', 'z.example/w@v1.0.0 null leftover'])
  })
})

describe('what to do', () => {
  const one = (name: string, safe: Assessed['safe'], ecosystem: Assessed['ecosystem'] = 'npm'): Assessed => ({ ecosystem, name, version: '1.0.0', against: [], safe, unsafe: null, machines: 0 })
  const place = { file: 'f', line: 1, written: null, range: null, dev: null, installed: false }
  const safe = (version: string, inRange: boolean | null = true): Assessed['safe'] => ({ version, inRange, from: 'index' })
  it.each<[string, Assessed['ecosystem'], Assessed['safe'], boolean | null, string[], string | null]>([
    ['package-lock 3', 'npm', safe('1.2.0'), true, [], 'npm install pkg@1.2.0'], ['package-lock 3', 'npm', safe('1.2.0'), false, ['via'], 'npm update pkg'], ['package-lock 3', 'npm', safe('2.0.0', false), false, ['via'], null],
    ['package-lock 3', 'npm', null, true, [], 'npm uninstall pkg'], ['package-lock 3', 'npm', null, false, ['via'], 'npm uninstall via'],
    ['pnpm-lock 9', 'npm', safe('1.2.0'), true, [], 'pnpm update pkg@1.2.0'], ['yarn 1', 'npm', safe('1.2.0'), true, [], 'yarn upgrade pkg@1.2.0'], ['yarn berry 8', 'npm', safe('1.2.0'), true, [], 'yarn up pkg@1.2.0'],
    ['bun.lock 1', 'npm', safe('1.2.0'), true, [], 'bun add pkg@1.2.0'], ['poetry.lock 2.1', 'pypi', safe('1.2.0'), false, ['via'], 'poetry update pkg'], ['uv.lock 1', 'pypi', safe('1.2.0'), false, ['via'], 'uv lock --upgrade-package "pkg==1.2.0"'],
    ['pdm.lock 4.5', 'pypi', safe('1.2.0'), true, [], 'pdm add "pkg==1.2.0"'], ['Pipfile.lock', 'pypi', safe('1.2.0'), true, [], 'pipenv install "pkg==1.2.0"'], ['requirements.txt', 'pypi', safe('1.2.0'), null, [], 'pip install "pkg==1.2.0"'],
    ['go.mod', 'go', safe('v1.2.0'), true, [], 'go get pkg@v1.2.0 && go mod tidy'], ['go.mod', 'go', safe('v1.2.0', false), false, ['via'], 'go get pkg@v1.2.0 && go mod tidy'], ['CycloneDX 1.6', 'pypi', safe('1.2.0'), true, [], 'pip install "pkg==1.2.0"'],
  ])('%s %s %j direct: %j of %j: %s', (format, ecosystem, version, direct, path, command) => {
    expect(remedyFor(one('pkg', version, ecosystem), { ...place, format, direct, path }).command).toBe(command)
  })

  it('puts nothing into a command that a shell would take for more', () => {
    expect(remedyFor(one('pkg', safe('1.0.0;reboot')), { ...place, format: 'package-lock 3', direct: true, path: [] }).command).toBe(null)
    expect(remedyFor(one('pkg', null), { ...place, format: 'package-lock 3', direct: false, path: ['$(reboot)'] }).command).toBe(null)
  })
})
