import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clientOf } from '../core/client.ts'
import { phrase } from '../core/text.ts'
import type { Denial } from '../core/types.ts'
import type { Ask } from './ecosystem.ts'
import { ecosystems } from './index.ts'

const base = 'http://gate.test:4880/x/'
const all = Object.values(ecosystems)
const AGENTS = ['npm/12.2.0 node/v24', 'pnpm/12.21.0 npm/?', 'yarn/1.22.22 npm/?', 'got (x)', 'Bun/1.4.5', 'pip/26.3 {}', 'uv/0.13.8 {}', 'poetry/2.5.1', 'Go-http-client/1.1', 'Mozilla/5.0', '']
const REASONS: Denial['reason'][] = [
  'examining', 'running', 'too-young', 'age-unknown', 'suspicious', 'undetermined', 'held', 'malicious', 'advisory', 'denied', 'recalled',
  'removed', 'changed', 'private', 'unknown-package', 'refused', 'upstream-down', 'bad-request', 'forbidden',
]

/** Text that means something to paths, headers or objects. */
const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.constantFrom('..', '%2e%2e', '%2f', '%00', '__proto__', 'constructor', '@', '@/', '//', '/@v/', '/-/', '.tgz', '.zip', '%', '\\', '\u202e', 'a', '1.0', '/json', 'simple', '1'.repeat(1_000), 'a'.repeat(5_000)),
)

describe.each(all)('$id', (ecosystem) => {
  it('reads any request line without throwing, and names are canonical when it finds one', () => {
    fc.assert(fc.property(fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'BREW'), fc.array(nasty, { maxLength: 6 }), nasty, (method, parts, accept) => {
      const ask = ecosystem.parse({ method, path: `/${parts.join('/')}`, query: '', accept })
      if (ask !== null && 'name' in ask && ask.name !== null) {
        expect(ecosystem.canonicalName(ask.name)).toBe(ask.name)
        expect(ecosystem.isName(ask.name)).toBe(true)
        // eslint-disable-next-line no-control-regex -- control characters are what must not be there
        expect(ask.name).not.toMatch(/\.\.\/|^\.\.?$|[\u0000-\u001f\\]/)
      }
      // Variants are kept with what they name, services are counted: neither may be whatever a client makes up.
      if (ask?.kind === 'index') expect(ask.variant.length).toBeLessThan(300)
      if (ask?.kind === 'local') expect(ask.service).toMatch(/^[a-z-]{1,20}$/)
    }), { numRuns: 500 })
  })

  it('knows names that no package can have', () => {
    for (const name of ['', '.', '..', '../x', 'a/../b', '/', 'a b', 'a\0', '\u202e', '@', '@/', 'x'.repeat(5_000)]) expect(ecosystem.isName(ecosystem.canonicalName(name))).toBe(false)
  })

  it('writes a version in one way, however often it is asked', () => {
    const written = fc.oneof(fc.constantFrom('1.0.0', 'v1.0.0', '=1.2.3', ' 1.0 ', '2024.01.05', '1.0-rc1', 'v', '', '__proto__'), fc.string({ maxLength: 20 }))
    fc.assert(fc.property(written, (raw) => {
      const once = ecosystem.canonicalVersion(raw)
      expect(ecosystem.canonicalVersion(once)).toBe(once)
    }), { numRuns: 500 })
  })

  it('orders any versions totally', () => {
    const version = fc.oneof(fc.constantFrom('1.0.0', 'v1.0.0', '1.0.0-rc.1', '1.0rc1', '2!1.0', 'v0.0.0-20200101000000-abcdefabcdef', '1.0.0+local', '', 'x'), fc.string({ maxLength: 20 }))
    fc.assert(fc.property(version, version, version, (a, b, c) => {
      const sign = (one: string, other: string): number => Math.sign(ecosystem.compareVersions(one, other))
      expect(sign(a, a)).toBe(0)
      expect(sign(a, b) + sign(b, a)).toBe(0)
      if (sign(a, b) <= 0 && sign(b, c) <= 0) expect(sign(a, c)).toBeLessThanOrEqual(0)
    }), { numRuns: 1_000 })
  })

  it('refuses without statuses that clients try again, in text that fits a header', () => {
    const asks: Ask[] = [
      { kind: 'index', name: 'up', variant: 'full' }, { kind: 'artifact', name: 'up', file: 'up-1.0.0.tgz' },
      { kind: 'companion', name: 'up', file: 'v1.0.0.info', of: 'v1.0.0.zip' }, { kind: 'refused', status: 400, message: 'no' },
    ]
    for (const ask of asks) for (const reason of REASONS) for (const agent of AGENTS) {
      const message = `because – “so”\r\nset-cookie: a=1 \u202e ${'x'.repeat(300)}`
      const answer = ecosystem.deny(ask, { reason, name: 'up', version: '1.0.0', message, requestId: 'id-1', link: `${base}packages/up` }, clientOf(agent))
      expect([408, 425, 429]).not.toContain(answer.status)
      expect(answer.status).toBeLessThan(500)
      expect(phrase(answer.phrase ?? '').length).toBeLessThanOrEqual(180)
      for (const value of Object.values(answer.headers)) expect(value).toMatch(/^[\t\x20-\x7e\x80-\xff]*$/)
      const shown = `${answer.phrase} ${Buffer.from(answer.body as string).toString()} ${Object.values(answer.headers).join(' ')}`
      expect(shown).toContain('because')
      expect(shown).toContain('id-1')
    }
  })

  it('reads any bytes as an index document or says that they are none', () => {
    const body = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.json().map((text) => Buffer.from(text)), fc.string().map((text) => Buffer.from(text)))
    fc.assert(fc.property(body, fc.constantFrom('application/json', 'text/html', 'text/plain', ''), (bytes, contentType) => {
      try {
        const document = ecosystem.readIndex({ name: 'up', body: bytes, contentType, base: 'https://registry.example/up' })
        for (const release of document.releases) expect(release.file).not.toBe('')
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: 'index-invalid' })
      }
    }), { numRuns: 500 })
  })

  it('reads any file set as a manifest without throwing', () => {
    const file = fc.oneof(fc.json(), fc.string({ unit: 'binary' })).map((text) => ({ bytes: Buffer.from(text) }))
    const names = fc.constantFrom('package.json', 'binding.gyp', 'setup.py', 'pyproject.toml', 'PKG-INFO', 'go.mod', 'main.go', 'x.pth', '__proto__')
    fc.assert(fc.property(fc.dictionary(names, file, { maxKeys: 6 }), (contents) => {
      const files = new Map(Object.entries(contents).map(([path, { bytes }]) => [path, { path, size: bytes.byteLength, mode: 0o644, bytes, truncated: false, sha256: '0'.repeat(64) }]))
      const manifest = ecosystem.readManifest({ ecosystem: ecosystem.id, name: 'up', version: '1.0.0', file: 'up-1.0.0.tgz' }, files)
      expect(Array.isArray(ecosystem.triggers(manifest, files))).toBe(true)
    }), { numRuns: 300 })
  })

  it('says what to put into clients', () => {
    const settings = ecosystem.clientSettings(base, [])
    expect(settings.length).toBeGreaterThan(0)
    expect(settings.every(({ client, lines }) => client !== '' && lines.length > 0)).toBe(true)
    expect(JSON.stringify(settings)).toContain('gate.test:4880/x')
  })
})
