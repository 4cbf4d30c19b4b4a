import { pseudoSource } from './decompile/decompile.ts'
import type { PseudoSource } from './decompile/decompile.ts'
import { parseMarshalled, parsePyc } from './pyc.ts'
import type { Layout } from './marshal.ts'

/** Versions that share a layout of code objects and differ in their opcodes. */
const VERSIONS: Readonly<Record<Layout, readonly string[]>> = {
  '2.x': ['2.7'], '3.0': ['3.6', '3.7'], '3.8': ['3.8', '3.9', '3.10'], '3.11': ['3.11', '3.12', '3.13', '3.14'],
}

/**
 * Python-like source of a `.pyc`, or with `header: false` of what `marshal.loads` takes; null when there is no code in it.
 * Where the bytes name no version, the one whose opcodes fit best is taken. Never throws, runs nothing.
 */
export function pythonSource(bytes: Uint8Array, { header = true } = {}): PseudoSource | null {
  const { code, version, layout, problems } = header ? parsePyc(bytes) : parseMarshalled(bytes)
  if (!code || !layout) return null
  const tries = (version ? [version.name] : VERSIONS[layout]).map((name) => pseudoSource(code, name)).filter((one) => one !== null)
  const [best] = tries.sort((a, b) => a.lost - b.lost)
  return best ? { ...best, problems: [...problems, ...best.problems] } : null
}
