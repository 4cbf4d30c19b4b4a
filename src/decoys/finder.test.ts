import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { array, assert, constantFrom, nat, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Finder } from './finder.ts'
import { ENCODERS, follows, type Encoder } from './testing.ts'
import { plantedBy } from './tokens.ts'

const tokens = plantedBy('found again')
const finder = new Finder(tokens)
const isText = (value: string): boolean => /^[\x20-\x7e\n]*$/.test(value)
const around = (value: string): Buffer => Buffer.from(`{"a": 1, "token": "${value}", "b": "and some more words"}`, 'latin1')
const names = (bytes: Uint8Array): string[] => finder.find(bytes).map(({ token }) => token)

describe('a planted secret is found', () => {
  it.each(ENCODERS.map((encoder) => [encoder.name, encoder] as const))('under %s, each of them', (_, encoder) => {
    const missed = tokens.filter(({ id, value }) => (encoder.only !== 'text' || isText(value)) && !names(encoder.encode(around(value))).includes(id)).map(({ id }) => id)
    expect(missed).toEqual([])
  })

  it.each(ENCODERS.map((encoder) => [encoder.name, encoder] as const))('alone under %s', (_, encoder) => {
    const missed = tokens.filter(({ id, value }, i) => i % 5 === 0 && (encoder.only !== 'text' || isText(value)) && !names(encoder.encode(Buffer.from(value, 'latin1'))).includes(id)).map(({ id }) => id)
    expect(missed).toEqual([])
  })

  it('under every two encodings', () => {
    const { id, value } = tokens.find((token) => token.id === 'npm-token') as (typeof tokens)[number]
    const missed: string[] = []
    for (const inner of ENCODERS) {
      for (const outer of ENCODERS) {
        if (!follows(outer, inner)) continue
        if (!names(outer.encode(inner.encode(around(value)))).includes(id)) missed.push(`${outer.name} of ${inner.name}`)
      }
    }
    expect(missed).toEqual([])
  })

  // Of chains made at random about one in a thousand is missed (bench/RESULTS.md): these are always the same.
  it('under chains of up to four', () => {
    const chain = array(constantFrom(...ENCODERS), { minLength: 1, maxLength: 4 })
      .filter((list) => list.every((encoder, i) => follows(encoder, list[i - 1] ?? null)) && list.filter(({ name }) => name === 'reversed' || name === 'rot13').length <= 1)
    assert(property(constantFrom(...tokens.filter(({ value }) => isText(value))), chain, (token, list) => {
      const hidden = list.reduce((bytes: Buffer, encoder: Encoder) => encoder.encode(bytes), around(token.value))
      if (!names(hidden).includes(token.id)) throw new Error(list.map(({ name }) => name).reverse().join(' of '))
    }), { numRuns: 60, seed: 7 })
  })

  it('in pieces of twelve characters, wherever it is cut', () => {
    assert(property(constantFrom(...tokens), nat(), (token, at) => {
      const least = Math.max(12, token.least ?? 0)
      const from = at % (token.core.length - least + 1)
      expect(names(Buffer.concat([Buffer.from('GET /?p='), token.core.subarray(from, from + least), Buffer.from('&n=4')]))).toContain(token.id)
    }), { numRuns: 300 })
  })

  it('inside something larger: a multipart upload, a mail, an archive', () => {
    const { value } = tokens.find((token) => token.id === 'aws-secret-key') as (typeof tokens)[number]
    const upload = Buffer.concat([Buffer.from('--x\r\nContent-Disposition: form-data; name="f"; filename="l.gz"\r\n\r\n'), gzipSync(around(value)), Buffer.from('\r\n--x--\r\n')])
    expect(names(upload)).toContain('aws-secret-key')
    expect(names(Buffer.concat([randomBytes(5_000), gzipSync(Buffer.concat([randomBytes(3_000), around(value)]))]))).toContain('aws-secret-key')
    expect(finder.find(Buffer.from(`data=${encodeURIComponent(around(value).toString('base64'))}`))).toEqual([{ token: 'aws-secret-key', encodings: ['base64'] }])
  })

  it('in names that are looked up, in pieces of any encoding', () => {
    for (const encode of ['hex', 'base64url'] as const) {
      const own = new Finder(tokens)
      const { value } = tokens.find((token) => token.id === 'github-token') as (typeof tokens)[number]
      const parts = Buffer.from(value).toString(encode).match(/.{1,15}/g) as string[]
      const found = parts.flatMap((part, i) => own.findInName(`${i}.${part}.x7.exfil.example`))
      expect(found.map(({ token }) => token)).toContain('github-token')
    }
  })
})

describe('nothing is found', () => {
  it.each(['package-lock.json', 'src/decoys/words.ts', 'node_modules/typescript/package.json', 'docs/OPERATIONS.md', 'node_modules/meriyah/dist/meriyah.mjs', 'src/learning/model.json'])('in %s', (path) => {
    expect(finder.find(readFileSync(path).subarray(0, 400_000))).toEqual([])
  })

  it('in noise, nor of the secrets of another seed', () => {
    expect(finder.find(randomBytes(300_000))).toEqual([])
    expect(finder.find(Buffer.from(randomBytes(100_000).toString('base64')))).toEqual([])
    const others = plantedBy('another').map(({ value }) => value).join('\n')
    expect(finder.find(Buffer.from(others, 'latin1'))).toEqual([])
  })
})

describe('hostile bytes', () => {
  it('cost no more than the budget', () => {
    const bounded = new Finder(tokens, { bytes: 4 * 1024 * 1024, ms: 60_000 })
    let bomb = Buffer.alloc(20 * 1024 * 1024)
    for (let i = 0; i < 3; i++) bomb = gzipSync(bomb)
    expect(bounded.find(bomb)).toEqual([])
    let nested = Buffer.from('x'.repeat(60_000))
    for (let i = 0; i < 4; i++) nested = Buffer.from(nested.toString('base64'))
    expect(bounded.find(nested)).toEqual([])
    expect(bounded.find(Buffer.from('%41'.repeat(100_000) + '\\u0041'.repeat(100_000)))).toEqual([])
    expect(bounded.unfinished).toBeGreaterThan(0)
  })
})
