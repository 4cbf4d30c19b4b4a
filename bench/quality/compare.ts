import type { Outcome } from './outcome.ts'

const NOTABLE = 10

/** What changed between two runs, worst first: levels, scores by ten and more, archives only one of them has. */
export function compare(before: readonly Outcome[], after: readonly Outcome[]): string {
  const old = new Map(before.map((outcome) => [keyOf(outcome), outcome]))
  const pairs = after.flatMap((now) => {
    const was = old.get(keyOf(now))
    return was ? [{ was, now }] : []
  })
  const moved = pairs.filter(({ was, now }) => was.level !== now.level || Math.abs(was.score - now.score) >= NOTABLE)
  const kinds = [...Map.groupBy(moved, ({ was, now }) => `${now.corpus}: ${was.level} → ${now.level}`)].sort(([, a], [, b]) => b.length - a.length)
  const head = `${pairs.length} archives in both runs, ${moved.length} changed, ${after.length - pairs.length} new, ${before.length - pairs.length} gone.`
  return [head, ...kinds.map(([kind, changes]) => [
    `${kind}: ${changes.length}`,
    ...changes.slice(0, 15).map(({ was, now }) => `  ${now.id}  ${was.score} → ${now.score}  ${detectors(was)} → ${detectors(now)}`),
  ].join('\n'))].join('\n\n')
}

const keyOf = ({ corpus, id }: Outcome): string => `${corpus} ${id}`

const detectors = ({ findings }: Outcome): string => [...new Set(findings.map(({ detector }) => detector))].join(', ') || 'nothing'
