import type { Finding, Run } from '../core/types.ts'
import { run } from './rule.ts'
import { rules } from './rules/index.ts'
import type { Scene } from './scene.ts'

/**
 * What drivers of the box call functions for, with arguments that they make up, is no sign of an attack as what happens unasked is:
 * a function that reads settings, pushes, publishes or empties a folder does what it is for. The rules say so themselves, as *low*,
 * and keep what no argument explains: secrets of one service that go to another, what was fetched and run, what starts again by
 * itself, miners, shells for strangers, sweeps through places of credentials, wallets and browsers, the loss of what people keep.
 * A package with many functions has many such remarks: however many there are, together they weigh as one does.
 */
const TOGETHER = 0.5

/** Runs of the rules on this scene, with what was only called for made light of. */
export function lightened(scene: Scene, runs: readonly Run[]): Run[] {
  if (scene.deeds.every(({ phase }) => phase !== 'execute')) return [...runs]
  const unasked = withoutCalls(scene)
  const byId = new Map(rules.map((rule) => [rule.id as string, rule]))
  const isRemark = ({ detector, severity }: Finding): boolean => {
    const rule = byId.get(detector)
    if (severity !== 'low' || rule === undefined) return false
    const before = run(rule, unasked)
    return before.status === 'ok' && before.findings.length === 0
  }
  const remarks = new Set(runs.flatMap((one) => (one.status === 'ok' ? one.findings.filter(isRemark) : [])))
  return runs.map((one) => (one.status === 'ok' ? { ...one, findings: one.findings.map((finding) => (remarks.has(finding) ? { ...finding, confidence: Math.min(finding.confidence, TOGETHER / remarks.size) } : finding)) } : one))
}

/** What would have been seen, had nobody called anything. */
const withoutCalls = (scene: Scene): Scene => ({
  about: scene.about,
  deeds: scene.deeds.filter(({ phase }) => phase !== 'execute'), excused: scene.excused.filter(({ phase }) => phase !== 'execute'),
  phases: scene.phases.filter(({ phase }) => phase !== 'execute'), disk: scene.disk.filter(({ phase }) => phase !== 'execute'),
})
