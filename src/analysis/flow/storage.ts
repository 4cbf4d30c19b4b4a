import { posix } from 'node:path'
import type { PackageFile } from '../../core/types.ts'
import { ROOT } from '../desk.ts'
import { givenBy, placeOf } from '../places.ts'
import type { PlaceKind } from '../places.ts'
import { sourceOf } from '../source.ts'
import { COLLECTED, DECODED, SOURCES, UNTAINTED, mixed, taint } from '../taint.ts'
import type { Taint } from '../taint.ts'
import type { Call } from './call.ts'
import { note, step } from './noting.ts'
import { named } from './files.ts'
import type { Rule } from './tongue.ts'
import { peer } from './unlisted.ts'
import { NOTHING, joined, only, outside } from './value.ts'
import type { Value } from './value.ts'

/** What a file gives that is read: what was written to it before, or what such a place holds. */
function contentOf(call: Call, path: Value, what: Rule['what'] | undefined): Taint {
  let held = named(call.engine.holds(path))
  for (const name of path.texts) held = mixed(held, call.engine.desk.written.get(name)?.taint ?? UNTAINTED)
  const picture = path.texts.find((name) => SHOWN.test(name) && ownFile(call, name) !== undefined)
  if (picture !== undefined) held = mixed(held, taint(DECODED, [{ ...step(call, 'decode', picture), call: `${call.ref}()` }]))
  const [text, place] = special(path)
  const bits = what ? SOURCES[what] : givenBy(place) | (path.bits & SOURCES.files)
  if (bits) {
    note(call, 'collect', text, taint(bits, []))
    held = mixed(held, taint(bits, [...path.trail.filter((one) => one.kind === 'collect'), step(call, 'collect', text)]))
  }
  return held
}

/** What is made to be seen or heard: code or a program that comes out of it was hidden there. */
const SHOWN = /\.(?:png|jpe?g|gif|ico|bmp|webp|tiff?|woff2?|ttf|otf|eot|mp[34]|wav|ogg|pdf)$/i

const ownFile = ({ engine }: Call, name: string): PackageFile | undefined =>
  engine.desk.pkg.files.get(posix.normalize(name.startsWith(`${ROOT}/`) ? name.slice(ROOT.length + 1) : name))

/** The alternative of a path that names something special, and what; otherwise its first. */
function special(path: Value): [string | null, PlaceKind | null] {
  for (const text of path.texts) {
    const place = placeOf(text)
    if (place !== null && givenBy(place)) return [text, place]
  }
  const [first] = path.texts
  return [first ?? null, first === undefined ? null : placeOf(first)]
}

export function read(rule: Rule, call: Call, path: Value): Value {
  const held = contentOf(call, path, rule.what)
  return { ...outside(`${call.ref}()`, held.bits), trail: held.trail, texts: ownText(call, path) }
}

/** What a file of the package says, read by the package itself: data, until somebody runs it. */
function ownText({ engine }: Call, path: Value): string[] {
  const own = path.texts.filter((text) => text.startsWith(`${ROOT}/`)).map((text) => engine.desk.pkg.files.get(posix.normalize(text.slice(ROOT.length + 1))))
  return own.filter((file) => file !== undefined && file.size < LONGEST_OWN && !file.truncated).map((file) => dataOf(file as PackageFile))
}

/** Text, or one character a byte where it is none: what is unpacked from it is read on. */
function dataOf(file: PackageFile): string {
  const { text } = sourceOf(file)
  return text.includes('\ufffd') ? Buffer.from(file.bytes.buffer, file.bytes.byteOffset, file.bytes.byteLength).toString('latin1') : text
}

const LONGEST_OWN = 1_000_000

/** `modes`: the arguments among which it says whether it writes. */
export function opened(call: Call, path: Value, modes: readonly Value[]): Value {
  const mode = [...modes, call.named.get('mode') ?? NOTHING].flatMap((value) => value.texts).find((text) => /^[rwaxb+t]{1,3}$/.test(text))
  const writes = mode !== undefined && /[wax+]/.test(mode)
  const held = writes ? UNTAINTED : contentOf(call, path, undefined)
  if (writes && touched(path)) note(call, 'write', special(path)[0] ?? path.texts[0] ?? null, UNTAINTED)
  return { ...outside(`${call.ref}()`, held.bits), trail: held.trail, opens: path }
}

export function written(call: Call, path: Value, data: Value): Value {
  const held = call.engine.holds(data)
  note(call, 'write', path.texts.find((text) => placeOf(text) !== null) ?? path.texts[0] ?? null, held)
  call.engine.mark(path, held, data.texts[0])
  for (const text of data.texts) call.engine.desk.left(text, call.place)
  return NOTHING
}

/** Puts a file into the archive that the receiver is. */
export function packed(call: Call, path: Value): Value {
  const held = contentOf(call, path, undefined)
  if (call.receiver.opens) call.engine.mark(call.receiver.opens, held)
  if (call.receiver.from) call.engine.put(call.receiver.from, only(held))
  return NOTHING
}

/** Sends a file by its name. */
export function uploaded(call: Call, path: Value): Value {
  const held = contentOf(call, path, undefined)
  if (held.bits & COLLECTED) note(call, 'send', peer(call.receiver.trail), held)
  return NOTHING
}

export function moved(call: Call, from: Value, to: Value): Value {
  const held = named(call.engine.holds(from))
  const [, place] = special(from)
  const taken = givenBy(place)
  if (taken) note(call, 'collect', special(from)[0], taint(taken, []))
  const content = mixed(held, taken ? taint(taken, [step(call, 'collect', special(from)[0])]) : UNTAINTED)
  if (content.bits || touched(to)) note(call, 'write', to.texts[0] ?? null, content)
  call.engine.mark(to, content)
  return NOTHING
}

export function deleted(call: Call, path: Value): Value {
  note(call, 'delete', path.texts[0] ?? null, UNTAINTED)
  return NOTHING
}

/** What a search finds is of the place where it searched; below a home folder it may be anything. */
export function listed(rule: Rule, call: Call, path: Value): Value {
  const [text, place] = special(path)
  note(call, 'list', text, UNTAINTED)
  const bits = givenBy(place) || (place === 'home' || HOMES.test(text ?? '') ? SOURCES.files : 0)
  const found: Value = { ...outside(`${call.ref}()`, bits), trail: bits ? [step(call, 'collect', text)] : [] }
  if (!PATHS.test(call.ref)) return found
  // Each is a path as it was asked for, not a name below it; a walk gives the folder first.
  const one: Value = { ...found, refs: rule.gives === undefined ? [] : [rule.gives], texts: asked(rule, call, path).texts }
  // Whoever walks with a function has it called with each.
  for (const arg of call.args) if (arg.functions.length > 0) call.engine.release(arg, one)
  return { ...found, items: [WALKS.test(call.ref) ? { ...found, refs: [], items: [one] } : one] }
}

/** What was searched for: a pattern, or one below the folder that was asked. */
const asked = ({ at }: Rule, { args }: Call, path: Value): Value => (at < 0 && args[0] !== undefined && args[0].texts.length > 0 ? joined([path, args[0]], '/') : path)

const PATHS = /(?:^|\.)(?:i?glob|rglob|iterdir|walk|scandir|Glob|Walk|WalkDir)$/
const WALKS = /(?:^|\.)walk$/

const HOMES = /^(?:\/|[A-Z]:\\?|\/home|\/Users|\/root|C:[\\/]Users)?$/i
const touched = (path: Value): boolean => path.texts.some((text) => placeOf(text) !== null)
