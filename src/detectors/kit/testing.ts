import { findingsIn, packageOf, samplesOf, verdictOf } from '../../../test/samples.ts'
import type { Level, Severity } from '../../core/types.ts'
import type { Detector } from '../detector.ts'

/** What a detector makes of each of its bad samples. */
export const severities = (detector: Detector): Record<string, Severity | undefined> =>
  Object.fromEntries(named(detector, 'bad').map(([name, sample]) => [name, findingsIn(packageOf(sample), detector)[0]?.severity]))

/** Benign samples that all detectors together do not call clean. */
export const suspected = (detector: Detector): [string, Level][] =>
  named(detector, 'benign').map(([name, sample]) => [name, verdictOf(packageOf(sample)).level] as [string, Level]).filter(([, level]) => level !== 'clean')

const named = (detector: Detector, kind: 'bad' | 'benign') =>
  samplesOf(detector.id, kind).map(({ file, sample }) => [file.replace('.json', ''), sample] as const)
