import type { Constant, Constants, FoldLanguage } from '../constant.ts'

export type Known = Constant | undefined
/** Calls a function that was handed in. */
export type Apply = (called: Constant, args: Constants) => Known
export type Methods<Receiver> = Readonly<Record<string, (receiver: Receiver, args: Constants, apply: Apply, language: FoldLanguage) => Known>>
export type Calls = Readonly<Record<string, (args: Constants, apply: Apply, language: FoldLanguage) => Known>>

export const textAt = (args: Constants, index: number): string | undefined => {
  const value = args[index]
  return typeof value === 'string' ? value : undefined
}

/** An argument that may be left out. */
export const numberAt = (args: Constants, index: number): number | undefined => {
  const value = args[index]
  return typeof value === 'number' ? value : undefined
}
