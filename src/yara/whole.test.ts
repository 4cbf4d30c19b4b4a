import * as fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import type { PackageFile } from '../core/types.ts'
import { batchesOf } from './batches.ts'
import { Engine } from './engine.ts'
import type { Match } from './messages.ts'

/** Whether files are sieved together or scanned alone must never show. */
const engines = { sieved: new Engine(), alone: new Engine() }
afterAll(() => Promise.all([engines.sieved.end(), engines.alone.end()]))

const RULES = `
rule word { strings: $a = "ab" fullword condition: $a }
rule broad { strings: $a = "ab" wide ascii nocase fullword condition: #a > 1 }
rule start { strings: $a = "ba" $b = { 61 [1-3] 61 } condition: $a at 0 or $b in (filesize - 4 .. filesize) }
rule regex { strings: $a = /a[^b]{1,3}\\bb?/ $b = /(c|aa).{0,6}b/s condition: all of them and filesize < 12 }
rule absent { strings: $a = "c" xor $b = "ba" condition: $a and not $b }
rule encoded { strings: $a = "abc" base64 condition: $a }`
const ALWAYS = 'rule always { condition: false }'

const contents = fc.array(fc.array(fc.constantFrom('a', 'b', 'c', ' ', '\0', '\n', 'a\0b\0', 'YWJj', 'A'), { maxLength: 14 }).map((parts) => parts.join('')), { minLength: 2, maxLength: 12 })

async function matches(engine: Engine, files: readonly PackageFile[]): Promise<string[]> {
  const found: Match[] = []
  for (const batch of batchesOf(files)) found.push(...(await engine.scan(batch, 20_000)))
  return found.map(({ rule, path, offset, length }) => `${path}: ${rule} at ${offset}, ${length}`).sort()
}

it('finds the same whether files are sieved together or scanned alone', async () => {
  expect(await engines.sieved.load([{ name: 'a.yar', text: RULES }])).toMatchObject({ broken: [], sieveless: null })
  expect((await engines.alone.load([{ name: 'a.yar', text: RULES + ALWAYS }])).sieveless).toBe('always in a.yar')
  let seen = 0
  await fc.assert(fc.asyncProperty(contents, async (texts) => {
    const files = texts.map((text, index) => ({ path: String(index), size: text.length, mode: 0o644, bytes: Buffer.from(text), truncated: false, sha256: '' }))
    const found = await matches(engines.sieved, files)
    seen += found.length
    expect(found).toEqual(await matches(engines.alone, files))
  }), { numRuns: 20 })
  expect(seen).toBeGreaterThan(20)
})
