import type { Detector } from './detector.ts'

/** A public advisory says that this version is malicious. The caller hands in only advisories that match the version. */
export const knownMalicious: Detector = {
  id: 'known-malicious',
  version: 1,
  ecosystems: ['npm', 'pypi', 'go'],
  why: ['People have looked at this package and published that it is malicious; withdrawn statements do not count.'],
  detect(pkg, _facts, outside) {
    const { ref } = pkg.artifact
    return outside.advisories
      .filter((advisory) => advisory.malicious && advisory.withdrawn === null && advisory.ecosystem === ref.ecosystem && advisory.name === ref.name)
      .map((advisory) => ({
        detector: knownMalicious.id, behaviour: 'known-malicious', severity: 'critical', confidence: 1,
        title: `known malicious: ${advisory.id}`,
        evidence: [{
          file: pkg.manifest.file ?? '', lines: [0, 0], excerpt: `${ref.name} ${ref.version}`,
          says: `${advisory.id} (${advisory.source}): ${advisory.summary}`.slice(0, 300),
        }],
      }))
  },
}
