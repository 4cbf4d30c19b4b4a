import { readFileSync } from 'node:fs'
import { curveFromJson, probability } from './calibrate.ts'
import type { Curve } from './calibrate.ts'
import { contributions, forestFromJson, margin } from './trees.ts'
import type { Forest } from './trees.ts'

/** What was learnt; made by `npm run train`, which keeps the recipe beside it. */
export interface Model {
  /** Names of the features by their index in the forest. */
  readonly features: readonly string[]
  readonly forest: Forest
  readonly curve: Curve
}

/** By name. A name that is not there, null and what is not finite mean unknown. */
export type Features = ReadonlyMap<string, number> | Readonly<Record<string, number | null>>

export interface Contribution {
  readonly feature: string
  /** What it added to the log-odds; above 0 speaks for malicious. */
  readonly contribution: number
}

/**
 * How likely a package with these features is malicious, if as many are as there were in the corpus: it ranks, and does not
 * say how many of what is published are bad. null when there is no model. A hint for the score, never a verdict.
 */
export function score(features: Features, model: Model | null = loadModel()): number | null {
  return model && probability(model.curve, margin(model.forest, vectorOf(model.features, features)))
}

/** Which features moved the score, the strongest first. */
export function explain(features: Features, model: Model | null = loadModel()): Contribution[] {
  if (model === null) return []
  const parts = contributions(model.forest, vectorOf(model.features, features))
  const moved: Contribution[] = []
  for (const [index, feature] of model.features.entries()) if (parts[index] !== 0) moved.push({ feature, contribution: parts[index] as number })
  return moved.sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution)).slice(0, SHOWN)
}

const SHOWN = 10

export function vectorOf(names: readonly string[], features: Features): Float64Array {
  const given = features instanceof Map ? features as ReadonlyMap<string, number> : null
  const vector = new Float64Array(names.length)
  for (const [index, name] of names.entries()) vector[index] = (given ? given.get(name) : (features as Record<string, number | null>)[name]) ?? NaN
  return vector
}

let kept: Model | null | undefined

/** The model that comes with the program, read when it is first asked for; null when there is none. Throws when it is broken. */
export function loadModel(): Model | null {
  if (kept === undefined) kept = modelAt(new URL('model.json', import.meta.url))
  return kept
}

/** Null when there is no such file; throws an Error that says what is wrong with it. */
export function modelAt(file: URL): Model | null {
  const text = contentOf(file)
  return text === null ? null : modelFromJson(JSON.parse(text))
}

function contentOf(file: URL): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Throws an Error that says what is wrong. */
export function modelFromJson(json: unknown): Model {
  const { features, forest, curve } = (json ?? {}) as Record<string, unknown>
  if (!Array.isArray(features) || !features.every((name) => typeof name === 'string')) throw new Error('not a model: features is no list of names')
  if (new Set(features).size !== features.length) throw new Error('not a model: a feature is named twice')
  return { features, forest: forestFromJson(forest, features.length), curve: curveFromJson(curve) }
}
