import type { Action, Facts } from '../../analysis/facts.ts'
import type { UnpackedPackage } from '../../core/types.ts'
import { reachOf } from './chains.ts'

const EFFECTS: ReadonlySet<Action['kind']> = new Set(['fetch', 'connect', 'resolve', 'send', 'listen', 'execute', 'spawn', 'delete'])

/**
 * What a package does beyond itself although nobody asked: when it is installed or an interpreter starts. That a script in the
 * manifest starts a program is how scripts work, and none of these.
 */
export function unaskedEffects({ actions }: Facts, { manifest }: UnpackedPackage): Action[] {
  return actions.filter((action) => EFFECTS.has(action.kind) && reachOf(action) === 'unasked' && !(action.kind === 'spawn' && action.file === manifest.file))
}
