import type { Machine } from './machine.ts'

/** What one kind of instruction does to the machine; `arg` is its argument. */
export type Step = (m: Machine, arg: number) => void

export type Steps = Readonly<Record<string, Step>>
