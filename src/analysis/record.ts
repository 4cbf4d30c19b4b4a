import type { Trigger } from '../core/types.ts'
import { unwrap } from './decode/index.ts'
import type { Note } from './desk.ts'
import type { Action, Facts, Located, Origin, Step } from './facts.ts'
import { indicatorsIn } from './indicators/index.ts'
import type { Indicator } from './indicators/index.ts'
import { placeOf } from './places.ts'
import { isProse } from './prose.ts'
import { hiding, standing } from './source.ts'
import type { Place } from './source.ts'
import { DECODED, ENCODED, FETCHED, FILE_DECODED, FILE_FETCHED, mixed, sourcesIn } from './taint.ts'
import type { Step as RawStep, Taint } from './taint.ts'

/** Triggers by how little it takes for them to run: what is reached by several counts under the first. */
export const STRENGTH: readonly Trigger['kind'][] = ['install-hook', 'startup', 'build', 'import', 'editor', 'command', 'generate', 'test', 'call', 'file']
const ACTIONS = 20_000
const INDICATORS = 2_000
const HIDDEN = 200
const LONGEST = 500
const PLAIN = 50_000

type Spelled = Facts['indicators'][number]['spelled']
export type HiddenText = Facts['hidden'][number]

interface Kept { action: Action; taint: Taint; path: readonly RawStep[] }

/** Collects what the readers note, each thing once, with the trigger that leads to it first. */
export class Record {
  readonly missing = new Set<string>()
  readonly hidden: HiddenText[] = []
  readonly #actions = new Map<string, Kept>()
  readonly #indicators = new Map<string, Facts['indicators'][number]>()
  readonly #texts = new Map<string, Set<string>>()
  /** Short texts that were looked at, in whichever file. */
  readonly #known = new Map<Spelled, Set<string>>()
  /** Literals that hide nothing: the same ones stand in many files. */
  readonly #plain = new Set<string>()
  trigger: Trigger = { kind: 'file', name: '', file: null }

  actions(): Action[] {
    return [...this.#actions.values()].map(({ action, taint }) => ({ ...action, from: originsOf(taint.bits), path: taint.trail.map(stepOf) }))
  }

  indicators(): Facts['indicators'] {
    return [...this.#indicators.values()]
  }

  note(note: Note, place: Place): void {
    const where = standing(place)
    const argument = note.argument?.slice(0, LONGEST) ?? null
    const key = `${where.file}\0${where.lines[0]}\0${note.kind}\0${note.call}\0${argument}`
    const before = this.#actions.get(key)
    if (before) {
      before.taint = mixed(before.taint, note.taint)
      if (STRENGTH.indexOf(this.trigger.kind) < STRENGTH.indexOf(before.action.trigger.kind)) before.action.trigger = this.trigger
      return
    }
    if (this.#actions.size >= ACTIONS) return void this.missing.add(`more than ${ACTIONS} actions`)
    const { kind, call, taint } = note
    const action: Action = {
      kind, call, argument, trigger: this.trigger, ...where, from: [], path: [],
      touches: argument === null ? null : placeOf(argument), hidden: hiding(place),
    }
    this.#actions.set(key, { action, taint, path: taint.trail })
    if (argument !== null && kind !== 'decode') this.text(argument, 'command', place)
  }

  /** Looks for indicators in a text; each text once a file. */
  text(text: string, spelled: Spelled, place: Place): void {
    if (text.length < 6 || this.#indicators.size >= INDICATORS) return
    const key = text.length > 200 ? `${text.length}:${text.slice(0, 200)}` : text
    let seen = this.#texts.get(place.source.path)
    if (!seen) this.#texts.set(place.source.path, seen = new Set())
    if (seen.has(key)) return
    seen.add(key)
    if (text.length <= SHORT && this.#isKnown(text, spelled)) return
    for (const value of indicatorsIn(text, spelled)) this.#found(value, spelled, place)
  }

  #isKnown(text: string, spelled: Spelled): boolean {
    let known = this.#known.get(spelled)
    if (!known) this.#known.set(spelled, known = new Set())
    if (known.has(text)) return true
    if (known.size < PLAIN) known.add(text)
    return false
  }

  #found(value: Indicator, spelled: Spelled, place: Place): void {
    const key = `${value.type}\0${value.value}`
    if (this.#indicators.has(key) || this.#indicators.size >= INDICATORS) return
    this.#indicators.set(key, { value, spelled, ...standing(place) })
  }

  /** Keeps what an opaque literal hides. Gives the innermost text, to be read on. */
  open(text: string, place: Place): { text: string; how: string } | null {
    if (text.length < SHORTEST_HIDDEN || this.hidden.length >= HIDDEN || isProse(text)) return null
    if (this.#plain.has(text)) return null
    const layers = unwrap(text)
    const inner = layers.findLast((layer) => layer.text !== null)
    if (inner?.text === null || inner === undefined || inner.text.length < 8) {
      if (this.#plain.size < PLAIN) this.#plain.add(text)
      return null
    }
    const how = layers.slice(0, layers.indexOf(inner) + 1).map((layer) => layer.how)
    this.keep(inner.text, how, place)
    return { text: inner.text, how: how.join(', ') }
  }

  keep(text: string, how: readonly string[], place: Place, code = false): void {
    if (this.hidden.length < HIDDEN) this.hidden.push({ value: text.slice(0, 4000), how, code, ...standing(place) })
    this.text(text.slice(0, 200_000), 'decoded', place)
  }
}

const SHORTEST_HIDDEN = 24
/** The same words stand in many files, long texts seldom. */
const SHORT = 200
function originsOf(bits: number): Origin[] {
  const origins: Origin[] = []
  if (bits & (FETCHED | FILE_FETCHED)) origins.push('fetched')
  if (bits & (DECODED | FILE_DECODED)) origins.push('decoded')
  if (bits & ENCODED) origins.push('encoded')
  return [...origins, ...sourcesIn(bits)]
}

function stepOf({ kind, call, argument, place }: RawStep): Step {
  return { kind, call, argument: argument?.slice(0, LONGEST) ?? null, ...standing(place), hidden: hiding(place) }
}

export const located = <T>(value: T, place: Place): Located<T> => ({ value, ...standing(place) })
