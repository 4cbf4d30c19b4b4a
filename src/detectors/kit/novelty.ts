import type { Action, Facts } from '../../analysis/facts.ts'
import type { Change, Evidence, Predecessor, UnpackedPackage } from '../../core/types.ts'
import { shown } from './evidence.ts'
import { lineOf } from './lines.ts'
import { abilityLines, binaryLine, hostLine, triggerLine } from './profile.ts'

/** Of one change so many places are shown. */
const PLACES = 2

/**
 * Finds where changes since a version can be seen; none where what was found has no new place. Goes over the actions once,
 * however many changes are asked for.
 */
export function novelties(pkg: UnpackedPackage, facts: Facts, previous: Predecessor): (change: Change) => Evidence[] {
  const says = `new since ${previous.version}`
  const fresh = freshActions(pkg, facts, previous)
  return ({ of, what }) => {
    if (of === 'trigger') return pkg.triggers.filter((trigger) => triggerLine(trigger) === what).slice(0, 1).map((trigger) => triggerPlace(pkg, trigger, what, says))
    if (of === 'ability' || of === 'host') {
      return (fresh.get(`${of} ${what}`) ?? []).map((action) => shown(action, `${says}: ${action.call} ${what}${action.argument === null ? '' : `, ${action.argument}`}`))
    }
    if (of === 'mark') return facts.marks.filter(({ value }) => value.kind === what).slice(0, 1).map(({ file, lines, excerpt, value }): Evidence => ({ file, lines, excerpt, says: `${says}: ${value.says}`.slice(0, 300) }))
    if (of === 'binary') return facts.binaries.filter((binary) => binaryLine(binary) === what).slice(0, 1).map(({ path }): Evidence => ({ file: path, lines: [0, 0], excerpt: path.slice(0, 160), says: `${says}: compiled code (${what})` }))
    return []
  }
}

function triggerPlace(pkg: UnpackedPackage, { command, file }: UnpackedPackage['triggers'][number], what: string, says: string): Evidence {
  const lines: [number, number] = file !== null && pkg.files.has(file) ? [1, 1] : [0, 0]
  const place = command === undefined && file !== null ? { file, lines } : lineOf(pkg, command ?? what)
  return { ...place, excerpt: what.slice(0, 160), says: `${says}: runs without being asked`, role: 'trigger' }
}

/**
 * The first actions behind each line of a profile whose files are not, byte for byte, those of the version before: old code in
 * which a newer engine sees more is not new. Without hashes everything may be.
 */
function freshActions(pkg: UnpackedPackage, { actions }: Facts, { profile }: Predecessor): Map<string, Action[]> {
  const changed = new Map<string, boolean>()
  const isNew = (path: string): boolean => {
    const known = changed.get(path)
    if (known !== undefined) return known
    const before = Object.hasOwn(profile.code, path) ? profile.code[path] : undefined
    const now = pkg.files.get(path)?.sha256
    const verdict = before === undefined || now === undefined || now === '' || !now.startsWith(before)
    changed.set(path, verdict)
    return verdict
  }
  const found = new Map<string, Action[]>()
  for (const action of actions) {
    if (!isNew(action.file) && !action.path.some(({ file }) => isNew(file))) continue
    const host = hostLine(action)
    for (const key of [...abilityLines(action).map((line) => `ability ${line}`), ...(host === null ? [] : [`host ${host}`])]) {
      const places = found.get(key)
      if (!places) found.set(key, [action])
      else if (places.length < PLACES) places.push(action)
    }
  }
  return found
}
