import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import * as fc from 'fast-check'
import { toOcsf } from '../../src/host/events/ocsf.ts'
import { hostEvents } from '../../src/host/events/testing.ts'

/**
 * What machines tell against the published schema: `node bench/host/ocsf.ts --schema FOLDER`, FOLDER being a copy of ocsf/ocsf-schema. Checks
 * that each attribute is one of the class, its profiles and objects, of its type, within its enumeration, and that none that is required
 * is missing. Nothing of it is kept here. Exits with 1 when something does not hold.
 */
const { values: { schema, events: many } } = parseArgs({ options: { schema: { type: 'string' }, events: { type: 'string', default: '20000' } } })
if (schema === undefined) throw new Error('say where a copy of the published schema is: --schema FOLDER')

interface Attribute { requirement?: string; enum?: Record<string, unknown>; profile?: string | null; '@deprecated'?: object; type?: string; is_array?: boolean }
interface Described { name: string; uid?: number; category?: string; extends?: string; attributes?: Record<string, Attribute> & { $include?: string | string[] }; constraints?: { at_least_one?: string[]; just_one?: string[] } }
const json = <T>(path: string): T => JSON.parse(readFileSync(join(schema, path), 'utf8')) as T
const dictionary = json<{ attributes: Record<string, Attribute>; types: { attributes: Record<string, { type?: string; regex?: string; max_len?: number; range?: [number, number] }> } }>('dictionary.json')
const categories = json<{ attributes: Record<string, { uid: number }> }>('categories.json').attributes
const all = (folder: string): Map<string, Described> => new Map(globSync(`${folder}/**/*.json`, { cwd: schema }).map((path) => { const one = json<Described>(path); return [one.name ?? basename(path, '.json'), one] }))
const [classes, objects] = [all('events'), all('objects')]

function attributesOf(one: Described, from: Map<string, Described>): Record<string, Attribute> {
  const parent = one.extends === undefined ? undefined : from.get(one.extends)
  const { $include = [], ...own } = one.attributes ?? {}
  const included = (typeof $include === 'string' ? [$include] : $include).flatMap((path) => {
    const { name, attributes = {} } = json<Described>(path)
    const { $include: _more, ...rest } = attributes
    return Object.entries(rest).map(([key, value]) => [key, { ...value, profile: path.startsWith('profiles/') ? name : null }] as const)
  })
  const found: Record<string, Attribute> = { ...(parent ? attributesOf(parent, from) : {}) }
  for (const [key, value] of included) found[key] = { ...found[key], ...value }
  for (const [key, value] of Object.entries(own)) found[key] = { ...found[key], ...value as Attribute }
  return found
}

const known = new Map<string, Record<string, Attribute>>()
const cached = (one: Described, from: Map<string, Described>): Record<string, Attribute> => {
  const attributes = known.get(one.name) ?? attributesOf(one, from)
  known.set(one.name, attributes)
  return attributes
}
const BASICS: Record<string, (value: unknown) => boolean> = {
  string_t: (value) => typeof value === 'string', integer_t: Number.isSafeInteger, long_t: Number.isSafeInteger, float_t: (value) => typeof value === 'number', boolean_t: (value) => typeof value === 'boolean', json_t: () => true,
}

function* problems(value: Record<string, unknown>, described: Described, from: Map<string, Described>, { path, profiles }: { path: string; profiles: readonly string[] }): Generator<string> {
  const attributes = cached(described, from)
  for (const [key, attribute] of Object.entries(attributes)) {
    if (attribute.requirement === 'required' && !attribute.profile && !(key in value)) yield `${path}${key} is missing`
  }
  for (const name of described.constraints?.at_least_one === undefined || described.constraints.at_least_one.some((one) => one in value) ? [] : [described.constraints.at_least_one.join(', ')]) yield `${path} has none of ${name}`
  for (const [key, one] of Object.entries(value)) {
    const attribute = attributes[key]
    const meant = dictionary.attributes[key]
    if (!attribute || !meant) {
      yield `${path}${key} is no attribute of ${described.name}`
      continue
    }
    if (attribute.profile && !profiles.includes(attribute.profile)) yield `${path}${key} belongs to the profile ${attribute.profile}, which is not named`
    if (attribute['@deprecated']) yield `${path}${key} is deprecated`
    for (const item of meant.is_array ? (Array.isArray(one) ? one as unknown[] : [null]) : [one]) yield* typed(item, { type: meant.type ?? '', allowed: attribute.enum ?? meant.enum, path: `${path}${key}`, profiles })
  }
}

function* typed(value: unknown, { type, allowed, path, profiles }: { type: string; allowed: Record<string, unknown> | undefined; path: string; profiles: readonly string[] }): Generator<string> {
  const object = objects.get(type)
  if (type === 'object') return
  if (object) {
    if (typeof value !== 'object' || value === null) yield `${path} is no object`
    else yield* problems(value as Record<string, unknown>, object, objects, { path: `${path}.`, profiles })
    return
  }
  const { type: base = type, regex, range } = dictionary.types.attributes[type] ?? {}
  if (!(BASICS[base]?.(value) ?? false)) yield `${path} is no ${type}`
  else if (regex !== undefined && !new RegExp(regex).test(value as string)) yield `${path} is not of the form of ${type}`
  else if (range && ((value as number) < range[0] || (value as number) > range[1])) yield `${path} is out of range`
  // Classes and categories enumerate themselves: the class was found by its number.
  if (allowed && !/^(?:class|category)_uid$/.test(path) && typeof value === 'number' && !(String(value) in allowed) && !(`${value}` in (dictionary.attributes[path.split('.').at(-1) ?? '']?.enum ?? {}))) yield `${path} is ${value}, which is not enumerated`
}

const byUid = new Map([...classes.values()].filter(({ uid, name }) => uid !== undefined || name === 'base_event').map((one) => [(one.uid ?? 0) === 0 && one.name === 'base_event' ? 0 : (categories[categoryOf(one)]?.uid ?? 0) * 1000 + (one.uid ?? 0), one]))
function categoryOf(one: Described): string {
  return one.category ?? (one.extends === undefined ? '' : categoryOf(classes.get(one.extends) as Described))
}

const found = new Map<string, { class: string; events: number; bad: number; problems: Map<string, number> }>()
for (const event of fc.sample(hostEvents, Number(many))) {
  const written = JSON.parse(JSON.stringify(toOcsf(event, 1))) as ReturnType<typeof toOcsf>
  const described = byUid.get(written.class_uid)
  const row = found.get(String(written.class_uid)) ?? { class: described?.name ?? 'none', events: 0, bad: 0, problems: new Map<string, number>() }
  found.set(String(written.class_uid), row)
  row.events += 1
  const wrong = described ? [...problems(written, described, classes, { path: '', profiles: written.metadata['profiles'] as string[] })] : ['no such class']
  if (wrong.length > 0) row.bad += 1
  for (const one of wrong) row.problems.set(one, (row.problems.get(one) ?? 0) + 1)
}
console.log(`OCSF ${json<{ version: string }>('version.json').version}\n\n| class | events | valid |\n|---|---|---|`)
for (const [uid, row] of [...found].sort(([a], [b]) => Number(a) - Number(b))) {
  console.log(`| ${uid} ${row.class} | ${row.events} | ${row.events - row.bad} |`)
  for (const [problem, count] of row.problems) console.log(`  ${count}× ${problem}`)
  if (row.bad > 0) process.exitCode = 1
}
