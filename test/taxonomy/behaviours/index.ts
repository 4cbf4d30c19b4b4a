import { control } from './control.ts'
import { harm } from './harm.ts'
import type { Malice } from './malice.ts'
import { running } from './running.ts'
import { spying } from './spying.ts'
import { theft } from './theft.ts'

export { bare } from './bare.ts'
export type { Bare, Malice, Start } from './malice.ts'

export const behaviours: readonly Malice[] = [...running, ...theft, ...spying, ...control, ...harm]
