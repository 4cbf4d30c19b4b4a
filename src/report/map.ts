import { readFileSync } from 'node:fs'
import { countryName } from './countries.ts'
import { html, number } from './html.ts'
import type { Markup } from './html.ts'

/** What a country is coloured by; `weak` alone gives it a paler colour of its own. */
export interface Heat {
  /** ISO 3166-1 alpha-2. */
  code: string
  strong: number
  weak: number
}

const STEPS = 5

interface World {
  width: number
  height: number
  shapes: readonly { code: string | null; path: string }[]
  points: readonly { code: string; x: number; y: number }[]
}
let read: World | null = null
/** What `scripts/world-map.ts` drew. */
const worldDrawn = (): World => (read ??= JSON.parse(readFileSync(new URL('world.json', import.meta.url), 'utf8')) as World)

/**
 * The world with countries coloured by how much of `strong` each has, in five steps of one hue whose lightness tells them apart; small
 * countries are points. `says` is the picture in words; the numbers must stand beside it as a table.
 */
export function worldMap(heats: readonly Heat[], { says, strong, weak }: { says: string; strong: string; weak: string }): Markup {
  const known = new Map(heats.filter(({ code }) => /^[A-Z]{2}$/.test(code)).map((heat) => [heat.code, heat]))
  const bounds = boundsOf([...known.values()].map((heat) => heat.strong))
  const styleOf = (code: string | null): string | null => {
    const heat = code === null ? undefined : known.get(code)
    if (!heat || (heat.strong === 0 && heat.weak === 0)) return null
    return heat.strong === 0 ? 'copied' : `heat-${stepOf(heat.strong, bounds)}`
  }
  const title = (code: string | null): Markup | null => {
    const heat = code === null ? undefined : known.get(code)
    return heat ? html`<title>${countryName(heat.code)}: ${number(heat.strong)} ${strong}, ${number(heat.weak)} ${weak}</title>` : null
  }
  const { shapes, points, width, height } = worldDrawn()
  const plain = shapes.filter(({ code }) => styleOf(code) === null)
  const coloured = shapes.filter(({ code }) => styleOf(code) !== null)
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${says}">
<path class="land" d="${plain.map(({ path }) => path).join('')}"/>
${coloured.map(({ code, path }) => html`<path class="land ${styleOf(code) ?? ''}" d="${path}">${title(code)}</path>`)}
${points.filter(({ code }) => styleOf(code) !== null).map(({ code, x, y }) => html`<circle class="${styleOf(code) ?? ''}" cx="${x}" cy="${y}" r="4.2">${title(code)}</circle>`)}
</svg>
${legend(bounds, [...known.values()], { strong, weak })}`
}

/** Upper ends of the steps, each above the one before: by ratio from the least to the most, as few countries have most. */
function boundsOf(values: readonly number[]): number[] {
  const most = Math.max(0, ...values)
  if (most === 0) return []
  const least = Math.min(...values.filter((value) => value > 0))
  if (most <= STEPS) return Array.from({ length: most }, (_, index) => index + 1)
  const bounds = new Set<number>()
  for (let step = 1; step <= STEPS; step += 1) bounds.add(step === STEPS ? most : Math.min(most, Math.max(bounds.size + least, Math.round(least * (most / least) ** (step / STEPS)))))
  return [...bounds].sort((a, b) => a - b)
}

function stepOf(value: number, bounds: readonly number[]): number {
  const at = bounds.findIndex((bound) => value <= bound)
  const step = at < 0 ? bounds.length : at + 1
  // With fewer steps than colours the darker ones are used: two countries look different also then.
  return bounds.length === 1 ? 3 : Math.round(1 + ((step - 1) * (STEPS - 1)) / (bounds.length - 1))
}

function legend(bounds: readonly number[], heats: readonly Heat[], { strong, weak }: { strong: string; weak: string }): Markup {
  const least = Math.min(...heats.flatMap((heat) => (heat.strong > 0 ? [heat.strong] : [])))
  const steps = bounds.map((bound, index) => {
    const from = index === 0 ? Math.min(least, bound) : (bounds[index - 1] ?? 0) + 1
    return html`<li><span class="key heat-${stepOf(bound, bounds)}"></span>${from === bound ? number(bound) : `${number(from)}–${number(bound)}`}</li>`
  })
  const copied = heats.some((heat) => heat.strong === 0 && heat.weak > 0)
  const lead = steps.length > 0 ? html`<li>${strong.replace(/^./, (first) => first.toUpperCase())}:</li>` : null
  return html`<ul class="legend" aria-hidden="true">${lead}${steps}${copied ? html`<li><span class="key copied"></span>only ${weak}</li>` : null}</ul>`
}
