import type { Unit, Tongue } from './tongue.ts'
import type { Node } from './tree.ts'
import type { Held } from './units.ts'
import type { Closure, Scope, Value } from './value.ts'

export class Folders {
  constructor(_tongue: Tongue) {}
  prepare(_held: Held): void {}
  worth(_node: Node, _scope: Scope): Value | null { return null }
  call(_functions: readonly Closure[], _args: readonly Value[]): Value | null { return null }
}
export type X = Unit
