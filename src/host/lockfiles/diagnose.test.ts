import { describe, expect, it } from 'vitest'
import { bypasses, undigested } from './diagnose.ts'
import type { Gate } from './diagnose.ts'
import { read, readSample } from './testing.ts'

const gate: Gate = { hosts: new Set(['gate.example:4880']), upstreams: new Set(['registry.example']) }
const found = (path: string, text: string) => bypasses(read(path, text), gate).map(({ kind, host, count, line }) => [kind, host, count, line])

const lock = (packages: Readonly<Record<string, object>>): string => JSON.stringify({ lockfileVersion: 3, packages: { '': {}, ...packages } }, null, 1)

describe('lockfiles', () => {
  it('from the gate, or that leave it to the client, go nowhere else', () => {
    expect(found('package-lock.json', lock({ 'node_modules/a': { version: '1.0.0', resolved: 'http://gate.example:4880/npm/a/-/a-1.0.0.tgz' }, 'node_modules/b': { version: '1.0.0' } }))).toEqual([])
    expect(bypasses(readSample('npm-3', 'package-lock.json'), gate)).toEqual([])
  })

  it('name other registries, once for each host', () => {
    const packages = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`node_modules/p${index}`, { version: '1.0.0', resolved: `https://mirror.example/p${index}/-/p${index}-1.0.0.tgz` }]))
    const [one, ...more] = bypasses(read('package-lock.json', lock(packages)), gate)
    expect(one).toMatchObject({ kind: 'other-registry', host: 'mirror.example', count: 30, says: 'archives come from mirror.example', line: 5 })
    expect(one?.examples).toHaveLength(20)
    expect(more).toEqual([])
  })

  it('with the public registry\'s own host: npm puts its setting in its place, yarn 1 does not', () => {
    expect(found('package-lock.json', lock({ 'node_modules/a': { version: '1.0.0', resolved: 'https://registry.example/a/-/a-1.0.0.tgz' } }))).toEqual([])
    expect(bypasses(readSample('yarn-1', 'yarn.lock'), gate).map(({ kind, host, count }) => [kind, host, count])).toEqual([['other-registry', 'registry.example', 7]])
  })

  it('with addresses, repositories, and the archive of another package', () => {
    expect(bypasses(read('package-lock.json', lock({
      'node_modules/lodash': { version: '4.17.21', resolved: 'https://registry.example/@evil%2fthing/-/thing-4.17.21.tgz' }, 'node_modules/alias': { name: 'real', version: '1.0.0', resolved: 'https://registry.example/real/-/real-1.0.0.tgz' },
      'node_modules/u': { version: '1.0.0', resolved: 'https://files.example/u.tgz' }, 'node_modules/g': { version: '1.0.0', resolved: 'git+ssh://git@code.example/x/g.git#abc' },
    })), gate).map(({ kind, host, says }) => [kind, host, says])).toEqual([
      ['other-package', 'registry.example', 'what is installed as lodash is the archive of @evil/thing'],
      ['url', 'files.example', 'archives come by address from files.example, not as releases from a registry'],
      ['git', 'code.example', 'sources come from a repository at code.example, not as releases from a registry'],
    ])
  })

  it('of uv whose files lie elsewhere', () => {
    expect(bypasses(readSample('uv', 'uv.lock'), { hosts: new Set(['index.example']), upstreams: new Set() }).map(({ kind, host, count }) => [kind, host, count])).toEqual([['other-files', 'files.example', 10]])
  })
})

it.each<[string, string, unknown[]]>([
  ['requirements.txt', '-i http://gate.example:4880/pypi/simple/\n--extra-index-url https://private.example/simple\n-f ./wheels\n-f https://wheels.example/\n', [['extra-index', 'private.example', 0, 2], ['find-links', 'wheels.example', 0, 4]]],
  ['pyproject.toml', '[[tool.uv.index]]\nurl = "https://other.example/simple"\ndefault = true\n', [['other-index', 'other.example', 0, 2]]],
  ['pip.conf', '[global]\nindex-url = http://gate.example:4880/pypi/simple/\nextra-index-url =\n    https://a.example/simple\n    https://b.example/simple\n', [['extra-index', 'a.example', 0, 4], ['extra-index', 'b.example', 0, 5]]],
  ['.npmrc', '; note\n//x.example/:_authToken=secret\nregistry=http://gate.example:4880/npm/\n@acme:registry = "https://npm.acme.example/"\n', [['other-index', 'npm.acme.example', 0, 4]]],
  ['go.env', 'GOFLAGS=-mod=mod\nGOPROXY=http://gate.example:4880/go,direct\n', [['direct', null, 0, 2]]],
  ['go.env', 'GOPROXY="http://gate.example:4880/go|https://user:pw@goproxy.example"\n', [['other-proxy', 'goproxy.example', 0, 1]]],
  ['go.env', 'GOPROXY=off\n', []],
  ['go.env', 'GOPROXY=http://gate.example:4880/go|direct\n', [['direct', null, 0, 1]]],
  ['go.env', 'GONOSUMDB=*.acme.example\nGOPRIVATE=git.acme.example,none\nGOSUMDB=off\nGOFLAGS="-insecure -mod=mod"\nGOINSECURE=none\n', [['unverified', null, 0, 1], ['unproxied', null, 0, 2], ['unverified', null, 0, 3], ['unverified', null, 0, 4]]],
  ['.npmrc', 'strict-ssl=false\n', [['unverified', null, 0, 1]]],
  ['.yarnrc.yml', 'npmRegistryServer: "http://gate.example:4880/npm/"\nnpmScopes:\n  acme:\n    npmRegistryServer: "https://npm.acme.example"\nenableStrictSsl: false\n', [['other-index', 'npm.acme.example', 0, 4], ['unverified', null, 0, 5]]],
  ['.yarnrc', '# note\nregistry "https://other.example/"\n"@acme:registry" "http://gate.example:4880/npm/"\nstrict-ssl false\n', [['other-index', 'other.example', 0, 2], ['unverified', null, 0, 4]]],
  ['uv.toml', 'extra-index-url = ["https://a.example/simple"]\n\n[[index]]\nurl = "http://gate.example:4880/pypi/simple/"\ndefault = true\n\n[[index]]\nurl = "https://b.example/simple"\n', [['extra-index', 'a.example', 0, 1], ['extra-index', 'b.example', 0, 8]]],
  ['bunfig.toml', '[install]\nregistry = "https://other.example/"\n\n[install.scopes]\nacme = { url = "https://npm.acme.example/" }\n', [['other-index', 'other.example', 0, 2], ['other-index', 'npm.acme.example', 0, 5]]],
  ['pip.conf', '[global]\ntrusted-host = index.example\n', [['unverified', null, 0, 2]]],
])('%s', (path, text, expected) => {
  expect(found(path, text)).toEqual(expected)
})

it('names what a lockfile keeps no digest of, once a file', () => {
  const entries = { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.0.0', integrity: 'sha512-AAAA' }, 'node_modules/c': { version: '1.0.0' }, 'node_modules/g': { version: '1.0.0', resolved: 'git+https://code.example/x/g.git#abc' } }
  expect(undigested(read('package-lock.json', lock(entries)))).toMatchObject({ kind: 'no-digest', count: 2, examples: [{ name: 'a' }, { name: 'c' }] })
  expect(undigested(readSample('npm-3', 'package-lock.json'))).toBe(null)
  expect(undigested(read('requirements.txt', 'django==5.0\n'))).toBe(null)
})
