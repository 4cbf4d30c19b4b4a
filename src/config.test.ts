import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { loadConfig } from './config.ts'
import type { Config } from './config.ts'
import { jsonSchema } from './config/json-schema.ts'
import { ConfigError } from './config/problems.ts'
import { documentSchema } from './config/schema.ts'
import { parseYaml } from './config/yaml.ts'
import type { EcosystemId } from './core/types.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-config-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const NOW = new Date('2026-06-01T00:00:00Z')
const canonical = (ecosystem: EcosystemId, raw: string): string => (ecosystem === 'pypi' ? raw.toLowerCase().replace(/[-_.]+/g, '-') : raw)
const file = join(folder, 'sluice.yaml')

function load(text: string, env: Record<string, string> = {}): Config {
  writeFileSync(file, text)
  return loadConfig({ file, env, canonical, now: NOW })
}

/** `line:column: message (remedy)` of every problem. */
function problems(text: string, env: Record<string, string> = {}): string[] {
  try {
    load(text, env)
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.message.split('\n').map((line) => line.replace(`${file}:`, ''))
    throw thrown
  }
  return []
}

describe('the sample', () => {
  const sample = readFileSync('sluice.yaml', 'utf8')
  const switchedOn = sample.split('\n').map((line) => line.replace(/^(\s*)# (?=[\s\w-])(?!yaml-)/, '$1')).join('\n').replaceAll(/^(\s*(?:allow|deny|npm|pypi|go|protect|resolvers|feeds|classes)): \[\]$/gm, '$1:')

  it('says the built-in defaults', () => {
    expect(documentSchema.parse(parseYaml(sample, 'sluice.yaml').value)).toEqual(documentSchema.parse({}))
  })

  it('is valid with every option switched on, and shows every option', () => {
    const { value } = parseYaml(switchedOn, 'sluice.yaml')
    expect(documentSchema.safeParse(value).error).toBeUndefined()
    expect(keysMissing(documentSchema, value, '')).toEqual([])
  })

  it('has a current schema beside it (npm run schema)', () => {
    expect(readFileSync('sluice.schema.json', 'utf8')).toBe(jsonSchema())
  })
})

/** Options of the schema that the value does not hold; connection options are shown once. */
function keysMissing(schema: z.ZodType, value: unknown, path: string): string[] {
  let core: z.ZodType = schema
  while (core instanceof z.ZodOptional || core instanceof z.ZodPrefault || core instanceof z.ZodPipe) core = (core instanceof z.ZodPipe ? core.in : core.unwrap()) as z.ZodType
  if (core instanceof z.ZodArray) return keysMissing(core.element as z.ZodType, Object.assign({}, ...(value as object[])), `${path}[]`)
  if (!(core instanceof z.ZodObject) || /credentials|secret|password|private\.(?:pypi|go)|deny/.test(path)) return []
  const held = value as Record<string, unknown>
  return Object.entries(core.shape).flatMap(([key, inner]) => (key in held ? keysMissing(inner as z.ZodType, held[key], `${path}.${key}`) : [`${path}.${key}`]))
}

describe('a problem names its place and remedy', () => {
  it.each([
    ['server:\n  prot: 1\n', '2:3: unknown key "prot" in server (did you mean port?)'],
    ['__proto__: 1\n', /^1:1: unknown key "__proto__" in the file \(known here: server, data, /],
    ['server:\n  port: eighty\n', '2:9: server.port is "eighty": must be a number (for example: port: 4880)'],
    ['server:\n  port: 70000\n', '2:9: server.port is "70000": Too big: expected number to be <=65535 (for example: port: 4880)'],
    ['policy:\n  mode: enfroce\n', '2:9: policy.mode is "enfroce" (did you mean enforce? accepted: enforce, observe)'],
    ['policy:\n  minimum_age: 24h\n', '2:16: policy.minimum_age is "24h": must be a mapping (key: value) (see the sample sluice.yaml)'],
    ['policy:\n  minimum_age:\n    npm: 24\n', '3:10: policy.minimum_age.npm is "24": not a duration: a number and one of ms, s, min, h, d, w (for example: npm: 24h)'],
    ['policy:\n  allow:\n    - package: npm:a\n', '3:7: policy.allow.0.because is missing: a rule needs a reason (for example: because: reviewed in SEC-123)'],
    ['policy:\n  deny:\n    - {package: nmp:a, because: x}\n', /^3:17: policy.deny.0.package is "nmp:a": not a package; write it like npm:left-pad@1.3.0, .* \(for example: package: npm:left-pad@1.3.0\)$/],
    ['policy:\n  deny:\n    - {package: "npm:a b", because: x}\n', /a name has no blanks/],
    ['policy:\n  private: {npm: [{names: ["@acme/[a-z]"]}]}\n', /only \* is a wildcard here/],
    ['policy:\n  deny:\n    - {package: "npm:a@^1", because: x}\n', '3:17: policy.deny.0.package is "npm:a@^1": "^1" is not one exact version; list each version, or none for all (for example: package: npm:left-pad@1.3.0)'],
    ['policy:\n  deny:\n    - {package: "go:m.example@1.0.0", because: x}\n', '3:17: policy.deny.0.package is "go:m.example@1.0.0": Go versions start with v: v1.0.0 (for example: package: npm:left-pad@1.3.0)'],
    ['policy:\n  deny:\n    - {package: "npm:left-pad@v1.0.0", because: x}\n', '3:17: policy.deny.0.package is "npm:left-pad@v1.0.0": npm versions do not start with v: 1.0.0 (for example: package: npm:left-pad@1.3.0)'],
    ['policy:\n  deny:\n    - {package: "npm:a", because: x, expires: 2026-02-30}\n', '3:47: policy.deny.0.expires is "2026-02-30": not a date: YYYY-MM-DD, or YYYY-MM-DDThh:mmZ (for example: expires: 2030-12-31)'],
    ['upstreams:\n  npm:\n    url: https://a:b@npm.example/\n', '3:10: upstreams.npm.url is "https://…@npm.example/": a URL with a password in it: put it under credentials, from the environment or a file (for example: url: https://registry.acme.example/)'],
    ['upstreams:\n  npm:\n    credentials:\n      token: hunter2\n', '4:14: upstreams.npm.credentials.token is not accepted: secrets are not written here (for example: token: {"env":"REGISTRY_TOKEN"})'],
    ['upstreams:\n  npm:\n    credentials:\n      token: {env: NOPE}\n', '4:20: the environment variable NOPE is not set (set it, or name a file)'],
    ['network:\n  head_timeout: 0\n', '2:17: network.head_timeout is "0": must be more than 0 (for example: head_timeout: 30s)'],
    ['examine:\n  memory_limit: 1MB\n', '2:17: examine.memory_limit is "1MB": a worker needs at least 64MB (for example: memory_limit: 512MB)'],
    ['network:\n  ca_file: none.pem\n', /^2:12: cannot read none.pem: ENOENT.* \(check the path and who may read it\)$/],
    ['a: 1\na: 2\n', '2:1: Map keys must be unique (keep one of them)'],
    ['server:\n\tport: 1\n', /^2:1: Tabs are not allowed as indentation \(indent with spaces\)$/],
    ['server:\n    port: 1\n  host: x\n', /^3:\d+: .*\((?:line it up|indent keys)/],
    ['policy: "open\n', /^\d:\d+: .*close the quote or bracket/],
    ['server: !!python/object x\n', /^1:9: .*remove the tag/],
    ['- a\n', '1:1: the file is a list: must be a mapping (key: value) (see the sample sluice.yaml)'],
  ])('%j', (text, expected) => {
    const found = problems(text)
    if (typeof expected === 'string') expect(found).toContain(expected)
    else expect(found).toContainEqual(expect.stringMatching(expected))
  })

  it('lists all of them in order', () => {
    expect(problems('data: 1\nserver: {port: x}\npolicy: {mode: no, deny: [{package: x}]}\n').map((line) => line.split(':')[0])).toEqual(['1', '2', '3', '3', '3'])
  })

  it.each([
    ['a bomb of aliases', `a: &a [x, x, x, x, x, x, x, x, x]\n${[...'bcdefghi'].map((key, index) => `${key}: &${key} [${`*${'abcdefgh'[index]}, `.repeat(9)}]`).join('\n')}\n`],
    ['deep nesting', `server: ${'['.repeat(50_000)}`],
    ['a huge file', `data: ${'x'.repeat(3_000_000)}`],
  ])('survives %s', (_what, text) => expect(problems(text).length).toBeGreaterThan(0))

  it('says that a named file is not there', () => {
    expect(() => loadConfig({ file: join(folder, 'none.yaml'), env: {}, canonical })).toThrow(/cannot read the configuration: ENOENT/)
  })
})

describe('what it says', () => {
  it('is the defaults when empty', () => {
    const { policy, server } = load('')
    expect(policy).toMatchObject({ mode: 'enforce', minimumAge: { npm: 86_400_000, pypi: 86_400_000, go: 86_400_000 }, advisories: { holdFrom: null } })
    expect(server).toMatchObject({ host: '127.0.0.1', port: 4880, anonymous: 'loopback', tls: null })
  })

  it('becomes a policy with canonical names', () => {
    const { policy } = load(`policy:
  minimum_age: {npm: 7d, pypi: 0, go: 90min}
  allow:
    - {package: "pypi:Flask_Login==1.0", because: " two\\n lines ", expires: 2026-06-30}
    - {package: "pkg:npm/%40acme/tool@1.0.0", because: x, lifts: [age]}
  deny:
    - {package: "npm:@acme/*", because: y, versions: ["1.0.0", "2.0.0"]}
    - {package: "pkg:golang/go.acme.example/mod", because: z}
  private:
    pypi: [{names: ["Acme_*"], registry: https://pypi.acme.example/simple}]
    go: [{names: ["*.corp.example/", "go.acme.example"]}]
`)
    expect(policy.minimumAge).toEqual({ npm: 604_800_000, pypi: 0, go: 5_400_000 })
    expect(policy.allow).toEqual([
      { ecosystem: 'pypi', name: 'flask-login', versions: ['1.0'], lifts: ['age', 'suspicious', 'undetermined', 'suspected', 'sandbox', 'advisories'], because: 'two lines', expires: new Date('2026-07-01') },
      { ecosystem: 'npm', name: '@acme/tool', versions: ['1.0.0'], lifts: ['age'], because: 'x', expires: null },
    ])
    expect(policy.deny).toEqual([
      { ecosystem: 'npm', name: '@acme/*', versions: ['1.0.0', '2.0.0'], lifts: [], because: 'y', expires: null },
      { ecosystem: 'go', name: 'go.acme.example/mod', versions: [], lifts: [], because: 'z', expires: null },
    ])
    expect(policy.private).toEqual([
      { ecosystem: 'pypi', pattern: 'acme-*', registry: 'https://pypi.acme.example/simple' },
      { ecosystem: 'go', pattern: '*.corp.example', paths: true, registry: null },
      { ecosystem: 'go', pattern: 'go.acme.example', paths: true, registry: null },
    ])
  })

  it('has the same id for the same policy only', () => {
    const ids = ['', 'policy: {mode: enforce}', 'policy: {mode: observe}', 'server: {port: 1}'].map((text) => load(text).policy.id)
    expect(ids.map((id) => ids.indexOf(id))).toEqual([0, 0, 2, 0])
    expect(ids[0]).toMatch(/^[0-9a-f]{12}$/)
  })

  it('warns of what has expired', () => {
    expect(load('policy:\n  deny:\n    - package: npm:a\n      because: x\n      expires: 2026-05-30\n').warnings).toEqual([
      `${file}:5:16: the deny rule for npm:a expired at 2026-05-31T00:00:00.000Z and has no effect`,
    ])
  })

  it('takes secrets from environment and files, and keeps them out of the policy', () => {
    writeFileSync(join(folder, 'pw'), 'geheim\n')
    const config = load(`upstreams: {npm: {url: https://npm.example/, credentials: {token: {env: T}}}}
policy: {private: {npm: [{names: [x], registry: https://x.example/, credentials: {username: u, password: {file: pw}}}]}}`, { T: 'abc' })
    expect(config.upstreams.npm.origin.authorization).toBe('Bearer abc')
    expect(config.origins[0]).toMatchObject({ base: 'https://x.example/', authorization: `Basic ${Buffer.from('u:geheim').toString('base64')}` })
    expect(JSON.stringify(config.policy)).not.toMatch(/geheim|Basic/)
  })

  it('goes: command line, environment, file', () => {
    writeFileSync(file, 'server: {host: 192.0.2.1, port: 1}\ndata: here\n')
    const inFile = loadConfig({ file, env: {}, canonical })
    expect([inFile.server.host, inFile.server.port, inFile.data]).toEqual(['192.0.2.1', 1, join(folder, 'here')])
    const env = { SLUICE_HOST: '192.0.2.2', SLUICE_PORT: '2', SLUICE_DATA: '/env' }
    const inEnv = loadConfig({ file, env, canonical })
    expect([inEnv.server.host, inEnv.server.port, inEnv.data]).toEqual(['192.0.2.2', 2, '/env'])
    const said = loadConfig({ file, env, overrides: { host: '192.0.2.3', port: 3, data: 'said' }, cwd: '/work', canonical })
    expect([said.server.host, said.server.port, said.data]).toEqual(['192.0.2.3', 3, '/work/said'])
    expect(() => loadConfig({ file, env: { SLUICE_PORT: 'x' }, canonical })).toThrow(/SLUICE_PORT/)
  })

  it('tries a text out in place of the file', () => {
    writeFileSync(file, 'policy: {mode: enforce}')
    expect(loadConfig({ file, text: 'policy: {mode: observe}', env: {}, canonical }).policy.mode).toBe('observe')
    expect(() => loadConfig({ file, text: 'policy: {mode: x}', env: {}, canonical })).toThrow(/:1:16: policy.mode/)
  })

  it('learns proxies and authorities from the usual variables', () => {
    writeFileSync(join(folder, 'ca.pem'), '-----BEGIN CERTIFICATE-----\n')
    const env = { https_proxy: 'proxy.example:3128', HTTP_PROXY: 'http://p.example', NO_PROXY: 'a.example, .b.example', SSL_CERT_FILE: join(folder, 'ca.pem') }
    expect(load('', env).network).toMatchObject({ proxy: { https: 'http://proxy.example:3128', http: 'http://p.example', bypass: ['a.example', '.b.example'] }, ca: ['-----BEGIN CERTIFICATE-----\n'] })
    expect(load('network: {proxy: {https: off, bypass: []}}', env).network.proxy).toEqual({ https: null, http: 'http://p.example', bypass: [] })
    expect(load('', { SSL_CERT_FILE: '/none' }).warnings[0]).toMatch(/SSL_CERT_FILE cannot be read/)
  })
})
