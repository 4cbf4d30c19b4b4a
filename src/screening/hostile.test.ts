import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../config.ts'
import type { Policy } from '../core/policy.ts'
import { readEach } from '../host/lockfiles/index.ts'
import { bytesOf } from '../host/lockfiles/testing.ts'
import { folderScreener } from './folder.ts'
import type { Gathered } from './gather.ts'
import { screen } from './screen.ts'

const policy: Policy = {
  ...loadConfig({ text: '', env: {}, cwd: '/nonexistent', canonical: (_ecosystem, raw) => raw }).policy,
  deny: [{ ecosystem: 'npm', name: '*', versions: [], lifts: [], because: 'all of them', expires: null }],
}
const nothing = { all: <Row>(): Promise<Row[]> => Promise.resolve([]), blob: () => Promise.resolve(null), close: () => {} }
const screener = folderScreener({ folder: nothing, where: 'nowhere', policy, now: new Date('2026-06-01'), gate: () => ({ hosts: new Set(['gate.example']), upstreams: new Set() }), listed: () => [] })

const screened = (files: Readonly<Record<string, string>>) => {
  const read = readEach(Object.entries(files).map(([path, text]) => ({ path, bytes: bytesOf(text) })))
  const gathered: Gathered = { ...read, installed: [], left: [], lineOf: () => null }
  return screen(gathered, screener)
}

const NAMES = ['package-lock.json', 'yarn.lock', 'pnpm-lock.yaml', 'requirements.txt', 'uv.lock', 'go.mod', 'go.sum', 'bom.json', '.npmrc', 'uv.toml']

describe('whatever a project holds', () => {
  it('a check ends with an answer', async () => {
    const words = ['{', '}', '[', ']', '"', ':', ',', '\n', '  ', '"packages"', '"node_modules/a"', '"version"', '"1.0.0"', '"__proto__"', 'a@1', '"a@npm:b@1":', 'require (', 'v1.0.0', '"components":', '"purl":', 'pkg:npm/%40a/b@1', '[[package]]', 'name = "a"', 'version = "1"', '--hash=sha256:00', '\u202e', '\ud800', '\u0000']
    await fc.assert(fc.asyncProperty(fc.constantFrom(...NAMES), fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 10 })), { maxLength: 60 }), async (path, parts) => {
      const { packages, finds, unread, files } = await screened({ [path]: parts.join('') })
      expect(files.length + unread.length).toBe(1)
      expect(finds.length).toBeLessThanOrEqual(packages)
      for (const one of finds) {
        expect(one.at.length).toBeGreaterThan(0)
        // eslint-disable-next-line no-control-regex -- control characters are what a command must not hold
        if (one.remedy?.command) expect(one.remedy.command).not.toMatch(/[\u0000-\u001f;$`|<>]/)
      }
    }), { numRuns: 300 })
  })

  it('the same package ten thousand times is one find with bounded places', async () => {
    const { packages, finds } = await screened({ 'bom.json': JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', components: Array.from({ length: 10_000 }, (_, at) => ({ 'type': 'library', 'name': 'a', 'bom-ref': `r${at}`, 'purl': 'pkg:npm/a@1.0.0' })) }) })
    expect([packages, finds.length]).toEqual([1, 1])
    expect(finds[0]?.at.length).toBeLessThanOrEqual(200)
  })

  it('a ring of twenty thousand packages takes no longer than as many in a row: paths are shortest, and bounded', async () => {
    const entry = (at: number) => [`node_modules/p${at}`, { version: '1.0.0', dependencies: { [`p${(at + 1) % 20_000}`]: '*' } }] as const
    const { packages, finds } = await screened({ 'package-lock.json': JSON.stringify({ lockfileVersion: 3, packages: { '': { dependencies: { p0: '*' } }, ...Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => entry(at))) } }) })
    expect([packages, finds.length]).toEqual([20_000, 20_000])
    expect(Math.max(...finds.map(({ at: [place] }) => place?.path.length ?? 0))).toBeLessThanOrEqual(33)
  })
})
