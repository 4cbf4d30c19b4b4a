import { html, instant } from '../../report/html.ts'
import type { Markup } from '../../report/html.ts'
import type { PublicReport } from './public.ts'

const WIDTH = 960
const DAY = 86_400_000
const ROW = 30

const HUES: Readonly<Record<string, string>> = { uploaded: 'f-person', reported: 'f-ci', quarantined: 'f-mirror', recalled: 'f-mirror', removed: 'f-mirror', down: 'f-mirror', relapsed: 'f-person', registered: 'f-person', published: 'f-scanner', letter: 'f-ci', answer: 'f-unknown' }

/** What happened along a line of days; the table beside it has the words. */
export function timelinePicture({ timeline }: PublicReport): Markup {
  const [first] = timeline
  const last = timeline.at(-1)
  if (!first || !last) return html``
  const begin = Math.floor(first.at.getTime() / DAY) * DAY
  const end = Math.max(begin + DAY, Math.ceil((last.at.getTime() + 1) / DAY) * DAY)
  const x = (at: number): number => 10 + ((at - begin) / (end - begin)) * (WIDTH - 20)
  const rows = stacked(timeline.map(({ at }) => x(at.getTime())))
  const height = 44 + Math.max(...rows) * 16
  const days = (end - begin) / DAY
  const step = DAY * ([1, 2, 5, 7, 14, 30, 60, 90, 180, 365].find((count) => days / count <= 9) ?? 730)
  const ticks = Array.from({ length: Math.floor((end - begin) / step) + 1 }, (_, index) => begin + index * step)
  return html`<svg viewBox="0 0 ${WIDTH} ${height + 20}" role="img" aria-label="What happened, from ${instant(first.at)} to ${instant(last.at)}">
<line class="rule" x1="0" x2="${WIDTH}" y1="${height - 8}" y2="${height - 8}"/>
${timeline.map(({ at, says, what }, index) => html`<g><title>${instant(at)}: ${says}</title><line class="rule" x1="${fixed(x(at.getTime()))}" x2="${fixed(x(at.getTime()))}" y1="${height - 8}" y2="${20 + (rows[index] ?? 0) * 16}"/><circle class="${HUES[what] ?? 'f-unknown'}" cx="${fixed(x(at.getTime()))}" cy="${16 + (rows[index] ?? 0) * 16}" r="5.5"/></g>`)}
${ticks.map((at) => html`<text class="axis" x="${fixed(x(at))}" y="${height + 12}" text-anchor="${at === begin ? 'start' : x(at) > WIDTH - 40 ? 'end' : 'middle'}">${new Date(at).toISOString().slice(5, 10)}</text>`)}
</svg>
<p class="note">${LEGEND.map(({ style, says }) => html`<span class="key ${style.replace('f-', 'of-')}"></span>${says}&ensp;`)}</p>`
}

const LEGEND = [{ style: 'f-person', says: 'the attack' }, { style: 'f-ci', says: 'reported, or written to' }, { style: 'f-mirror', says: 'taken away' }, { style: 'f-unknown', says: 'an answer' }, { style: 'f-scanner', says: 'published' }]

/** Points that would cover each other go one above the other. */
function stacked(places: readonly number[]): number[] {
  const ends: number[] = []
  return places.map((place) => {
    const free = ends.findIndex((end) => place - end > 14)
    const row = free === -1 ? ends.length : free
    ends[row] = place
    return row
  }).map((row) => Math.min(row, 12))
}

/** How long each step took, as bars; what is known by the day alone has a paler end. */
export function clocksPicture({ clocks, closed }: PublicReport): Markup {
  const shown = clocks.filter(({ atMost, outOfOrder }) => atMost > 0 && !outOfOrder).slice(0, 14)
  if (shown.length === 0) return html``
  const longest = Math.max(...shown.map(({ atMost }) => atMost))
  const width = (ms: number): number => (ms / longest) * (WIDTH - 560)
  return html`<svg viewBox="0 0 ${WIDTH} ${shown.length * ROW + 6}" role="img" aria-label="How long each step took">
${shown.map(({ step, subject, atLeast, atMost, says, to }, index) => html`<g><title>${step}${subject === null ? '' : `, ${subject}`}: ${says}</title>
<text class="axis" x="0" y="${index * ROW + 20}">${cut(subject === null ? step : `${step}: ${subject}`, 46)}</text>
<rect class="${to === null ? 'f-unknown' : 'f-mirror'}" x="330" y="${index * ROW + 8}" width="${fixed(Math.max(1.5, width(atLeast)))}" height="16" rx="2"/>
${atMost > atLeast ? html`<rect class="f-scanner" x="${fixed(330 + width(atLeast))}" y="${index * ROW + 8}" width="${fixed(width(atMost - atLeast))}" height="16" rx="2"/>` : null}
<text class="axis" x="${fixed(338 + width(atMost))}" y="${index * ROW + 20}">${to === null ? `${says}, ${closed ? 'no answer' : 'running'}` : says}</text></g>`)}
</svg>`
}

const fixed = (value: number): string => value.toFixed(1)
const cut = (text: string, limit: number): string => (text.length <= limit ? text : `${text.slice(0, limit - 1)}…`)
