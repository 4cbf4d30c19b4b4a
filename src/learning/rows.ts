/**
 * What one artifact contributes to training: a line of JSON in the file that `npm run train` reads.
 *
 *     {"id": "pkg:pypi/name@1.0", "label": 1, "weight": 0.5, "group": "cluster-17", "part": "tuning", "features": {"sends": 2, "age": null}}
 */
export interface Row {
  /** The artifact, best as a purl: figures are told apart by its type. Once in a file. */
  readonly id: string
  /** 1 is malicious. */
  readonly label: 0 | 1
  /** How much it counts, above 0: copies of one attack share the weight of one. */
  readonly weight: number
  /** The cluster of artifacts that are nearly the same. No cluster is learnt from and judged at once. */
  readonly group: string
  /** What is learnt from, and what is only looked at to report figures. */
  readonly part: 'tuning' | 'report'
  /** null, like a name that is not there, means unknown; a count of nothing is 0. */
  readonly features: Readonly<Record<string, number | null>>
}

export interface BadLine {
  /** From 1. */
  readonly line: number
  readonly why: string
}

/** Empty lines are skipped; every other line is a row or bad. */
export function readRows(lines: readonly string[]): { rows: Row[]; bad: BadLine[] } {
  const rows = new Map<string, Row>()
  const bad: BadLine[] = []
  lines.forEach((text, index) => {
    if (text.trim() === '') return
    const row = readRow(text)
    const why = typeof row === 'string' ? row : rows.has(row.id) ? `id ${row.id} was there before` : null
    if (why !== null) bad.push({ line: index + 1, why })
    else rows.set((row as Row).id, row as Row)
  })
  return { rows: [...rows.values()], bad }
}

const RULES: Readonly<Record<keyof Row, readonly [(value: unknown) => boolean, string]>> = {
  id: [isText, 'a text'],
  label: [(value) => value === 0 || value === 1, '0 or 1'],
  weight: [(value) => typeof value === 'number' && Number.isFinite(value) && value > 0, 'a number above 0'],
  group: [isText, 'a text'],
  part: [(value) => value === 'tuning' || value === 'report', '"tuning" or "report"'],
  features: [isObject, 'an object'],
}

/** The row, or what is wrong with it. */
function readRow(text: string): Row | string {
  const value = parsed(text)
  if (!isObject(value)) return 'no JSON object'
  for (const [key, [holds, what]] of Object.entries(RULES)) if (!holds(value[key])) return `${key} is not ${what}`
  const unknown = Object.keys(value).find((key) => !Object.hasOwn(RULES, key))
  if (unknown !== undefined) return `${unknown} is unknown`
  const broken = Object.entries(value.features as object).find(([, number]) => number !== null && !Number.isFinite(number))
  return broken ? `feature ${broken[0]} is neither a finite number nor null` : value as unknown as Row
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
