import { auc, countsAt, falsePositiveRate, logLoss, precision, recall } from './metrics.ts'
import type { Scored, Share } from './metrics.ts'

/** How well scores tell label 1 from label 0, with the sweep of thresholds. */
export interface Figures {
  readonly rows: number
  readonly malicious: number
  /** null when one label is missing. */
  readonly auc: number | null
  readonly logLoss: number | null
  readonly at: readonly At[]
}

interface At {
  readonly threshold: number
  readonly precision: Share | null
  readonly recall: Share | null
  readonly falsePositiveRate: Share | null
}

export function figuresOf(scored: readonly Scored[], thresholds: readonly number[]): Figures {
  return {
    rows: scored.length,
    malicious: scored.filter(({ label }) => label === 1).length,
    auc: finite(auc(scored)),
    logLoss: finite(logLoss(scored)),
    at: thresholds.map((threshold) => {
      const counts = countsAt(scored, threshold)
      return { threshold, precision: brief(precision(counts)), recall: brief(recall(counts)), falsePositiveRate: brief(falsePositiveRate(counts)) }
    }),
  }
}

/** A Markdown table with one line a threshold for each set of figures. */
export function tableOf(figures: Readonly<Record<string, Figures>>): string {
  return [
    '| part | rows | malicious | AUC | log-loss | threshold | precision | recall | false positives |',
    '|---|---|---|---|---|---|---|---|---|',
    ...Object.entries(figures).flatMap(([name, { rows, malicious, auc, logLoss, at }]) => at.map((line) => `| ${[
      name, rows, malicious, auc?.toFixed(4) ?? '-', logLoss?.toFixed(4) ?? '-', line.threshold,
      shown(line.precision), shown(line.recall), shown(line.falsePositiveRate),
    ].join(' | ')} |`)),
  ].join('\n')
}

const rounded = (value: number): number => Number(value.toFixed(5))
const finite = (value: number): number | null => (Number.isFinite(value) ? rounded(value) : null)
const brief = (share: Share | null): Share | null =>
  share && { value: rounded(share.value), interval: [rounded(share.interval[0]), rounded(share.interval[1])], of: share.of }
const percent = (value: number): string => (value * 100).toFixed(2)
const shown = (share: Share | null): string =>
  share ? `${percent(share.value)}% (${percent(share.interval[0])}-${percent(share.interval[1])}, n=${share.of})` : '-'
