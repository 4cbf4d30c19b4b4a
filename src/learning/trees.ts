/**
 * The nodes of all trees in parallel arrays. A leaf's `feature` is -1. Children stand behind their parent, so every walk ends.
 * Values that are not finite are missing.
 */
export interface Nodes {
  readonly feature: ArrayLike<number>
  readonly threshold: ArrayLike<number>
  /** Where values below the threshold go. */
  readonly left: ArrayLike<number>
  readonly right: ArrayLike<number>
  /** Where a missing value goes: the left or the right child, as it was learnt. */
  readonly missing: ArrayLike<number>
  /** What the tree would answer if it ended here; a leaf's is its answer. */
  readonly value: ArrayLike<number>
}

/** A sum of regression trees: `base + rate × Σ leaf`, a margin in log-odds. */
export interface Forest extends Nodes {
  readonly base: number
  readonly rate: number
  readonly roots: ArrayLike<number>
}

/** A forest as it is kept in a file. */
export type ForestJson = Readonly<Record<'base' | 'rate', number> & Record<(typeof LISTS)[number], readonly number[]>>

const INDICES = ['roots', 'feature', 'left', 'right', 'missing'] as const
const LISTS = [...INDICES, 'threshold', 'value'] as const

export function margin(forest: Forest, features: Float64Array): number {
  let sum = 0
  for (let tree = 0; tree < forest.roots.length; tree++) sum += forest.value[leafOf(forest, forest.roots[tree] as number, features)] as number
  return forest.base + forest.rate * sum
}

export function leafOf(nodes: Nodes, root: number, features: Float64Array): number {
  let node = root
  while ((nodes.feature[node] as number) >= 0) node = childOf(nodes, node, features)
  return node
}

function childOf({ feature, threshold, left, right, missing }: Nodes, node: number, features: Float64Array): number {
  const value = features[feature[node] as number] as number
  return (Number.isFinite(value) ? (value < (threshold[node] as number) ? left[node] : right[node]) : missing[node]) as number
}

/**
 * What each feature added to the margin: on the way down, the change of value at a node belongs to the feature it asks for
 * (Saabas 2014, "Interpreting random forests"). With the values of the roots and the base they add up to the margin.
 */
export function contributions(forest: Forest, features: Float64Array): Float64Array {
  const parts = new Float64Array(features.length)
  for (let tree = 0; tree < forest.roots.length; tree++) {
    let node = forest.roots[tree] as number
    for (let asked = forest.feature[node] as number; asked >= 0; asked = forest.feature[node] as number) {
      const child = childOf(forest, node, features)
      parts[asked] = (parts[asked] as number) + forest.rate * ((forest.value[child] as number) - (forest.value[node] as number))
      node = child
    }
  }
  return parts
}

export const forestToJson = (forest: Forest): ForestJson =>
  ({ base: forest.base, rate: forest.rate, ...eachList((list) => Array.from(forest[list])) })

/** Throws an Error that says what is wrong: a forest that was read answers for every vector of `width` features. */
export function forestFromJson(json: unknown, width: number): Forest {
  const given = record(json)
  const base = number(given.base, 'base')
  const rate = number(given.rate, 'rate')
  const lists = eachList((list) => numbers(given[list], list))
  const size = lists.feature.length
  for (const list of LISTS) if (list !== 'roots' && lists[list].length !== size) wrong(`${list} has ${lists[list].length} nodes, feature has ${size}`)
  for (const list of INDICES) if (!lists[list].every(Number.isInteger)) wrong(`${list} has a number that is no index`)
  for (const root of lists.roots) if (root < 0 || root >= size) wrong(`root ${root} does not exist`)
  lists.feature.forEach((feature, node) => {
    if (feature === -1) return
    if (feature < 0 || feature >= width) wrong(`node ${node} asks for feature ${feature} of ${width}`)
    const [left, right, missing] = [lists.left[node] as number, lists.right[node] as number, lists.missing[node] as number]
    if (![left, right].every((child) => child > node && child < size)) wrong(`the children of node ${node} do not stand behind it`)
    if (missing !== left && missing !== right) wrong(`node ${node} sends missing values to ${missing}, which is no child of it`)
  })
  return { base, rate, ...packed(lists) }
}

/** In typed arrays, so that every walk runs the same machine code. */
export function packed(lists: Readonly<Record<(typeof LISTS)[number], ArrayLike<number>>>): Omit<Forest, 'base' | 'rate'> {
  return {
    roots: Int32Array.from(lists.roots),
    feature: Int32Array.from(lists.feature),
    threshold: Float64Array.from(lists.threshold),
    left: Int32Array.from(lists.left),
    right: Int32Array.from(lists.right),
    missing: Int32Array.from(lists.missing),
    value: Float64Array.from(lists.value),
  }
}

const eachList = <T>(make: (list: (typeof LISTS)[number]) => T) =>
  Object.fromEntries(LISTS.map((list) => [list, make(list)])) as Record<(typeof LISTS)[number], T>

function record(json: unknown): Record<string, unknown> {
  return typeof json === 'object' && json !== null ? json as Record<string, unknown> : wrong('no object')
}

function number(value: unknown, name: string): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : wrong(`${name} is no finite number`)
}

function numbers(value: unknown, name: string): readonly number[] {
  return Array.isArray(value) && value.every(Number.isFinite) ? value : wrong(`${name} is no list of finite numbers`)
}

function wrong(what: string): never {
  throw new Error(`not a forest: ${what}`)
}
