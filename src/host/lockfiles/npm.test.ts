import { describe, expect, it } from 'vitest'
import { read, readSample, shown } from './testing.ts'

/** test/lockfiles: what npm 11, pnpm 7 and 9, yarn 1 and 4 and bun 1.4 wrote for one project with one workspace. */
describe('one project as each tool locks it', () => {
  const located = [
    '@types/ms 2.1.0 <^2.1.0> direct dev :26', 'is-number 4.0.0 <^4.0.0> direct :32', 'is-odd 3.0.1 <^3.0.1> direct :41', 'is-number 6.0.0 <^6.0.0> indirect of is-odd :52',
    'left-pad 1.3.0 <^1.2.0> direct :60', 'ms 2.1.2 <2.1.2> direct :65', 'ours <*> direct workspace packages/ours :70', 'left-pad (pad) 1.1.0 <1.1.0> direct :74',
  ]
  const flat = (lines: readonly number[]): string[] => [
    `@types/ms 2.1.0 <^2.1.0> direct dev :${lines[0]}`, `is-number 4.0.0 <^4.0.0> direct :${lines[1]}`, `is-number 6.0.0 indirect of is-odd :${lines[2]}`, `is-odd 3.0.1 <^3.0.1> direct :${lines[3]}`,
    `left-pad (pad) 1.1.0 <1.1.0> direct :${lines[4]}`, `left-pad 1.3.0 <^1.2.0> direct :${lines[5]}`, `ms 2.1.2 <2.1.2> direct :${lines[6]}`, 'ours <workspace:*> direct workspace packages/ours',
  ]
  it.each<[string, string, string, string[]]>([
    ['npm-1', 'package-lock.json', 'package-lock 1', [
      '@types/ms 2.1.0 <^2.1.0> direct dev :7', 'is-number 4.0.0 <^4.0.0> direct :12', 'is-odd 3.0.1 <^3.0.1> direct :17', 'is-number 6.0.0 <^6.0.0> indirect of is-odd :24',
      'left-pad 1.3.0 <1.3.0> direct :30', 'ms 2.1.2 <2.1.2> indirect of ours :34', 'ours <*> direct path packages/ours :38', 'left-pad (pad) 1.1.0 <1.1.0> direct :45',
    ]],
    ['npm-2', 'package-lock.json', 'package-lock 2', located],
    ['npm-3', 'package-lock.json', 'package-lock 3', located],
    ['pnpm-5', 'pnpm-lock.yaml', 'pnpm-lock 5.4', flat([33, 37, 44, 49, 56, 60, 63])],
    ['pnpm-9', 'pnpm-lock.yaml', 'pnpm-lock 9.0', flat([43, 46, 50, 54, 58, 61, 64])],
    ['yarn-1', 'yarn.lock', 'yarn 1', [
      '@types/ms 2.1.0 <^2.1.0> direct dev at registry.example :5', 'is-number 4.0.0 <^4.0.0> direct at registry.example :10', 'is-number 6.0.0 <^6.0.0> indirect of is-odd at registry.example :15',
      'is-odd 3.0.1 <^3.0.1> direct at registry.example :20', 'left-pad 1.3.0 <1.3.0> direct dev at registry.example :27', 'ms 2.1.2 <2.1.2> at registry.example :32', 'left-pad (pad) 1.1.0 <1.1.0> direct at registry.example :37',
    ]],
    ['yarn-berry', 'yarn.lock', 'yarn berry 10', [
      'ours workspace packages/ours :52', '@types/ms 2.1.0 <^2.1.0> direct dev :8', 'is-number 4.0.0 <^4.0.0> direct :15', 'is-number 6.0.0 indirect of is-odd :22', 'is-odd 3.0.1 <^3.0.1> direct :29',
      'left-pad 1.3.0 <^1.2.0> direct :38', 'ms 2.1.2 <2.1.2> direct :45', 'left-pad (pad) 1.1.0 <1.1.0> direct :61',
    ]],
    ['bun', 'bun.lock', 'bun.lock 2', [
      '@types/ms 2.1.0 <^2.1.0> direct dev :30', 'is-number 4.0.0 <^4.0.0> direct :32', 'is-odd 3.0.1 <^3.0.1> direct :34', 'left-pad 1.3.0 <^1.2.0> direct :36', 'ms 2.1.2 <2.1.2> direct :38',
      'ours <*> direct workspace packages/ours :40', 'left-pad (pad) 1.1.0 <1.1.0> direct :42', 'is-number 6.0.0 indirect of is-odd :44',
    ]],
  ])('%s', (folder, path, format, expected) => {
    const file = readSample(folder, path)
    expect(file.format).toBe(format)
    expect(file.dependencies.map(shown)).toEqual(expected)
    expect(file.problems).toEqual([])
  })

  it('has the same digests in all of them', () => {
    const digest = (folder: string, path: string) => readSample(folder, path).dependencies.find(({ name, version }) => name === 'is-odd' && version !== null)?.digests[0]
    const of = [['npm-1', 'package-lock.json'], ['npm-3', 'package-lock.json'], ['pnpm-5', 'pnpm-lock.yaml'], ['pnpm-9', 'pnpm-lock.yaml'], ['yarn-1', 'yarn.lock'], ['bun', 'bun.lock']] as const
    expect(new Set(of.map(([folder, path]) => digest(folder, path))).size).toBe(1)
    expect(digest('bun', 'bun.lock')).toMatch(/^sha512:[0-9a-f]{128}$/)
    expect(digest('yarn-berry', 'yarn.lock')).toMatch(/^yarn:10/)
  })
})

it('reads package.json: aliases, addresses, overrides, catalogs', () => {
  const file = read('package.json', JSON.stringify({
    dependencies: { plain: '^1.0.0', exact: '1.2.3', none: '', alias: 'npm:@real/thing@^2', git: 'git+ssh://git@host.example/a/b.git#v1', short: 'github:someone/thing#main', bare: 'someone/other', url: 'https://user:secret@files.example/x.tgz', near: 'file:../near', link: 'link:./x', tag: 'latest', catalogued: 'catalog:' },
    peerDependencies: { peer: '>=1 <3' },
    devDependencies: { dev: '~1.1' },
    overrides: { over: 'npm:other@1.0.0', nested: { '.': '2.0.0', 'inner@^1': '1.5.0' }, kept: '$plain' },
    resolutions: { 'a/**/@s/deep': '3.0.0' },
    pnpm: { overrides: { 'x>y@1': 'https://files.example/y.tgz' } },
  }, null, 1))
  expect(file.dependencies.map((one) => shown(one).replace(/ :\d+$/, ''))).toEqual([
    'plain <^1.0.0> direct', 'exact 1.2.3 <1.2.3> direct', 'none <*> direct', '@real/thing (alias) <^2> direct', 'git <git+ssh://git@host.example/a/b.git#v1> direct git ssh://git@host.example/a/b.git#v1',
    'short <github:someone/thing#main> direct git https://github.com/someone/thing#main', 'bare <someone/other> direct git https://github.com/someone/other',
    'url <https://user:secret@files.example/x.tgz> direct url https://files.example/x.tgz', 'near <file:../near> direct path ../near', 'link <link:./x> direct path ./x', 'tag <latest> direct', 'catalogued <catalog:> direct',
    'peer <>=1 <3> direct', 'dev <~1.1> direct dev', 'other (over) 1.0.0 <1.0.0>', 'nested 2.0.0 <2.0.0>', 'inner 1.5.0 <1.5.0>', '@s/deep 3.0.0 <3.0.0>', 'y <https://files.example/y.tgz> url https://files.example/y.tgz',
  ])
  expect(file.dependencies[1]?.line).toBe(4)
  expect(file.problems).toEqual([])
})

describe('package-lock', () => {
  it('names git, address, bundled and poisoned entries as they are', () => {
    const file = read('package-lock.json', JSON.stringify({
      lockfileVersion: 3,
      packages: {
        '': { dependencies: { git: 'github:a/b', url: 'https://files.example/-/x.tgz', lodash: '^4' } },
        'node_modules/git': { version: '1.0.0', resolved: 'git+ssh://git@code.example/a/b.git#abc' },
        'node_modules/url': { version: '1.0.0', resolved: 'https://files.example/-/x.tgz' },
        'node_modules/lodash': { version: '4.0.0', resolved: 'https://evil.example/evil/-/evil-4.0.0.tgz', dependencies: { inner: '1' } },
        'node_modules/lodash/node_modules/inner': { version: '1.0.0', inBundle: true },
      },
    }))
    expect(file.dependencies.map((one) => shown(one).replace(/ :\d+$/, ''))).toEqual([
      'git 1.0.0 <github:a/b> direct git ssh://git@code.example/a/b.git#abc', 'url 1.0.0 <https://files.example/-/x.tgz> direct url https://files.example/-/x.tgz',
      'lodash 4.0.0 <^4> direct at evil.example', 'inner 1.0.0 <1> indirect of lodash',
    ])
  })

  it('reads what only one of version 2\'s two forms has', () => {
    const file = read('package-lock.json', JSON.stringify({
      lockfileVersion: 2,
      packages: { '': { dependencies: { a: '1' } }, 'node_modules/a': { version: '1.0.0' } },
      dependencies: { a: { version: '1.0.0' }, hidden: { version: '6.6.6' } },
    }))
    expect(file.dependencies.map(({ name, version }) => `${name}@${version}`)).toEqual(['a@1.0.0', 'hidden@6.6.6'])
    const other = read('package-lock.json', JSON.stringify({
      lockfileVersion: 2,
      packages: { 'node_modules/a': { version: '1.0.0', resolved: 'https://registry.example/a/-/a-1.0.0.tgz' } },
      dependencies: { a: { version: '1.0.0', resolved: 'https://evil.example/a/-/a-1.0.0.tgz' } },
    }))
    expect(other.dependencies.map(({ source }) => source.host)).toEqual(['registry.example', 'evil.example'])
  })

  it('walks cycles once', () => {
    const file = read('package-lock.json', JSON.stringify({
      lockfileVersion: 3,
      packages: {
        '': { dependencies: { a: '1' } }, 'node_modules/a': { version: '1.0.0', dependencies: { b: '1' } },
        'node_modules/b': { version: '1.0.0', dependencies: { c: '1' } }, 'node_modules/c': { version: '1.0.0', dependencies: { a: '1', b: '1' } },
      },
    }))
    expect(file.dependencies.map(({ name, path, direct }) => [name, path, direct])).toEqual([['a', [], true], ['b', ['a'], false], ['c', ['a', 'b'], false]])
  })
})

it('reads pnpm 6 with peers, aliases, addresses and several documents', () => {
  const file = read('pnpm-lock.yaml', `---
lockfileVersion: '6.0'
importers:
  .:
    dependencies:
      react-dom: {specifier: ^18.0.0, version: 18.2.0(react@18.2.0)}
      cjs: {specifier: 'npm:string-width@^4', version: /string-width@4.2.3}
      thing: {specifier: github:a/b, version: codeload.example/a/b/tar.gz/abc}
    devDependencies:
      ours: {specifier: workspace:*, version: link:../ours}
packages:
  /react-dom@18.2.0(react@18.2.0):
    resolution: {integrity: sha512-AAAA}
    dependencies: {react: 18.2.0}
  /react@18.2.0: {resolution: {integrity: sha512-AAAA, tarball: https://cdn.example/react/-/react-18.2.0.tgz}}
  /string-width@4.2.3: {resolution: {integrity: sha512-AAAA}}
  codeload.example/a/b/tar.gz/abc: {name: thing, version: 1.0.0, resolution: {tarball: https://codeload.example/a/b/tar.gz/abc}}
---
lockfileVersion: '6.0'
packages:
  /own@1.10.0: {resolution: {integrity: sha512-AAAA}}
`)
  expect(file.dependencies.map(shown)).toEqual([
    'react-dom 18.2.0 <^18.0.0> direct :12', 'react 18.2.0 indirect of react-dom at cdn.example :15', 'string-width (cjs) 4.2.3 <^4> direct :16',
    'thing 1.0.0 <github:a/b> direct url https://codeload.example/a/b/tar.gz/abc :17', 'ours <workspace:*> direct dev workspace ../ours', 'own 1.10.0 :21',
  ])
  expect(file.problems).toEqual([])
})

it('reads pnpm-workspace.yaml', () => {
  const file = read('pnpm-workspace.yaml', "packages:\n  - packages/*\ncatalog:\n  react: ^18.2.0\ncatalogs:\n  old:\n    react: ^17\noverrides:\n  'x@1>y': npm:z@1.0.0\n")
  expect(file.dependencies.map(shown)).toEqual(['react <^18.2.0> :4', 'react <^17> :7', 'z (y) 1.0.0 <1.0.0> :9'])
})

it('keeps what pnpm resolves twice under one name apart', () => {
  const file = read('pnpm-lock.yaml', "lockfileVersion: '6.0'\npackages:\n  /a@1.0.0(b@1): {resolution: {integrity: sha512-AAAA}}\n  /a@1.0.0(b@2): {resolution: {integrity: sha512-AAAA}}\n  /a@1.0.0(b@3): {resolution: {tarball: https://evil.example/a.tgz}}\n")
  expect(file.dependencies.map(shown)).toEqual(['a 1.0.0 :3', 'a 1.0.0 url https://evil.example/a.tgz :5'])
})

it('reads yarn 1 with git, files, conflicts and lines that are none', () => {
  const file = read('yarn.lock', `# yarn lockfile v1
"@s/a@^1.0.0", "@s/a@~1.2.0":
  version "1.2.3"
  resolved "https://registry.example/@s/a/-/a-1.2.3.tgz#${'0'.repeat(40)}"
  dependencies:
    b "^1.0.0 || ^2"
<<<<<<< HEAD
"b@^1.0.0 || ^2":
  version "2.0.0"
  resolved "git+https://code.example/x/b.git#abc"
"c@file:../c":
  version "0.0.0"
d@1:
  resolved "https://registry.example/d/-/d-1.0.0.tgz
`)
  expect(file.dependencies.map(shown)).toEqual([
    '@s/a 1.2.3 <^1.0.0> at registry.example :2', 'b 2.0.0 <^1.0.0 || ^2> of @s/a git https://code.example/x/b.git#abc :8', 'c 0.0.0 <file:../c> path ../c :11', 'd <1> :13',
  ])
  expect(file.dependencies[0]?.digests).toEqual([`sha1:${'0'.repeat(40)}`])
  expect(file.problems).toEqual([
    { line: 7, says: 'a merge conflict is not resolved', broken: true }, { line: 14, says: 'a line that cannot be read was left out', broken: true }, { line: 13, says: 'd@1 has no version' },
  ])
})

it('reads yarn 4 with patches, archives elsewhere and git', () => {
  const file = read('yarn.lock', `__metadata:
  version: 8
"a@npm:^1":
  version: 1.0.0
  resolution: "a@npm:1.0.0::__archiveUrl=https%3A%2F%2Fcdn.example%2Fa.tgz"
  languageName: node
"b@patch:b@npm%3A2.0.0#./b.patch":
  version: 2.0.0
  resolution: "b@patch:b@npm%3A2.0.0#./b.patch::version=2.0.0&hash=abc"
"c@https://code.example/x/c.git":
  version: 3.0.0
  resolution: "c@https://code.example/x/c.git#commit=abc"
"root@workspace:.":
  version: 0.0.0-use.local
  resolution: "root@workspace:."
  dependencies:
    a: ^1
`)
  expect(file.dependencies.map(shown)).toEqual(['a 1.0.0 <^1> direct at cdn.example :3', 'b 2.0.0 :7', 'c 3.0.0 git https://code.example/x/c.git#commit=abc :10'])
})

it('reads bun.lock with git, archives, folders and other registries', () => {
  const file = read('bun.lock', `{
  "lockfileVersion": 1, // comments and commas are fine
  "workspaces": { "": { "dependencies": { "g": "github:a/b", "t": "https://files.example/t.tgz" } } },
  "packages": {
    "g": ["g@github:a/b#abc", { "dependencies": { "x": "1" } }, "a-b-abc"],
    "t": ["t@https://files.example/t.tgz", {}],
    "f": ["f@file:../f", {}],
    "x": ["x@1.0.0", "https://mirror.example/", {}, "sha512-AAAA"],
    "broken": 1,
  },
}`)
  expect(file.dependencies.map(shown)).toEqual([
    'g <github:a/b> direct git https://github.com/a/b#abc :5', 't <https://files.example/t.tgz> direct url https://files.example/t.tgz :6', 'f path ../f :7', 'x 1.0.0 indirect of g at mirror.example :8',
  ])
  expect(file.problems).toEqual([{ line: 9, says: 'packages: "broken" cannot be read as a package' }])
})
