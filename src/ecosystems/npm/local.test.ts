import { describe, expect, it } from 'vitest'
import type { Advisory, Client, Denial } from '../../core/types.ts'
import type { ServiceDesk } from '../ecosystem.ts'
import { affects, vulnerableRange } from './advisories.ts'
import { npm } from './npm.ts'

const advisory = (more: Partial<Advisory> = {}): Advisory => ({
  id: 'MAL-2026-1', ecosystem: 'npm', name: 'bad', malicious: true, summary: 'steals tokens', versions: [], ranges: [], severity: null,
  url: 'https://osv.example/MAL-2026-1', source: 'osv', modified: new Date(0), withdrawn: null, ...more,
})
const asked: string[] = []
const desk = (more: Partial<ServiceDesk> = {}): ServiceDesk => ({
  advisories: async (name) => {
    asked.push(name)
    return name === 'bad' ? [advisory({ ranges: [{ introduced: '1.0.0', fixed: '2.0.0' }] })] : []
  },
  caller: null, ...more,
})
const ask = async (service: string, { body = {} as unknown, name = null as string | null, at = desk() } = {}) => {
  const answer = await npm.answer({ kind: 'local', service, name }, new TextEncoder().encode(JSON.stringify(body)), at)
  return { status: answer.status, json: JSON.parse(String(answer.body)) as unknown }
}

describe('advisories against installed versions', () => {
  it.each([
    [{}, '1.0.0', true],
    [{ withdrawn: new Date(0) }, '1.0.0', false],
    [{ versions: ['1.0.0'] }, '1.0.0', true],
    [{ versions: ['1.0.0'] }, '1.0.1', false],
    [{ ranges: [{ introduced: '0', fixed: '2.0.0' }] }, '2.0.0-rc.1', true],
    [{ ranges: [{ introduced: '0', fixed: '2.0.0' }] }, '2.0.0', false],
    [{ ranges: [{ introduced: '1.0.0', lastAffected: '1.5.0' }] }, '1.5.0', true],
    [{ ranges: [{ introduced: '1.0.0', lastAffected: '1.5.0' }] }, '1.5.1', false],
    [{ ranges: [{ introduced: '1.0.0' }] }, '0.9.0', false],
    [{ ranges: [{ introduced: '1.0.0', fixed: '2.0.0' }] }, 'file:x', false],
    [{ ranges: [{ introduced: '0', fixed: '2.0.0' }] }, 'file:x', false],
    [{ versions: ['1.0.0'], ranges: [{ introduced: '3.0.0' }] }, '1.0.0', true],
  ])('%j and %s: %s', (more, version, expected) => {
    expect(affects(advisory(more), version)).toBe(expected)
  })

  it('shows ranges as npm writes them', () => {
    expect(vulnerableRange(advisory({ ranges: [{ introduced: '0', fixed: '1.2.0' }, { introduced: '2.0.0', lastAffected: '2.1.0' }], versions: ['3.0.0'] })))
      .toBe('<1.2.0 || >=2.0.0 <=2.1.0 || 3.0.0')
    expect(vulnerableRange(advisory())).toBe('>=0.0.0-0')
  })
})

describe('local answers', () => {
  it('audits in bulk', async () => {
    const { json } = await ask('audit-bulk', { body: { bad: ['1.5.0', '3.0.0'], good: ['1.0.0'], '../x': ['1.0.0'], odd: 1 } })
    expect(json).toEqual({ bad: [expect.objectContaining({
      title: 'MAL-2026-1: steals tokens', severity: 'critical', vulnerable_versions: '>=1.0.0 <2.0.0', cwe: ['CWE-506'], id: expect.any(Number) as number }) as unknown] })
    expect(asked).not.toContain('../x')
    expect((await ask('audit-bulk', { body: { bad: ['3.0.0'] } })).json).toEqual({})
  })

  it('audits a tree, with paths', async () => {
    const body = { dependencies: { app: { version: '1.0.0', dependencies: { bad: { version: '1.1.0', dev: true } } }, bad: { version: '2.0.0' } } }
    const { json } = await ask('audit-quick', { body })
    const { advisories, metadata } = json as { advisories: Record<string, { findings: unknown }>; metadata: unknown }
    expect(Object.values(advisories)[0]?.findings).toEqual([{ version: '1.1.0', paths: ['app>bad'], dev: true, optional: false, bundled: false }])
    expect(metadata).toMatchObject({ totalDependencies: 3, devDependencies: 1, vulnerabilities: { critical: 1 } })
  })

  it('refuses what is no audit', async () => {
    expect((await ask('audit-bulk', { body: [] })).status).toBe(400)
    expect((await ask('audit-quick', { body: 'x' })).status).toBe(400)
  })

  it('knows the caller, or says that it does not', async () => {
    expect(await ask('whoami', { at: desk({ caller: 'ci' }) })).toEqual({ status: 200, json: { username: 'ci' } })
    expect((await ask('whoami')).status).toBe(401)
    expect(await ask('ping')).toEqual({ status: 200, json: {} })
  })

  it('says so when there is no such service', async () => {
    expect((await ask('constructor')).status).toBe(404)
  })
})

describe('denials', () => {
  const client: Client = { tool: 'npm', version: '12.2.0', userAgent: '', ci: null }
  const denial = (more: Partial<Denial> = {}): Denial =>
    ({ reason: 'malicious', name: 'a', version: '1.0.0', message: 'fetches and runs code — at install\r\nx', requestId: 'r1', link: 'http://gate.example/p', ...more })
  const artifact = { kind: 'artifact', name: 'a', file: 'a-1.0.0.tgz' } as const

  it('carry the reason in every place a client reads', () => {
    const { status, phrase, headers, body } = npm.deny(artifact, denial(), client)
    expect({ status, phrase }).toEqual({ status: 403, phrase: 'a@1.0.0: fetches and runs code - at install x' })
    expect(headers['npm-notice']).toMatch(/^[\x20-\x7e]*request r1, see http:\/\/gate\.example\/p\)$/)
    expect(JSON.parse(String(body))).toMatchObject({ error: expect.stringContaining('request r1') as string, title: phrase, status: 403, reason: 'malicious', requestId: 'r1' })
  })

  it('say where to ask further in the phrase, for clients that show nothing else', () => {
    const { phrase } = npm.deny(artifact, denial(), { ...client, tool: 'yarn' })
    expect(phrase).toBe('a@1.0.0: fetches and runs code - at install x (request r1, see http://gate.example/p)')
    const long = npm.deny(artifact, denial({ message: 'x'.repeat(300) }), { ...client, tool: 'pnpm' }).phrase
    expect(long).toMatch(/x\.\.\. \(request r1, see http:\/\/gate\.example\/p\)$/)
    expect(long).toHaveLength(180)
  })

  it('lead bun to a URL that says why, and there to a plain no', () => {
    const bun: Client = { ...client, tool: 'bun' }
    const { status, headers } = npm.deny(artifact, denial({ base: 'http://gate.example/npm/' }), bun)
    expect(status).toBe(302)
    const url = new URL(headers['location'] as string)
    expect(url.href).toBe("http://gate.example/npm/-/refused?a@1.0.0:_fetches_and_runs_code_at_install_x_(request_r1,_see_http://gate.example/p)")
    const ask = npm.parse({ method: 'GET', path: '/-/refused', query: url.search.slice(1), accept: '' })
    expect(ask).toEqual({ kind: 'refused', status: 403, message: 'a@1.0.0: fetches and runs code at install x (request r1, see http://gate.example/p)' })
    expect(npm.deny(ask as NonNullable<typeof ask>, denial({ base: 'http://gate.example/npm/' }), bun).status).toBe(403)
    expect(npm.deny(artifact, denial({ base: 'http://gate.example/npm/', reason: 'unknown-package' }), bun).status).toBe(404)
  })

  it.each([
    ['unknown-package', 404], ['bad-request', 400], ['upstream-down', 424], ['examining', 403], ['too-young', 403], ['forbidden', 403],
  ] as const)('of %s are %i', (reason, status) => {
    expect(npm.deny(artifact, denial({ reason }), client).status).toBe(status)
  })

  it('keep the status of what was refused, and do not shout about what is missing', () => {
    expect(npm.deny({ kind: 'refused', status: 405, message: '' }, denial({ reason: 'refused', name: '' }), client).status).toBe(405)
    expect(npm.deny(artifact, denial({ reason: 'unknown-package' }), client).headers['npm-notice']).toBeUndefined()
  })
})

describe('client settings', () => {
  it('point every client at the gate, scopes of the organisation too', () => {
    const lines = Object.fromEntries(npm.clientSettings('http://127.0.0.1:4880/npm/', ['@acme/*', 'acme-*', '@acme/x']).map((entry) => [entry.client, entry.lines.join('\n')]))
    expect(lines).toEqual({
      'npm (.npmrc)': 'registry=http://127.0.0.1:4880/npm/\n@acme:registry=http://127.0.0.1:4880/npm/',
      'pnpm (.npmrc)': 'registry=http://127.0.0.1:4880/npm/\n@acme:registry=http://127.0.0.1:4880/npm/',
      'yarn 1 (.yarnrc)': 'registry "http://127.0.0.1:4880/npm/"\n"@acme:registry" "http://127.0.0.1:4880/npm/"',
      'yarn 4 (.yarnrc.yml)': 'npmRegistryServer: "http://127.0.0.1:4880/npm"\nunsafeHttpWhitelist:\n  - "127.0.0.1"\nnpmScopes:\n  acme:\n    npmRegistryServer: "http://127.0.0.1:4880/npm"',
      'bun (bunfig.toml)': '[install]\nregistry = "http://127.0.0.1:4880/npm/"\n[install.scopes]\n"acme" = "http://127.0.0.1:4880/npm/"',
    })
    expect(npm.clientSettings('https://gate.example/npm/', [])[3]?.lines).toEqual(['npmRegistryServer: "https://gate.example/npm"'])
  })
})
