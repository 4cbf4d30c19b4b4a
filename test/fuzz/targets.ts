import { readFileSync, readdirSync } from 'node:fs'
import { readBinary } from '../../src/analysis/binary/index.ts'
import { decode, recognise, unwrap } from '../../src/analysis/decode/index.ts'
import { gatherFacts } from '../../src/analysis/gather.ts'
import { defang, indicatorsIn } from '../../src/analysis/indicators/index.ts'
import { SluiceError } from '../../src/core/errors.ts'
import { detectors } from '../../src/detectors/index.ts'
import { unpack } from '../../src/unpack/unpack.ts'
import { tar, tarGz, zip } from '../fakes/archive-writers.ts'
import { hostileArchives } from '../fakes/hostile-archives.ts'
import { packageOf } from '../samples.ts'
import type { Sample } from '../samples.ts'
import { mutateBytes, mutateText } from './mutate.ts'

/** One room under attack: `run` takes a step and throws when something that must hold does not. */
export interface Target {
  name: string
  run(next: () => number): Promise<void>
}

const pick = <T>(list: readonly T[], next: () => number): T => list[Math.floor(next() * list.length)] as T

/** Every sample of every detector: texts in all languages that the readers know. */
const samples = detectors.flatMap(({ id }) => ['bad', 'benign'].flatMap((kind) => {
  const folder = new URL(`../../src/detectors/${id}.samples/${kind}/`, import.meta.url)
  return readdirSync(folder).filter((file) => file.endsWith('.json')).map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Sample)
}))
const textOf = (text: string | readonly string[]): string => (typeof text === 'string' ? text : text.join('\n'))
const texts = samples.flatMap(({ files }) => Object.values(files).map(textOf))

/** The small ones: what a bomb does is tested where its size matters. */
const hostile = hostileArchives.map(({ bytes, format }) => [bytes(), format] as const).filter(([bytes]) => bytes.length < 100_000)

const CODECS = ['base64', 'hex', 'base32', 'base85', 'ascii85', 'url', 'rot13', 'zlib', 'gzip', 'deflate', 'brotli', 'xor', 'html', 'js-escapes']

export const targets: readonly Target[] = [
  {
    name: 'analysis and detectors',
    async run(next) {
      const sample = pick(samples, next)
      const files = Object.fromEntries(Object.entries(sample.files).map(([path, text]) => [path, /\.json$|METADATA|PKG-INFO/.test(path) ? textOf(text) : mutateText(textOf(text), next)]))
      const { pkg, outside } = packageOf({ ...sample, files })
      const facts = gatherFacts(pkg)
      for (const { lines } of facts.actions) holds(lines[0] >= 0 && lines[1] >= lines[0], 'lines in order')
      for (const detector of detectors) if (detector.ecosystems.includes(sample.ecosystem)) detector.detect(pkg, facts, outside)
    },
  },
  {
    name: 'decoders',
    async run(next) {
      const text = mutateText(pick(texts, next), next).slice(0, 100_000)
      const decoded = decode(pick(CODECS, next), next() < 0.5 ? text : Buffer.from(text), { key: 'k' })
      holds((decoded?.bytes.length ?? 0) <= 16 * 1024 * 1024, 'output bounded')
      holds(unwrap(text).length <= 6, 'layers bounded')
      for (const { from, to } of recognise(text, 'javascript')) holds(from <= to && to <= text.length, 'marks inside the text')
    },
  },
  {
    name: 'indicators',
    async run(next) {
      const text = mutateText(pick(texts, next), next).slice(0, 50_000)
      for (const { at, value, type } of indicatorsIn(text, next() < 0.5 ? 'literal' : 'decoded')) {
        holds(at >= 0 && at <= text.length && value !== '', 'indicators inside the text')
        defang(value, type)
      }
    },
  },
  {
    name: 'binaries',
    async run(next) {
      const node = readFileSync(process.execPath).subarray(0, 200_000)
      const facts = readBinary('x', mutateBytes(node.subarray(0, 1000 + Math.floor(next() * 199_000)), next), next() < 0.5)
      holds((facts?.strings.length ?? 0) <= 500 && (facts?.imports.length ?? 0) <= 2000, 'facts bounded')
    },
  },
  {
    name: 'archives',
    async run(next) {
      const sample = pick(samples, next)
      const entries = Object.entries(sample.files).map(([path, text]) => ({ path: `package/${path}`, body: textOf(text) }))
      const made = [[tar(entries), 'tar'], [tarGz(entries), 'tar.gz'], [zip(entries), 'zip'], ...hostile] as const
      const [bytes, format] = pick(made, next)
      try {
        await unpack(mutateBytes(bytes, next), { format, root: { strip: 1 } })
      } catch (thrown) {
        if (!(thrown instanceof SluiceError)) throw thrown
      }
    },
  },
]

function holds(condition: boolean, what: string): void {
  if (!condition) throw new Error(`does not hold: ${what}`)
}
