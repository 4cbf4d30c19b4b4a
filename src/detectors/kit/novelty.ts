import type { Action, Facts } from '../../analysis/facts.ts'
import type { Change, Evidence, Predecessor, UnpackedPackage } from '../../core/types.ts'
import { shown } from './evidence.ts'
import { lineOf } from './lines.ts'
import { abilityLines, binaryLine, hostLine, triggerLine } from './profile.ts'

/**
 * Whether the files that lead to an action are not, byte for byte, those of the version before. Old code in which a newer
 * engine sees more is not new; without hashes everything may be.
 */
export function isFresh(action: Action, pkg: UnpackedPackage, { profile }: Predecessor): boolean {
  const changed = (path: string): boolean => {
    const before = Object.hasOwn(profile.code, path) ? profile.code[path] : undefined
    const now = pkg.files.get(path)?.sha256
    return before === undefined || now === undefined || now === '' || !now.startsWith(before)
  }
  return [action.file, ...action.path.map(({ file }) => file)].some(changed)
}

/** Where a change can be seen, the strongest place first. Empty where what was found has no new place. */
export function placesOf({ of, what }: Change, pkg: UnpackedPackage, facts: Facts, previous: Predecessor): Evidence[] {
  const says = `new since ${previous.version}`
  if (of === 'trigger') {
    return pkg.triggers.filter((trigger) => triggerLine(trigger) === what).slice(0, 1).map(({ command, file }): Evidence => {
      const place = command === undefined && file !== null ? { file, lines: pkg.files.has(file) ? [1, 1] as [number, number] : [0, 0] as [number, number] } : lineOf(pkg, command ?? what)
      return { ...place, excerpt: what.slice(0, 160), says: `${says}: runs without being asked`, role: 'trigger' }
    })
  }
  if (of === 'ability' || of === 'host') {
    return facts.actions.filter((action) => (of === 'host' ? hostLine(action) === what : abilityLines(action).includes(what)) && isFresh(action, pkg, previous))
      .slice(0, 2).map((action): Evidence => shown(action, `${says}: ${action.call} ${what}${action.argument === null ? '' : `, ${action.argument}`}`))
  }
  if (of === 'mark') return facts.marks.filter(({ value }) => value.kind === what).slice(0, 1).map(({ file, lines, excerpt, value }): Evidence => ({ file, lines, excerpt, says: `${says}: ${value.says}`.slice(0, 300) }))
  if (of === 'binary') return facts.binaries.filter((binary) => binaryLine(binary) === what).slice(0, 1).map(({ path }): Evidence => ({ file: path, lines: [0, 0], excerpt: path.slice(0, 160), says: `${says}: compiled code (${what})` }))
  return []
}
