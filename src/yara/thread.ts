import { parentPort } from 'node:worker_threads'
import type { Scanner } from '@virustotal/yara-x'
import { sentence } from '../core/errors.ts'
import { compile, SIEVE_MATCHES } from './compile.ts'
import type { Compiled } from './compile.ts'
import type { Asked, Batch, Match, Place, Told } from './messages.ts'

/** A scan's answer, as YARA-X's WebAssembly build gives it. */
interface Scan {
  valid: boolean
  errors: string[]
  matches: {
    identifier: string
    namespace: string
    isPrivate: boolean
    metadata: { identifier: string; value: unknown }[]
    patterns: { identifier: string; isPrivate: boolean; matches: { offset: number; length: number }[] }[]
  }[]
}

let compiled: Compiled | null = null

const tell = (told: Told): void => parentPort?.postMessage(told, [])

parentPort?.on('message', (asked: Asked) => {
  try {
    tell(answer(asked))
  } catch (thrown) {
    tell({ kind: 'failed', says: sentence(thrown) })
  }
})

function answer(asked: Asked): Told {
  if (asked.kind === 'load') {
    compiled?.rules.free()
    compiled?.sieve?.free()
    compiled = compile(asked.files)
    const { broken, files, sieveless } = compiled
    return { kind: 'loaded', broken, files, sieveless }
  }
  if (!compiled) throw new Error('there are no rules to scan with')
  const { rules } = compiled
  return { kind: 'scanned', matches: sifted(asked.batch, compiled.sieve).flatMap((place) => matchesIn(rules, asked.batch, place)) }
}

/** The files that may match at all. */
function sifted({ bytes, places }: Batch, sieve: Scanner | null): readonly Place[] {
  if (!sieve || places.length < 2) return places
  tell({ kind: 'scanning', path: null })
  const found = scan(sieve, bytes).matches.flatMap(({ patterns }) => patterns)
  if (found.some(({ matches }) => matches.length >= SIEVE_MATCHES)) return places
  const offsets = found.flatMap(({ matches }) => matches.map(({ offset }) => offset)).sort((a, b) => a - b)
  let next = 0
  return places.filter(({ from, to }) => {
    while ((offsets[next] ?? Infinity) < from) next++
    return (offsets[next] ?? Infinity) < to
  })
}

function matchesIn(rules: Scanner, { bytes }: Batch, { path, from, to }: Place): Match[] {
  tell({ kind: 'scanning', path })
  return scan(rules, bytes.subarray(from, to)).matches.filter(({ isPrivate }) => !isPrivate).map(({ identifier, namespace, metadata, patterns }) => {
    const shown = patterns.filter(({ isPrivate }) => !isPrivate).map((pattern) => ({ name: pattern.identifier, first: pattern.matches[0] }))
    const first = shown.sort((a, b) => (a.first?.offset ?? 0) - (b.first?.offset ?? 0))[0]
    return {
      source: namespace, rule: identifier, path, meta: Object.fromEntries(metadata.map(({ identifier: key, value }) => [key, String(value)])),
      pattern: first?.name ?? null, offset: first?.first?.offset ?? 0, length: first?.first?.length ?? 0,
    }
  })
}

function scan(scanner: Scanner, bytes: Uint8Array): Scan {
  const result = scanner.scan(bytes) as Scan
  if (!result.valid) throw new Error(result.errors[0] ?? 'the scan failed')
  return result
}
