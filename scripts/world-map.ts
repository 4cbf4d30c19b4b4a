import { geoArea, geoEqualEarth, geoPath } from 'd3-geo'
import { writeFileSync } from 'node:fs'
import { feature } from 'topojson-client'
import coarseAtlas from 'world-atlas/countries-110m.json' with { type: 'json' }
import fineAtlas from 'world-atlas/countries-50m.json' with { type: 'json' }

// Draws src/report/world.json from world-atlas (Natural Earth, public domain) in the Equal Earth projection: a path for each country,
// and a point for each that is too small to be seen. Land without a code of its own is drawn, too, without a name.

const WIDTH = 960
const HEIGHT = 466
/** Square pixels below which a country is a point. */
const SMALL = 14

/** ISO 3166-1 alpha-2 of a numeric code; null: it has none. */
function codeOf(numeric: string | number | undefined): string | null {
  const [tag = ''] = numeric === undefined ? [] : Intl.getCanonicalLocales(`und-${String(numeric).padStart(3, '0')}`)
  const code = tag.slice(4)
  return /^[A-Z]{2}$/.test(code) ? code : null
}

type Atlas = Parameters<typeof feature>[0] & { objects: { countries: Extract<Parameters<typeof feature>[1], { type: 'GeometryCollection' }> } }
const countriesOf = (atlas: unknown) => feature(atlas as Atlas, (atlas as Atlas).objects.countries).features.filter(({ id }) => codeOf(id) !== 'AQ')

const coarse = countriesOf(coarseAtlas)
const fine = countriesOf(fineAtlas)

const projection = geoEqualEarth().fitExtent([[4, 4], [WIDTH - 4, HEIGHT - 4]], { type: 'FeatureCollection', features: coarse })
const path = geoPath(projection).digits(1)

/** Relative steps in tenths: a third of what absolute points take. */
function compact(absolute: string): string {
  let [x, y] = [0, 0]
  const step = (value: number): string => String(Math.round(value * 10) / 10).replace(/^(-?)0\./, '$1.')
  return absolute.replace(/([ML])(-?[\d.]+),(-?[\d.]+)|Z/g, (_, command: string | undefined, to: string, down: string) => {
    if (command === undefined) return 'z'
    const [nextX, nextY] = [Number(to), Number(down)]
    const text = command === 'M' ? `M${step(nextX)},${step(nextY)}` : `l${step(nextX - x)},${step(nextY - y)}`
    x = nextX
    y = nextY
    return text
  }).replace(/,-/g, '-').replace(/l0,0(?=l|z)/g, '')
}

const shapes = coarse.map((country) => ({ code: codeOf(country.id), path: compact(path(country) ?? '') })).filter((one) => one.path !== '')
const drawn = new Set(coarse.filter((country) => path.area(country) >= SMALL).map(({ id }) => codeOf(id)))
const points = fine.flatMap((country) => {
  const code = codeOf(country.id)
  const [x, y] = path.centroid(country)
  return code === null || drawn.has(code) || geoArea(country) === 0 || !Number.isFinite(x) ? [] : [{ code, x: Math.round(x * 10) / 10, y: Math.round(y * 10) / 10 }]
}).sort((a, b) => (a.code < b.code ? -1 : 1))

const world = { width: WIDTH, height: HEIGHT, shapes, points }
const file = new URL('../src/report/world.json', import.meta.url)
writeFileSync(file, `${JSON.stringify(world)}\n`)
process.stdout.write(`${shapes.length} shapes, ${points.length} points, ${Math.round(JSON.stringify(world).length / 1_000)} kB\n`)
