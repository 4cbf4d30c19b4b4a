import { isPartOfTool } from '../../conduct/habits/tools.ts'
import type { Deed } from '../../conduct/deed.ts'
import type { Act, Process } from '../../tracing/act.ts'
import { isInstalled } from '../../tracing/boring.ts'
import type { PhaseRecord } from '../record.ts'
import { mostTelling, weightOf } from './most.ts'
import type { Weighed, Weight } from './most.ts'
import { decoysOf, placeOf, saidOf } from './words.ts'

/** One line of what happened, for people. All of its text is the package's: whoever prints it makes it plain first. */
export interface TimelineLine {
  depth: number
  /** Milliseconds since the phase began; null: of a line that counts others. */
  at: number | null
  kind: 'process' | 'act' | 'folded'
  says: string
  /** Planted secrets that were found in it. */
  decoys: string
  /** The line of code that did it. */
  by: string
}

/** Of more the most telling are shown. */
const MOST_LINES = 400
/** Of a process that nothing of the package's started. */
const LEAST: Weight = { class: 'process', weight: 0 }
const DEEPEST = 8

/**
 * A phase as a tree: processes that did something worth telling, below each what it did, in order. `deeds` are those acts of the
 * phase that rules judge (conduct/scene.ts): everything else is the trade of tools, and is counted only.
 */
export function timelineOf({ processes, acts }: Pick<PhaseRecord, 'processes' | 'acts'>, deeds: readonly Deed[], own: string): TimelineLine[] {
  const told = new Map<number, Deed[]>()
  const starts = new Map<number, Weight>()
  for (const deed of deeds) {
    const { act } = deed
    if (!(act.kind === 'exec' && act.done)) {
      if (isTold(act)) add(told, act.pid, deed)
    } else if (deed.whose === 'package') starts.set(act.pid, weightOf(deed))
  }
  const known = new Map(processes.map((process) => [process.pid, process]))
  const children = new Map<number | null, Process[]>()
  for (const process of processes.toSorted((a, b) => a.started - b.started)) {
    add(children, process.parent !== null && known.has(process.parent) && process.parent !== process.pid ? process.parent : null, process)
  }
  const worth = worthTelling(processes, told, new Set(deeds.filter(({ act, whose }) => act.kind === 'exec' && act.done && whose === 'package' && !isToolsLine(act) && !isDrivers(act)).map(({ act }) => act.pid)))
  const lines: Weighed<TimelineLine>[] = []
  const seen = new Set<number>()
  let hidden = 0
  const tell = (root: Process): void => {
    const open = [{ process: root, depth: 0, above: -1 }]
    for (let next = open.pop(); next; next = open.pop()) {
      const { process, depth } = next
      let { above } = next
      if (seen.has(process.pid)) continue
      seen.add(process.pid)
      const shown = worth.has(process.pid)
      if (shown) {
        above = lines.push({ line: { depth, at: process.started, kind: 'process', says: commandOf(process), decoys: '', by: '' }, weight: starts.get(process.pid) ?? LEAST, above }) - 1
        for (const one of folded(told.get(process.pid) ?? [])) lines.push({ line: lineOf(one, depth + 1, own), weight: weightOf(one.deed), above })
      } else hidden++
      const below = Math.min(depth + (shown ? 1 : 0), DEEPEST)
      open.push(...(children.get(process.pid) ?? []).map((child) => ({ process: child, depth: below, above })).reverse())
    }
  }
  for (const process of children.get(null) ?? []) tell(process)
  // A circle of parents, and acts whose process nobody saw begin.
  for (const process of processes) if (!seen.has(process.pid)) tell(process)
  for (const [pid, all] of told) if (!known.has(pid)) for (const one of folded(all)) lines.push({ line: lineOf(one, 0, own), weight: weightOf(one.deed), above: -1 })
  const shown = mostTelling(lines, MOST_LINES)
  const more = lines.length - shown.length
  const rest = acts.length - deeds.length
  return [
    ...shown,
    ...(more > 0 ? [note(`${more} lines that say less were left out`)] : []),
    ...(hidden > 0 || rest > 0 ? [note([hidden > 0 ? `${hidden} more processes` : '', rest > 0 ? `${rest} acts of installing, building and loading` : ''].filter(Boolean).join(', '))] : []),
  ]
}

/** What building and loading writes where it belongs, and reads of its settings, tells nobody anything. */
function isTold({ kind, target, other, by, honey }: Act): boolean {
  if (honey !== undefined && honey.length > 0) return true
  if (kind === 'environment') return target === '*' ? by?.package !== null : by !== null && by.package !== null
  return !CHANGES.has(kind) || ![target, other ?? target].every((path) => isInstalled(path) || BUILT.test(path))
}

/** A package manager's own line started it. */
const isToolsLine = ({ by }: Act): boolean => by !== null && (by.package === null ? /\/(?:site-packages\/pip|node_modules\/npm)\//.test(by.file) : isPartOfTool(by.package))

/** How drivers/go.sh starts what it built: worth telling where something was done. */
const isDrivers = ({ argv = [] }: Act): boolean => (argv[0] === 'timeout' && argv[1] === '-k') || /^bin\/(?:all|one|call)$/.test(argv[0] ?? '')

const CHANGES: ReadonlySet<Act['kind']> = new Set(['write', 'delete', 'rename', 'link', 'mode'])
const BUILT = /\/(?:pip-[\w-]+|[\w.-]+\.(?:egg|dist)-info|\.venv\/(?:bin|lib)|tmp[\w]{8})(?:\/|$)/

const note = (says: string): TimelineLine => ({ depth: 0, at: null, kind: 'folded', says, decoys: '', by: '' })

/** Processes that did something, or that the package started, and those that lead to them. */
function worthTelling(processes: readonly Process[], told: ReadonlyMap<number, unknown>, started: ReadonlySet<number>): Set<number> {
  const parents = new Map(processes.map(({ pid, parent }) => [pid, parent]))
  const worth = new Set<number>()
  for (const { pid } of processes) {
    if (!told.has(pid) && !started.has(pid)) continue
    for (let at: number | null | undefined = pid; at !== null && at !== undefined && !worth.has(at); at = parents.get(at)) worth.add(at)
  }
  return worth
}

function add<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key)
  if (list) list.push(value)
  else lists.set(key, [value])
}

const commandOf = ({ argv, program, exit, signal }: Process): string =>
  `${argv.length > 0 ? argv.join(' ') : program}${signal === null ? (exit !== null && exit !== 0 ? `  (exit code ${exit})` : '') : `  (${signal})`}`

/** The same thing said again and again is said once. */
function folded(deeds: readonly Deed[]): { deed: Deed; times: number }[] {
  const seen = new Map<string, { deed: Deed; times: number }>()
  for (const deed of deeds.toSorted((a, b) => a.act.at - b.act.at)) {
    const { act } = deed
    const key = `${saidOf({ ...act, bytes: 0, ms: 0 })} ${decoysOf(act.honey)}`
    const known = seen.get(key)
    if (known) known.times++
    else seen.set(key, { deed, times: 1 })
  }
  return [...seen.values()]
}

function lineOf({ deed: { act }, times }: { deed: Deed; times: number }, depth: number, own: string): TimelineLine {
  return { depth, at: act.at, kind: 'act', says: `${saidOf(act)}${times > 1 ? `  ×${times}` : ''}`, decoys: decoysOf(act.honey), by: placeOf(act.by, own) }
}

/** What of another pass is not in the first: the deeds by which a package tells machines apart. */
export function onlyIn(deeds: readonly Deed[], first: readonly Deed[]): Deed[] {
  const key = ({ act, phase }: Deed): string => `${phase} ${saidOf({ ...act, bytes: 0, ms: 0, target: steady(act.target), argv: (act.argv ?? []).map(steady) })}`
  const known = new Set(first.map(key))
  return deeds.filter((deed) => !known.has(key(deed)))
}

/** Without what differs from one run to the next by itself: users' homes, numbers, random names. */
const steady = (text: string): string => text.replace(/\/home\/[^/]+(?:\/(?:work\/[^/]+|projects)\/[^/]+)?/g, '~').replace(/[0-9a-f]{6,}|\d+/gi, '#')
