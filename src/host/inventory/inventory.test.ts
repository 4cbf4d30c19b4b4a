import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hash1 } from '../../ecosystems/go/checksums.ts'
import { bill, purls } from './bill.ts'
import { elfProgram, infoText, inlineInfo } from './binary/testing.ts'
import { readPlaces } from './inventory.ts'
import { Kept, keepWalk, walkDone, walkKept } from './kept.ts'
import { originOf } from './origin.ts'
import { begin, walk } from './walk.ts'

let root: string

beforeEach(() => { root = mkdtempSync(join(tmpdir(), 'sluice-inventory-')) })
afterEach(() => rmSync(root, { recursive: true, force: true }))

function put(files: Readonly<Record<string, string | Buffer>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
}

const below = (path: string): string => path.replace(`${root}/`, '')
const manifest = (name: string, version: string, more: object = {}): string => JSON.stringify({ name, version, ...more })

function inventory({ verify = false, env = {} }: { verify?: boolean; env?: Record<string, string> } = {}) {
  const state = begin([root])
  expect(walk(state, new Set([root]), { mounts: null })).toBe(true)
  return readPlaces(state, { env: { HOME: join(root, 'home'), ...env }, programs: [], verify })
}
const packagesOf = (report: ReturnType<typeof inventory>) => Object.fromEntries(report.trees.flatMap(({ path, packages }) => packages.map((one) => [`${one.name}@${one.version} ${below(path)}${one.place === '' ? '' : `/${one.place}`}`, one])))

describe('a walk', () => {
  it('finds places by what they are, and goes into no link, no history and no cache', () => {
    put({
      'a/app/node_modules/x/package.json': '{}', 'a/app/node_modules/x/node_modules/y/package.json': '{}', 'venv/lib/python3.12/site-packages/x.py': '', 'usr/lib/python3/dist-packages/x.py': '',
      'go/pkg/mod/cache/download/x/@v/list': '', 'tools/bin/tool': '', 'a/.git/node_modules/x': '', 'home/.cache/uv/site-packages/x.py': '', 'elsewhere/node_modules/z/package.json': '{}',
    })
    symlinkSync(join(root, 'elsewhere'), join(root, 'a/app/linked'))
    symlinkSync(root, join(root, 'a/app/around'))
    const state = begin([root])
    walk(state, new Set([root]), { mounts: null })
    expect(state.places.map(({ kind, path }) => `${kind} ${below(path)}`)).toEqual([
      'node a/app/node_modules', 'node elsewhere/node_modules', 'go-cache go/pkg/mod', 'python usr/lib/python3/dist-packages', 'python venv/lib/python3.12/site-packages',
    ])
    expect(state.programs.map(below)).toEqual(['tools/bin'])
    expect(state.left).toEqual([])
  })

  it('goes on where it was broken off, and comes to the same', () => {
    put(Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`p${at}/node_modules/x/package.json`, '{}'])))
    const whole = begin([root])
    walk(whole, new Set([root]), { mounts: null })
    const kept = new Kept(join(root, 'state'))
    const roots = [root]
    const now = new Date()
    let rounds = 0
    for (let done = false; !done; rounds += 1) {
      const state = walkKept(kept, roots, now) ?? begin(roots)
      let asked = 0
      done = walk(state, new Set(roots), { mounts: null, stop: () => asked++ > 0 })
      keepWalk(kept, roots, { state, now })
      if (done) expect(state.places.map(({ path }) => path).filter((path) => !path.includes('/state/'))).toEqual(whole.places.map(({ path }) => path))
    }
    expect(rounds).toBeGreaterThan(2)
    expect(walkKept(kept, ['/other'], now)).toBeNull()
    expect(walkKept(kept, roots, new Date(now.getTime() + 2 * 86_400_000))).toBeNull()
    walkDone(kept)
    expect(walkKept(kept, roots, now)).toBeNull()
    kept.write('inventory-walk.json', { version: 1, at: now.getTime(), roots, state: { open: [1], places: 'x' } })
    expect(walkKept(kept, roots, now)).toBeNull()
  })

  it('ends at other file systems, and says so', () => {
    put({ 'mnt/node_modules/x/package.json': '{}' })
    const state = begin([root])
    walk(state, new Set([root]), { mounts: { at: (path) => (path.endsWith('/mnt') ? 'nfs4' : null), foreign: () => true } })
    expect([state.places, state.left]).toEqual([[], [{ path: join(root, 'mnt'), says: 'another file system (nfs4) begins here: name it to have it looked into' }]])
  })

  it('is bounded where folders lie too deep', () => {
    const deep = `${'d/'.repeat(90)}node_modules/x/package.json`
    put({ [deep]: '{}', 'node_modules/y/package.json': '{}' })
    const state = begin([root])
    walk(state, new Set([root]), { mounts: null })
    expect(state.places.map(({ path }) => below(path))).toEqual(['node_modules'])
    expect(state.left).toMatchObject([{ says: 'folders below this lie deeper than 64' }])
  })

  it.skipIf(process.getuid?.() === 0)('says what it may not read', () => {
    put({ 'locked/x': '', 'node_modules/y/package.json': '{}' })
    chmodSync(join(root, 'locked'), 0)
    const state = begin([root])
    walk(state, new Set([root]), { mounts: null })
    chmodSync(join(root, 'locked'), 0o700)
    expect(state.left).toEqual([{ path: join(root, 'locked'), says: 'may not be read by this user' }])
  })
})

describe('node_modules', () => {
  const record = (packages: Readonly<Record<string, object>>): string => JSON.stringify({ lockfileVersion: 3, packages: Object.fromEntries(Object.entries(packages).map(([place, entry]) => [`node_modules/${place}`, entry])) })

  it('is held against what npm recorded', () => {
    put({
      'app/node_modules/fine/package.json': manifest('fine', '1.0.0'), 'app/node_modules/swapped/package.json': manifest('swapped', '2.0.0'), 'app/node_modules/extra/package.json': manifest('extra', '1.0.0'),
      'app/node_modules/touched/package.json': manifest('touched', '1.0.0'), 'app/node_modules/fine/node_modules/inner/package.json': manifest('inner', '3.0.0'), 'app/node_modules/__proto__/package.json': manifest('odd', '1.0.0'),
      'app/node_modules/.package-lock.json': record({
        'fine': { version: '1.0.0', resolved: 'https://gate.example/npm/fine/-/fine-1.0.0.tgz', integrity: 'sha512-AAAA' }, 'swapped': { version: '1.0.0' }, 'touched': { version: '1.0.0' }, 'fine/node_modules/inner': { version: '3.0.0' },
      }),
    })
    const now = Date.now() / 1_000
    utimesSync(join(root, 'app/node_modules/.package-lock.json'), now, now - 100)
    for (const name of ['fine', 'swapped', 'fine/node_modules/inner']) utimesSync(join(root, 'app/node_modules', name), now, now - 200)
    const found = packagesOf(inventory())
    const state = (key: string) => [found[key]?.agreement, found[key]?.says]
    expect(state('fine@1.0.0 app/node_modules/fine')).toEqual(['agrees', null])
    expect(found['fine@1.0.0 app/node_modules/fine']).toMatchObject({ digests: ['sha512-AAAA'], from: 'https://gate.example/npm/fine/-/fine-1.0.0.tgz', installer: 'npm' })
    expect(state('inner@3.0.0 app/node_modules/fine/node_modules/inner')).toEqual(['agrees', null])
    expect(state('swapped@2.0.0 app/node_modules/swapped')).toEqual(['differs', 'npm put version 1.0.0 there'])
    expect(state('extra@1.0.0 app/node_modules/extra')).toEqual(['unrecorded', 'npm did not put it there'])
    expect(state('touched@1.0.0 app/node_modules/touched')).toEqual(['newer', expect.stringMatching(/^its folder was changed after the install/)])
    expect(state('odd@1.0.0 app/node_modules/__proto__')).toEqual(['unrecorded', 'npm did not put it there'])
  })

  it('says which scripts an install runs, by the settings', () => {
    put({
      'app/node_modules/a/package.json': manifest('a', '1.0.0', { scripts: { postinstall: 'node x.js', test: 'y' } }), 'app/node_modules/b/package.json': manifest('b', '1.0.0'), 'app/node_modules/b/binding.gyp': '{}',
      'app/node_modules/c/package.json': manifest('c', '1.0.0', { gypfile: false, scripts: ['postinstall'] }), 'app/node_modules/c/binding.gyp': '{}', 'app/node_modules/.package-lock.json': record({}),
      'off/node_modules/a/package.json': manifest('a', '1.0.0', { scripts: { install: 'z' } }), 'off/.npmrc': 'registry=x\nignore-scripts=true\n', 'off/node_modules/.package-lock.json': record({}),
      'pnpm/node_modules/.pnpm/a@1.0.0/node_modules/a/package.json': manifest('a', '1.0.0', { scripts: { install: 'z' } }), 'pnpm/node_modules/.modules.yaml': '',
    })
    const found = packagesOf(inventory())
    expect(found['a@1.0.0 app/node_modules/a']?.hooks).toEqual([{ name: 'postinstall', command: 'node x.js', runs: true }])
    expect(found['b@1.0.0 app/node_modules/b']?.hooks).toEqual([{ name: 'install', command: 'node-gyp rebuild', runs: true }])
    expect(found['c@1.0.0 app/node_modules/c']?.hooks).toEqual([])
    expect(found['a@1.0.0 off/node_modules/a']?.hooks).toEqual([{ name: 'install', command: 'z', runs: false }])
    expect(found['a@1.0.0 pnpm/node_modules/.pnpm/a@1.0.0/node_modules/a']?.hooks).toEqual([{ name: 'install', command: 'z', runs: null }])
    expect(packagesOf(inventory({ env: { npm_config_ignore_scripts: 'true' } }))['a@1.0.0 app/node_modules/a']?.hooks[0]?.runs).toBe(false)
  })

  it('is read through traps: what cannot be read is said, and the rest is there', () => {
    put({
      'app/node_modules/fine/package.json': manifest('fine', '1.0.0'), 'app/node_modules/broken/package.json': '{', 'app/node_modules/list/package.json': '[1]', 'app/node_modules/null/package.json': 'null', 'app/node_modules/huge/package.json': `{"name":"huge","x":"${'y'.repeat(4_000_000)}"}`,
      'app/node_modules/odd/package.json': manifest('o\u001b[31mdd\n', '1.0.0\u202e'), 'app/node_modules/long/package.json': manifest('long', '1'.repeat(5_000)), 'elsewhere/package.json': manifest('outside', '1.0.0'),
    })
    symlinkSync(join(root, 'elsewhere'), join(root, 'app/node_modules/linked'))
    symlinkSync(join(root, 'app'), join(root, 'app/node_modules/fine/node_modules'))
    mkdirSync(join(root, 'app/node_modules/loop'))
    symlinkSync(join(root, 'elsewhere/package.json'), join(root, 'app/node_modules/loop/package.json'))
    mkdirSync(join(root, 'app/node_modules/pipe'))
    execFileSync('mkfifo', [join(root, 'app/node_modules/pipe/package.json')])
    const report = inventory()
    expect(report.trees.flatMap(({ packages }) => packages.map(({ name, version }) => `${name} ${version?.slice(0, 8)}`)).sort()).toEqual(['fine 1.0.0', 'list undefined', 'long 11111111', 'odd 1.0.0\u202e'])
    expect(report.unread.map(({ path }) => below(path)).sort()).toEqual(['app/node_modules/broken', 'app/node_modules/huge', 'app/node_modules/null', 'app/node_modules/pipe'])
  })
})

describe('site-packages', () => {
  const sha = (content: string): string => `sha256=${createHash('sha256').update(content).digest('base64url')}`
  const distribution = (name: string, record: string, more: Record<string, string> = {}) => Object.fromEntries(Object.entries({ METADATA: `Name: ${name}\nVersion: 1.0\n`, RECORD: record, INSTALLER: 'pip\n', ...more }).map(([file, content]) => [`venv/lib/python3.12/site-packages/${name}-1.0.dist-info/${file}`, content]))

  it('is held against RECORD where that is asked for, never through a link', () => {
    put({
      'venv/pyvenv.cfg': 'version = 3.12.1\n', 'venv/bin/fine': 'x', 'venv/lib/python3.12/site-packages/fine.py': 'a', 'venv/lib/python3.12/site-packages/changed.py': 'other', 'venv/lib/python3.12/site-packages/with, comma.py': 'c', 'outside.py': 'o',
      ...distribution('fine', `fine.py,${sha('a')},1\n"with, comma.py",${sha('c')},1\n../../../bin/fine,${sha('x')},1\nfine-1.0.dist-info/RECORD,,\n`),
      ...distribution('changed', `changed.py,${sha('b')},1\ngone.py,${sha('b')},1\n`), ...distribution('linked', `linked/x.py,${sha('o')},1\n`), ...distribution('out', `../../../../outside.py,${sha('o')},1\n`), ...distribution('bare', ''),
    })
    mkdirSync(join(root, 'real'))
    symlinkSync(join(root, 'real'), join(root, 'venv/lib/python3.12/site-packages/linked'))
    const plain = inventory()
    expect(plain.trees[0]?.says).toBe('virtual environment, Python 3.12.1')
    expect(new Set(plain.trees[0]?.packages.map(({ agreement, installer }) => `${agreement} ${installer}`))).toEqual(new Set(['unknown pip']))
    const found = packagesOf(inventory({ verify: true }))
    const state = (name: string) => { const one = found[`${name}@1.0 venv/lib/python3.12/site-packages/${name}-1.0.dist-info`]; return [one?.agreement, one?.says] }
    expect(state('fine')).toEqual(['verified', null])
    expect(state('changed')).toEqual(['differs', 'changed.py was changed, gone.py is missing'])
    expect(state('linked')).toEqual(['unknown', '1 of its files lie behind links or outside of the environment'])
    expect(state('out')).toEqual(['unknown', '1 of its files lie behind links or outside of the environment'])
    expect(state('bare')).toEqual(['unrecorded', 'no RECORD says what belongs to it'])
  })

  it('says what runs at every start, and what of it nobody installed', () => {
    put({
      ...distribution('setup-tool', 'hook.pth,,\n', { 'direct_url.json': JSON.stringify({ url: 'https://files.example/x.whl', archive_info: { hashes: { sha256: 'ab'.repeat(32) } } }) }),
      'venv/lib/python3.12/site-packages/hook.pth': 'import os; os\n', 'venv/lib/python3.12/site-packages/evil.pth': '# harmless\n/a/path\nimport os; exec("x")\n', 'venv/lib/python3.12/site-packages/path.pth': '/only/a/path\n', 'venv/lib/python3.12/site-packages/sitecustomize.py': '\nprint(1)\n',
    })
    const { trees: [tree] } = inventory()
    expect(tree?.packages).toMatchObject([{ name: 'setup-tool', hooks: [{ name: 'start', command: 'import os; os', runs: true }], from: 'https://files.example/x.whl', digests: [`sha256:${'ab'.repeat(32)}`] }])
    expect(tree?.notes).toEqual(['evil.pth runs at every start of Python, and no installer put it there: import os; exec("x")', 'sitecustomize.py runs at every start of Python, and no installer put it there: print(1)'])
  })
})

describe('Go', () => {
  it('has modules in its cache, held against what it recorded', () => {
    const h1 = (module: string, files: Readonly<Record<string, string>>): string => hash1(Object.entries(files).map(([path, content]) => ({ path: `${module}/${path}`, sha256: createHash('sha256').update(content).digest('hex') })))
    put({
      'go/pkg/mod/mod.example/!up/a@v1.0.0/a.go': 'package a\n', 'go/pkg/mod/mod.example/!up/a@v1.0.0/sub/b.go': 'package sub\n', 'go/pkg/mod/mod.example/b@v2.0.0/b.go': 'changed\n',
      'go/pkg/mod/cache/download/mod.example/!up/a/@v/v1.0.0.ziphash': h1('mod.example/Up/a@v1.0.0', { 'a.go': 'package a\n', 'sub/b.go': 'package sub\n' }), 'go/pkg/mod/cache/download/mod.example/!up/a/@v/v1.0.0.zip': 'x',
      'go/pkg/mod/cache/download/mod.example/!up/a/@v/v1.0.0.info': JSON.stringify({ Version: 'v1.0.0', Origin: { VCS: 'git', URL: 'https://code.example/a' } }),
      'go/pkg/mod/cache/download/mod.example/b/@v/v2.0.0.ziphash': h1('mod.example/b@v2.0.0', { 'b.go': 'package b\n' }), 'go/pkg/mod/cache/download/mod.example/c/@v/v3.0.0.zip': 'x',
    })
    const found = packagesOf(inventory({ verify: true }))
    expect(found['mod.example/Up/a@v1.0.0 go/pkg/mod/mod.example/!up/a@v1.0.0']).toMatchObject({ agreement: 'verified', from: 'https://code.example/a', digests: [expect.stringMatching(/^h1:/)] })
    expect(found['mod.example/b@v2.0.0 go/pkg/mod/mod.example/b@v2.0.0']).toMatchObject({ agreement: 'differs', says: expect.stringMatching(/not those that Go downloaded/) as string })
    expect(found['mod.example/c@v3.0.0 go/pkg/mod/cache/download/mod.example/c/@v/v3.0.0.zip']).toMatchObject({ agreement: 'unrecorded' })
  })

  it('has programs, with what is built into them', () => {
    const program = elfProgram(inlineInfo('go1.22.1', infoText(['path\tapp.example/tool', 'mod\tapp.example\t(devel)\t', 'dep\tmod.example/a\tv1.0.0\t', 'dep\t../odd\tv1.0.0\t'])), { wide: true, little: true })
    put({ 'bin/tool': Buffer.concat([program, Buffer.alloc(300 * 1024)]), 'bin/small': program, 'bin/script': `#!/bin/sh\n${'#'.repeat(300 * 1024)}`, 'bin/plain': Buffer.concat([program, Buffer.alloc(300 * 1024)]) })
    for (const name of ['tool', 'small', 'script']) chmodSync(join(root, 'bin', name), 0o755)
    symlinkSync(join(root, 'bin/tool'), join(root, 'bin/linked'))
    expect(inventory().trees.map(({ path, says, packages }) => [below(path), says, packages.map(({ name, version, place }) => `${name} ${version} ${place}`)])).toEqual([['bin/tool', 'app.example/tool, go1.22.1', ['mod.example/a v1.0.0 ']]])
  })
})

describe('what is told of it', () => {
  it.each<[string | null, 'here' | 'elsewhere' | 'never' | null, string]>([
    ['https://gate.example/npm/x.tgz', null, 'gate'], ['https://other.example/x.tgz', 'elsewhere', 'past'], ['https://other.example/x.tgz', 'here', 'gate'], [null, 'here', 'gate'], [null, 'elsewhere', 'perhaps'], [null, 'never', 'past'], [null, null, 'unknown'],
    ['file:///home/x', null, 'unknown'], ['git+https://code.example/x', null, 'past'], ['nonsense', 'elsewhere', 'perhaps'],
  ])('from %s, delivered %s: %s', (from, delivered, origin) => {
    expect(originOf({ from }, { gate: { hosts: new Set(['gate.example']), upstreams: new Set() }, delivered })).toBe(origin)
  })

  it('is a bill of materials, each version once', () => {
    put({ 'a/node_modules/x/package.json': manifest('x', '1.0.0'), 'b/node_modules/x/package.json': manifest('x', '1.0.0'), 'b/node_modules/@acme/y/package.json': manifest('@acme/y', '\ud800') })
    const { trees } = inventory()
    expect(purls(trees)).toEqual(['pkg:npm/%40acme/y@%EF%BF%BD', 'pkg:npm/x@1.0.0'])
    expect(bill(trees, { host: 'laptop-7', now: new Date(0) })).toMatchObject({ specVersion: '1.6', components: [{ purl: 'pkg:npm/x@1.0.0', evidence: { occurrences: [{ location: join(root, 'a/node_modules/x') }, { location: join(root, 'b/node_modules/x') }] } }, { name: '@acme/y' }] })
  })
})
