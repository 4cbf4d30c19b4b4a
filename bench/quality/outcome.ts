import type { EcosystemId, Level, Severity } from '../../src/core/types.ts'
import type { Corpus, Part } from './sample.ts'

/** What the engine said of one archive: a line of a result file. */
export interface Outcome {
  id: string
  corpus: Corpus
  ecosystem: EcosystemId
  name: string
  part: Part
  cluster: string
  clusterSize: number
  representative: boolean
  inert: boolean
  level: Level
  score: number
  findings: {
    detector: string
    behaviour: string
    severity: Severity
    confidence: number
    title: string
    file: string
    line: number
  }[]
  missing: readonly string[]
  /** What the learned model was asked with; empty where the worker died. */
  features: Readonly<Record<string, number>>
  ms: number
  /** Packed and unpacked size. */
  bytes: number
  unpacked: number
}
