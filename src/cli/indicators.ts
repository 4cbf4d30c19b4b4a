import { defang } from '../analysis/indicators/index.ts'
import type { Indicator } from '../analysis/indicators/index.ts'
import type { Answer } from '../api/schemas.ts'
import { plain, tail } from './print.ts'
import type { Paint } from './print.ts'

type Report = Answer<'scan'>
type Found = Report['indicators'][number]

/** In the order in which people look for them. */
const TYPES: readonly string[] = ['webhook', 'url', 'domain', 'onion', 'ipv4', 'ipv6', 'email', 'wallet', 'bot-token', 'hash'] satisfies Indicator['type'][]
const LABEL = Math.max(...TYPES.map((type) => type.length))

/** Indicators of a report by type, defanged, `most` of each; those that the findings stand on come first. */
export function indicatorLines({ indicators, findings }: Report, { paint, width, most }: { paint: Paint; width: number; most: number }): string[] {
  const groups = TYPES.map((type) => distinct(toldOnce(indicators).filter((one) => one.type === type), findings)).filter((group) => group.length > 0)
  if (groups.length === 0) return []
  const widest = Math.max(...groups.flatMap((group) => group.slice(0, most).map((one) => shown(one).length)))
  const column = Math.min(Math.ceil(width / 2), widest)
  const row = (one: Found, index: number): string => {
    const value = shown(one)
    const room = width - LABEL - 8 - Math.max(column, value.length)
    const place = room < 12 ? '' : paint.dim(tail(plain(one.line > 0 ? `${one.file}:${one.line}` : one.file, 400), room))
    return `    ${paint.dim((index === 0 ? one.type : '').padEnd(LABEL))}  ${value.padEnd(column)}  ${place}`.trimEnd()
  }
  return ['', `  ${paint.bold('indicators')}`, ...groups.flatMap((group) => [
    ...group.slice(0, most).map(row),
    ...(group.length > most ? [paint.dim(`    ${' '.repeat(LABEL)}  +${group.length - most} more`)] : []),
  ])]
}

/** A host need not be told again where a URL has it. */
function toldOnce(indicators: readonly Found[]): Found[] {
  const hosts = new Set(indicators.flatMap(({ type, value }) => (type === 'url' || type === 'webhook' ? [URL.parse(value)?.hostname] : [])))
  return indicators.filter(({ value }) => !hosts.has(value))
}

/** Each value once; first what stands where a finding points. */
function distinct(indicators: readonly Found[], findings: Report['findings']): Found[] {
  const places = new Set(findings.flatMap(({ evidence }) => evidence.map(({ file, lines }) => `${file}:${lines[0]}`)))
  const near = ({ file, line }: Found): boolean => places.has(`${file}:${line}`)
  const values = new Map<string, Found>()
  for (const one of [...indicators.filter(near), ...indicators]) if (!values.has(one.value)) values.set(one.value, one)
  return [...values.values()]
}

const shown = ({ type, value }: Found): string => plain(defang(value, type as Indicator['type']), 200)
