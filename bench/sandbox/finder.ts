import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { Finder } from '../../src/decoys/finder.ts'
import { plant } from '../../src/decoys/plant.ts'
import { ENCODERS, follows, type Encoder } from '../../src/decoys/testing.ts'
import { plantedBy } from '../../src/decoys/tokens.ts'

/**
 * How many planted secrets are found again under which encodings, whether anything is found where nothing is, and how fast.
 *
 *     node bench/sandbox/finder.ts
 */
const SEEDS = ['bench one', 'bench two', 'bench three']
const DEPTHS = [1, 2, 3, 4]
const CHAINS = 400

const isText = (value: string): boolean => /^[\x20-\x7e\n]*$/.test(value)
const around = (value: string): Buffer => Buffer.from(`{"host": "laptop", "found": "${value}", "more": "some words that follow"}`, 'latin1')
const row = (...cells: readonly (string | number)[]): void => console.log(`| ${cells.join(' | ')} |`)

const sets = SEEDS.map((seed) => ({ tokens: plantedBy(seed), finder: new Finder(plantedBy(seed)) }))

function each(): void {
  row('encoding', 'secrets tried', 'found')
  row('---', '--:', '--:')
  for (const encoder of ENCODERS) {
    let [tried, found] = [0, 0]
    for (const { tokens, finder } of sets) {
      for (const { id, value } of tokens) {
        if (encoder.only === 'text' && !isText(value)) continue
        tried++
        if (finder.find(encoder.encode(around(value))).some(({ token }) => token === id)) found++
      }
    }
    row(encoder.name, tried, found)
  }
}

/** A small generator of its own, so that the same chains are tried each time. */
let state = 20_261_128
const below = (limit: number): number => {
  state = Math.imul(state ^ state >>> 15, 0x2c1b3c6d) + 0x6d2b79f5 | 0
  return (state >>> 0) % limit
}

function chainOf(depth: number): Encoder[] {
  const chain: Encoder[] = []
  while (chain.length < depth) {
    const next = ENCODERS[below(ENCODERS.length)] as Encoder
    if (follows(next, chain.at(-1) ?? null)) chain.push(next)
  }
  return chain
}

function chains(): void {
  row('encodings around each other', 'chains tried', 'found', 'missed')
  row('---', '--:', '--:', '---')
  for (const depth of DEPTHS) {
    const missed: string[] = []
    for (let i = 0; i < CHAINS; i++) {
      const { tokens, finder } = sets[i % sets.length] as (typeof sets)[number]
      const texts = tokens.filter(({ value }) => isText(value))
      const { id, value } = texts[below(texts.length)] as (typeof texts)[number]
      const chain = chainOf(depth)
      const hidden = chain.reduce((bytes: Buffer, encoder) => encoder.encode(bytes), around(value))
      if (!finder.find(hidden).some(({ token }) => token === id)) missed.push(chain.map(({ name }) => name).reverse().join(' of '))
    }
    row(depth, CHAINS, CHAINS - missed.length, missed.slice(0, 3).join('; '))
  }
}

function speed(): void {
  const inputs: Record<string, Buffer> = {
    'source text (minified JavaScript)': readFileSync('node_modules/meriyah/dist/meriyah.min.mjs').subarray(0, 1_000_000),
    'a lock file': readFileSync('package-lock.json'),
    'prose (Markdown)': readFileSync('docs/OPERATIONS.md'),
    'JSON records': Buffer.from(JSON.stringify(Array.from({ length: 5_000 }, (_, id) => ({ id, name: `user ${id}`, mail: `u${id}@example.test`, note: 'line\nnext' })))),
    'random bytes': randomBytes(2_000_000),
    'base64 of random bytes': Buffer.from(randomBytes(1_500_000).toString('base64')),
    'gzip of text': gzipSync(Buffer.concat(Array.from({ length: 20 }, () => readFileSync('docs/OPERATIONS.md')))),
    'all files of a planted laptop': Buffer.concat(plant({ seed: 'somebody else', persona: 'laptop', hosts: { npm: 'registry.example', pypi: 'index.example' } }).files.map(({ bytes }) => bytes)),
  }
  const { finder } = sets[0] as (typeof sets)[number]
  row('bytes of', 'size', 'MB/s of processor time', 'false hits')
  row('---', '--:', '--:', '--:')
  for (const [name, bytes] of Object.entries(inputs)) {
    finder.find(bytes)
    let [best, hits] = [Infinity, 0]
    for (let i = 0; i < 3; i++) {
      const before = process.cpuUsage()
      hits = finder.find(bytes).length
      const { user, system } = process.cpuUsage(before)
      best = Math.min(best, (user + system) / 1e6)
    }
    row(name, `${(bytes.length / 1_000).toFixed(0)} kB`, (bytes.length / 1e6 / best).toFixed(1), hits)
  }
}

each()
console.log()
chains()
console.log()
speed()
