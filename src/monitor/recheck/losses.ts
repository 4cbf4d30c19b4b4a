import { broken } from '../../admission/acquire.ts'
import { isNote } from '../../core/presence.ts'
import type { Found, Loss, Presence, Statement } from '../../core/presence.ts'
import { oneLine } from '../../core/text.ts'
import type { Had } from './subjects.ts'

/** What was there when a package was last looked at and all was well: what later looks are compared with. */
export interface State {
  /** It was read at least once. */
  known: boolean
  /** Versions of inventories that were once listed: only of those can it be said that they are gone. */
  seen: readonly string[]
  /** Notes that were there already: `yanked 1.0.0`, `archived`. */
  marks: readonly string[]
  /** What stood in the document of files that were had, by file or version. */
  lines: Readonly<Record<string, string>>
  /** Where an index promises nothing of the bytes: the file that was fetched last to see whether it is what it was, and when. */
  verified: string
  verifiedAt: number
}

export const NOTHING_KNOWN: State = { known: false, seen: [], marks: [], lines: {}, verified: '', verifiedAt: 0 }

/** One thing that upstream did. */
export interface Lost {
  kind: Loss
  /** null: to the package as a whole. */
  version: string | null
  file: string | null
  says: string
  /** What stood in the document before and what stands there now. */
  before: string | null
  after: string | null
  /** It was never seen to be otherwise, or nothing of it was ever fetched: for people to know, no reason to hold. */
  weak: boolean
}

/** A second look at once must say the same; of an absence, a second look after a while. */
export const isAbsence = ({ kind }: Lost): boolean => kind === 'removed'

/** Everything that a look found missing, changed or marked, compared with what was had and what was known. Pure. */
export function lossesOf(had: readonly Had[], presence: Presence, state: State): Lost[] {
  const { whole } = presence
  if (whole !== null && !isNote(whole.kind)) {
    const gone = presence.found.filter(({ there }) => there === false).length
    const left = presence.found.some(({ there }) => there === true)
    // A placeholder beside versions that are all still there was put by mistake before: people are told, nothing is held.
    if (gone > 0 || !left) return [wholeLoss(whole, { had, state, weak: left })]
    return [wholeLoss(whole, { had, state, weak: true }), ...had.flatMap((one, at) => lossOf(one, presence.found[at] as Found, state))]
  }
  const note = whole !== null && state.known && !state.marks.includes(whole.kind) ? [wholeLoss(whole, { had, state, weak: true })] : []
  return [...note, ...had.flatMap((one, at) => lossOf(one, presence.found[at] as Found, state))]
}

/** The package's document itself is not there. */
export function wholeAbsence(had: readonly Had[], statement: Statement | null, status: number, state: State): Lost[] {
  if (statement) return [wholeLoss(statement, { had, state, weak: false })]
  const known = had.some(({ bytes, version }) => bytes !== null || state.seen.includes(version))
  return [{ kind: 'removed', version: null, file: null, says: `the whole package is gone: upstream answers ${status}`, before: firstLine(had, state), after: `status ${status}`, weak: !known }]
}

function wholeLoss({ kind, says }: Statement, { had, state, weak }: { had: readonly Had[]; state: State; weak: boolean }): Lost {
  return { kind, version: null, file: null, says, before: firstLine(had, state), after: says, weak }
}

const firstLine = (had: readonly Had[], { lines }: State): string | null => had.map((one) => lineOf(lines, one)).find((line) => line !== null) ?? null

function lossOf(one: Had, found: Found, state: State): Lost[] {
  const { version, file, bytes } = one
  const before = lineOf(state.lines, one)
  if (found.there === false) {
    const never = bytes === null && !state.seen.includes(version)
    // What never was in the index, as far as anybody here knows, is a wrong lockfile as often as a removal; said once.
    if (never && state.marks.includes(`missing ${version}`)) return []
    const says = never ? `${version} stands in an inventory and is not upstream` : `${file !== null && !file.includes(version) ? file : version} is gone${found.remembered ? ', though the document still remembers it' : ''}`
    return [{ kind: 'removed', version, file, says, before, after: found.line, weak: never }]
  }
  if (found.there === null) return []
  const wrong = bytes && found.pledge ? broken(found.pledge, bytes.hashes, bytes.size) : null
  if (wrong !== null) return [{ kind: 'changed', version, file, says: `${file ?? version}: upstream promises other bytes than were first seen here: ${wrong}`, before: before ?? bytes?.digest ?? null, after: found.line, weak: false }]
  if (found.mark === null || !state.known || state.marks.includes(`${found.mark.kind} ${version}`)) return []
  return [{ kind: found.mark.kind, version, file, says: `${version} is ${found.mark.says}`, before, after: found.line, weak: false }]
}

/** Lines kept of one package, and marks. */
const LINES = 50
const MARKS = 2_000

/** What is kept of a look. Of what is lost, the lines from before stay. */
export function stateAfter(had: readonly Had[], presence: Presence, before: State): State {
  const lines: Record<string, string> = Object.create(null) as Record<string, string>
  const marks = new Set<string>(presence.whole && isNote(presence.whole.kind) ? [presence.whole.kind] : [])
  const seen = new Set(before.seen.filter((version) => had.some((one) => one.bytes === null && one.version === version)))
  for (const [at, one] of had.entries()) {
    const { there, mark, line } = presence.found[at] as Found
    const kept = there === true ? line : lineOf(before.lines, one)
    if (kept && Object.keys(lines).length < LINES) lines[keyOf(one)] = oneLine(kept, 400)
    if (mark) marks.add(`${mark.kind} ${one.version}`)
    if (one.bytes !== null) continue
    if (there === true) seen.add(one.version)
    else if (there === false && !seen.has(one.version)) marks.add(`missing ${one.version}`)
  }
  return { ...before, known: true, seen: [...seen].slice(0, MARKS), marks: [...marks].slice(0, MARKS), lines: { ...lines } }
}

/** A file may have the name of anything objects inherit. */
const lineOf = (lines: State['lines'], one: Had): string | null => (Object.hasOwn(lines, keyOf(one)) ? lines[keyOf(one)] ?? null : null)

const keyOf = ({ version, file }: Had): string => file ?? version
