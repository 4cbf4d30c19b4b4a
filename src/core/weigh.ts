import type { Digest, Finding, Run, Severity, Verdict } from './types.ts'

/**
 * Findings become a level and a score. Pure, and explains itself by its inputs alone.
 * A detector that failed or was skipped, or anything left unread, makes the verdict undetermined, unless what was found
 * is malicious already: more reading could only confirm it.
 *
 * Score: the noisy-or of severity weight × confidence, times 100, so that independent signs add up and none exceeds 100.
 * Levels: malicious from 80 and only with a critical finding; suspicious from 30.
 */
export function weigh(digest: Digest, runs: readonly Run[], unread: readonly string[], rules: string): Verdict {
  const findings: Finding[] = []
  const missing = [...unread]
  for (const run of runs) {
    if (run.status === 'ok') findings.push(...run.findings)
    else missing.push(`${run.detector} ${run.status}: ${run.reason}`)
  }
  findings.sort((a, b) => strength(b) - strength(a))
  const score = Math.round(100 * (1 - findings.reduce((left, finding) => left * (1 - strength(finding)), 1)))
  const critical = findings.some((finding) => finding.severity === 'critical')
  const level = score >= 80 && critical ? 'malicious' : missing.length > 0 ? 'undetermined' : score >= 30 ? 'suspicious' : 'clean'
  return { digest, level, score, findings, missing, rules }
}

const WEIGHT: Readonly<Record<Severity, number>> = { info: 0, low: 0.1, medium: 0.35, high: 0.6, critical: 0.95 }

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
