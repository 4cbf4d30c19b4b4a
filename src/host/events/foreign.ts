import { createHash } from 'node:crypto'
import type { EcosystemId } from '../../core/types.ts'
import { ecosystems } from '../../ecosystems/index.ts'
import type { HostEvent, HostPackage } from './event.ts'
import { eventSaid, problemOf, trim } from './said.ts'
import type { Read } from './ocsf.ts'

export type Values = Readonly<Record<string, unknown>>

export const valuesOf = (value: unknown): Values => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Values : {})

/** Text that says something: other programs write `<NA>`, or nothing, for what they do not know. */
export function textOf(value: unknown): string | null {
  const text = typeof value === 'number' || typeof value === 'bigint' ? String(value) : typeof value === 'string' ? value : ''
  return text === '' || text === '<NA>' ? null : text
}

/** A whole number that is not negative; both programs write some as text. */
export function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : null
}

/** A UUID that the same content always gets (RFC 9562 §5.8, a hash of it). */
export function idOf(...parts: readonly unknown[]): string {
  const hex = createHash('sha256').update(JSON.stringify(parts)).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** null: no package can be called that. */
export function packageOf(ecosystem: EcosystemId, name: string | null, version: string | null): HostPackage | null {
  if (name === null || name.length > 500) return null
  const canonical = ecosystems[ecosystem].canonicalName(name)
  return ecosystems[ecosystem].isName(canonical) ? { ecosystem, name: canonical, version, digest: null } : null
}

/** Whose code runs in a folder: npm runs the scripts of a package where it lies. */
export function runningIn(folder: string | null): HostPackage | null {
  const name = /(?:^|[/\\])node_modules[/\\](@[^/\\]+[/\\][^/\\]+|[^@/\\][^/\\]*)[^]*?$/.exec(folder?.slice(Math.max(0, folder.lastIndexOf('node_modules') - 1)) ?? '')?.[1]
  return name === undefined ? null : packageOf('npm', name.replace('\\', '/'), null)
}

/** Within what an event may hold, and of its form. */
export function checked(event: HostEvent): Read {
  const read = eventSaid.safeParse(trim(event).event)
  return read.success ? { event: read.data as HostEvent, sequence: null } : { problem: problemOf(read.error) }
}

/** One document, a list of them, or one a line; of more than `most`, one more. undefined: a line that is no JSON. */
export function documentsIn(text: string, most: number): unknown[] {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value.slice(0, most + 1) : [value]
  } catch {
    const values: unknown[] = []
    for (let at = 0; at < text.length && values.length <= most;) {
      const end = text.indexOf('\n', at) < 0 ? text.length : text.indexOf('\n', at)
      const line = text.slice(at, end).trim()
      if (line !== '') values.push(parsed(line))
      at = end + 1
    }
    return values
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
