import type { ArchiveOddity, Finding, Severity } from '../core/types.ts'
import type { Detector } from './detector.ts'

/**
 * What each oddity means. Writing outside of the folder is an attack on whoever unpacks; two readings of one archive are an
 * attack on whoever examines it; the rest happens to honest tools. What could not be read at all is in `missing` already.
 */
const MEANING: Readonly<Record<ArchiveOddity['kind'], Severity>> = {
  traversal: 'critical', 'absolute-path': 'critical', 'outside-root': 'low',
  'duplicate-entry': 'high', 'header-mismatch': 'high', 'record-mismatch': 'high', 'leading-data': 'high',
  'size-mismatch': 'medium', 'trailing-data': 'medium', encrypted: 'medium', 'special-file': 'medium', 'control-character': 'medium',
  link: 'low', 'case-collision': 'low', 'unicode-name': 'low',
  ratio: 'low', 'too-many-files': 'info', unsupported: 'info',
}
const ORDER: readonly Severity[] = ['info', 'low', 'medium', 'high', 'critical']
/** A medium oddity alone stays below suspicion. */
const CONFIDENCE: Readonly<Record<Severity, number>> = { info: 0.5, low: 0.5, medium: 0.75, high: 0.85, critical: 0.9 }
const SHOWN = 6

/** The archive itself is made to mislead: other readers get other files than were examined, or files elsewhere. */
export const archiveTrickery: Detector = {
  id: 'archive-trickery',
  version: 1,
  ecosystems: ['npm', 'pypi', 'go'],
  why: [
    'Package managers disagree on duplicate entries, mismatched headers and links: the file that was examined is not the one that is installed.',
    'An entry whose path leads out of the package overwrites files of the machine.',
  ],
  detect(pkg) {
    const found = pkg.oddities
      .map((oddity) => ({ oddity, severity: severityOf(oddity) }))
      .filter((one) => one.severity !== 'info')
      .sort((a, b) => ORDER.indexOf(b.severity) - ORDER.indexOf(a.severity))
    const worst = found[0]
    if (!worst) return []
    const evidence = found.slice(0, SHOWN).map(({ oddity }) => (
      { file: oddity.path, lines: [0, 0], excerpt: oddity.path.slice(0, 160), says: `${oddity.kind}: ${oddity.says}`.slice(0, 300) }))
    return [{
      detector: archiveTrickery.id, behaviour: 'archive-trickery', severity: worst.severity, confidence: CONFIDENCE[worst.severity],
      title: `the archive misleads: ${worst.oddity.says}`.slice(0, 200), evidence: evidence as unknown as Finding['evidence'],
    }]
  },
}

/** A link is ordinary inside the package and an attack when it leads outside; unpacking says which. */
function severityOf(oddity: ArchiveOddity): Severity {
  if (oddity.kind === 'link' && oddity.says.endsWith('outside the package')) return 'high'
  return MEANING[oddity.kind]
}
