import type { Layout } from './marshal.ts'

/** A CPython whose compiled files can be read. */
export interface PythonVersion {
  name: string
  layout: Layout
  /** Bytes before the marshalled code: magic and time; since 3.3 the source's size; since 3.7 flags (PEP 552). */
  header: 8 | 12 | 16
}

/**
 * The first magic number of each release line, from CPython's `pycore_magic_number.h`: a line keeps counting until the next
 * one's first. Development snapshots within a line are read as its release.
 */
const LINES: readonly (readonly [from: number, to: number, name: string, layout: Layout, header: 8 | 12 | 16])[] = [
  [62171, 62211, '2.7', '2.x', 8],
  [3000, 3131, '3.0', '3.0', 8], [3141, 3151, '3.1', '3.0', 8], [3160, 3180, '3.2', '3.0', 8],
  [3190, 3230, '3.3', '3.0', 12], [3250, 3310, '3.4', '3.0', 12], [3320, 3351, '3.5', '3.0', 12], [3360, 3379, '3.6', '3.0', 12],
  [3390, 3394, '3.7', '3.0', 16], [3400, 3413, '3.8', '3.8', 16], [3420, 3425, '3.9', '3.8', 16], [3430, 3439, '3.10', '3.8', 16],
  [3450, 3495, '3.11', '3.11', 16], [3500, 3531, '3.12', '3.11', 16], [3550, 3571, '3.13', '3.11', 16], [3600, 3649, '3.14', '3.11', 16],
]

/** The version behind a magic number (the first two bytes, little-endian); null when it is none of these. */
export function versionOf(magic: number): PythonVersion | null {
  const line = LINES.find(([from, to]) => magic >= from && magic <= to)
  return line ? { name: line[2], layout: line[3], header: line[4] } : null
}

/** Layouts and header sizes to try when the magic number says nothing; newest first. */
export const GUESSES: readonly PythonVersion[] = [
  { name: '3.11', layout: '3.11', header: 16 }, { name: '3.8', layout: '3.8', header: 16 }, { name: '3.7', layout: '3.0', header: 16 },
  { name: '3.6', layout: '3.0', header: 12 }, { name: '2.7', layout: '2.x', header: 8 },
]
