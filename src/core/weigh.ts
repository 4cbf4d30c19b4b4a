import type { Behaviour, Digest, Finding, Learned, Run, Severity, Verdict } from './types.ts'

/** Levels begin at these scores; bench/RESULTS.md has the sweep over both corpora that they were read off. */
export const MALICIOUS_FROM = 80
export const SUSPICIOUS_FROM = 30

/** What the model may add, as the strength of one finding: never more than a medium one. */
const LEARNED_WEIGHT = 0.35
/**
 * What findings must come to for the model to tip them into *suspicious*: one of *medium*, as sure as most are. Below, nothing can be shown to
 * whoever is stopped, and packages of two or three small files look to the model like malware (bench/RESULTS.md, "A blind trial").
 */
const TIPS_FROM = 20
/** From this probability on, the model and a grave finding in the code agree: together they make *malicious*. */
const AGREES_FROM = 0.97

/** Below this probability, what is at most worth a look counts half: the model has seen it in honest packages. */
const DOUBTS_BELOW = 0.1

/** Statements about what stands around the code: they never make *malicious*, whatever they add up to. An advisory is no such thing. */
const AROUND: ReadonlySet<Behaviour> = new Set(['metadata', 'direct-url-dependency', 'manifest-confusion', 'archive-mismatch', 'change', 'impersonation', 'suspicious-binary'])

const WEIGHT: Readonly<Record<Severity, number>> = { info: 0, low: 0.1, medium: 0.35, high: 0.6, critical: 0.95 }

/** One summand of a score: the points it adds to what stands above it. */
export interface Part {
  says: string
  points: number
}

/**
 * Findings become a level and a score. Pure, and explains itself: `partsOf` gives the summands.
 * A detector that failed or was skipped, or anything left unread, makes the verdict undetermined, unless what was found
 * is malicious already: more reading could only confirm it.
 *
 * Score: the noisy-or of severity weight × confidence, times 100, so that independent signs add up and none exceeds 100; the
 * model counts as one more finding, which makes nothing suspicious by itself, or halves what is made of medium and low ones only. Grave
 * findings it cannot touch.
 * Levels: malicious from 80, and only with a critical finding in the code, or a high one there that the model is sure about;
 * suspicious from 30.
 */
export function weigh(digest: Digest, runs: readonly Run[], unread: readonly string[], rules: string, learned: Learned | null = null): Verdict {
  const findings: Finding[] = []
  const missing = [...unread]
  for (const run of runs) {
    if (run.status === 'ok') findings.push(...run.findings)
    else missing.push(`${run.detector} ${run.status}: ${run.reason}`)
  }
  findings.sort((a, b) => strength(b) - strength(a))
  const score = Math.round(partsOf({ findings, learned }).reduce((sum, { points }) => sum + points, 0))
  const sure = findings.some((finding) => finding.severity === 'critical' && !AROUND.has(finding.behaviour))
  const agreed = (learned?.probability ?? 0) >= AGREES_FROM && findings.some((finding) => finding.severity === 'high' && !AROUND.has(finding.behaviour))
  const level = sure && score >= MALICIOUS_FROM || agreed ? 'malicious' : missing.length > 0 ? 'undetermined' : score >= SUSPICIOUS_FROM ? 'suspicious' : 'clean'
  return { digest, level, score: level === 'malicious' ? Math.max(score, MALICIOUS_FROM) : score, findings, missing, rules, learned }
}

/** The summands of a verdict's score, strongest first. Points are what each adds to those before it; they sum up to the score. */
export function partsOf({ findings, learned }: Pick<Verdict, 'findings' | 'learned'>): Part[] {
  let left = 1
  const part = (says: string, by: number): Part => {
    const points = 100 * left * by
    left *= 1 - by
    return { says, points }
  }
  const parts = findings.map((finding) => part(finding.title, strength(finding)))
  if (learned && learned.probability > 0.5) {
    const own = 100 * (1 - left)
    const most = own < TIPS_FROM ? (SUSPICIOUS_FROM - 1 - own) / (100 * left) : 1
    parts.push(part(`the learned model: ${learned.because.join(', ')}`, Math.min(most, LEARNED_WEIGHT * (2 * learned.probability - 1))))
  }
  const doubted = learned !== null && learned.probability < DOUBTS_BELOW && findings.every(({ severity }) => severity !== 'high' && severity !== 'critical')
  const sum = parts.reduce((all, { points }) => all + points, 0)
  if (doubted && sum > 0) parts.push({ says: 'the learned model: seen in honest packages, too', points: -sum / 2 })
  return parts.filter(({ points }) => points !== 0)
}

/** A detector's mistake in arithmetic counts as full confidence, so that it cannot hide a finding. */
export function strength({ severity, confidence }: Finding): number {
  return WEIGHT[severity] * (Number.isNaN(confidence) ? 1 : Math.min(1, Math.max(0, confidence)))
}

/** The one line a denial or a list shows for a verdict. */
export function says(verdict: Pick<Verdict, 'findings' | 'missing' | 'level'>): string {
  const worst = verdict.findings[0]
  if (verdict.level === 'undetermined') return verdict.missing[0] ?? 'not fully examined'
  return worst ? worst.title : 'nothing found'
}
