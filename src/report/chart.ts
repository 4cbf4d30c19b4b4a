import { html, number } from './html.ts'
import type { Markup } from './html.ts'

/** One part of every column, from the bottom up. `style` is a class of the style sheet: `f-person`. */
export interface Layer { name: string; style: string }

export interface Column {
  /** Milliseconds since 1970: where it begins. */
  at: number
  /** A value for each layer. */
  values: readonly number[]
}

const HOUR = 3_600_000
const DAY = 24 * HOUR
const WIDTH = 960
const HEIGHT = 230
const LEFT = 44
const BOTTOM = 26
const TOP = 10
/** Columns past this are put together. */
const MOST = 160

/**
 * Columns over time, stacked. `step`: the length of a column in milliseconds; columns without anything may be absent. `says` is
 * the picture in words, for those who do not see it; the numbers must stand beside it as a table.
 */
export function timeline(columns: readonly Column[], { layers, step, says }: { layers: readonly Layer[]; step: number; says: string }): Markup {
  const { width, bars } = gathered(columns, step)
  const [first] = bars
  const last = bars.at(-1)
  if (!first || !last) return html``
  const begin = first.at - width / 2
  const end = last.at + width * 1.5
  const tallest = niceTop(Math.max(...bars.map(({ values }) => values.reduce((sum, value) => sum + value, 0))))
  const x = (at: number): number => LEFT + ((at - begin) / (end - begin)) * (WIDTH - LEFT - 4)
  const y = (value: number): number => TOP + (1 - value / tallest) * (HEIGHT - TOP - BOTTOM)
  const thick = Math.min(46, Math.max(1.5, x(begin + width) - x(begin) - 2))
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${says}">
${[0, tallest / 2, tallest].filter(Number.isInteger).map((value) => html`<line class="rule" x1="${LEFT}" x2="${WIDTH}" y1="${fixed(y(value))}" y2="${fixed(y(value))}"/><text class="axis" x="${LEFT - 8}" y="${fixed(y(value) + 4)}" text-anchor="end">${number(value)}</text>`)}
${bars.map(({ at, values }) => {
  const centre = x(at + width / 2)
  let below = 0
  return html`<g><title>${label(at, width)}: ${layers.map(({ name }, index) => `${name} ${values[index] ?? 0}`).join(', ')}</title>${layers.map(({ style }, index) => {
    const value = values[index] ?? 0
    if (value === 0) return null
    const top = y(below + value)
    const height = y(below) - top
    below += value
    return html`<rect class="${style}" x="${fixed(centre - thick / 2)}" y="${fixed(top)}" width="${fixed(thick)}" height="${fixed(Math.max(0.8, height - 1))}" rx="${thick > 6 ? 1.5 : 0}"/>`
  })}</g>`
})}
${ticks(begin, end, width).map(({ at, text }) => html`<text class="axis" x="${fixed(x(at))}" y="${HEIGHT - 6}" text-anchor="middle">${text}</text>`)}
</svg>`
}

function gathered(columns: readonly Column[], step: number): { width: number; bars: Column[] } {
  const sorted = [...columns].sort((a, b) => a.at - b.at)
  const [first] = sorted
  const last = sorted.at(-1)
  if (!first || !last) return { width: step, bars: [] }
  const width = step * Math.max(1, Math.ceil(((last.at - first.at) / step + 1) / MOST))
  const bars = new Map<number, number[]>()
  for (const { at, values } of sorted) {
    const begin = first.at + Math.floor((at - first.at) / width) * width
    const sums = bars.get(begin)
    if (sums) values.forEach((value, index) => { sums[index] = (sums[index] ?? 0) + value })
    else bars.set(begin, [...values])
  }
  return { width, bars: [...bars].map(([at, values]) => ({ at, values })) }
}

/** The next of 1, 2, 3, 4, 5, 6, 8, 10, 20, … that is tall enough. */
function niceTop(value: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(1, value)))
  return [1, 2, 3, 4, 5, 6, 8, 10].map((factor) => factor * magnitude).find((top) => top >= value) ?? value
}

/** Some six labels that fall on whole hours, days or months. */
function ticks(begin: number, end: number, width: number): { at: number; text: string }[] {
  const span = end - begin
  const step = [HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 91 * DAY, 365 * DAY].find((one) => span / one <= 8) ?? 3_650 * DAY
  const found: { at: number; text: string }[] = []
  let before = ''
  for (let at = Math.ceil((begin + width / 2) / step) * step; at < end - width / 4; at += step) {
    const [, year = '', month = '', day = '', hour = ''] = /^(\d+)-(\d+)-(\d+)T(\d+)/.exec(new Date(at).toISOString()) ?? []
    const date = `${Number(day)} ${MONTHS[Number(month) - 1]}${step >= 30 * DAY ? ` ${year}` : ''}`
    // The day is told where it begins, and at first.
    found.push({ at: step < DAY ? at : at + Math.min(width, DAY) / 2, text: step < DAY ? `${date === before ? '' : `${date}, `}${hour}:00` : date })
    before = date
  }
  return found
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function label(at: number, width: number): string {
  const text = new Date(at).toISOString()
  return width < DAY ? `${text.slice(0, 10)} ${text.slice(11, 16)}` : text.slice(0, 10)
}

const fixed = (value: number): string => String(Math.round(value * 10) / 10)
