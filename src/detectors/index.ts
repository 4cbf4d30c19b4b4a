import type { Detector } from './detector.ts'
import { archiveTrickery } from './archive-trickery.ts'
import { directUrlDependency } from './direct-url-dependency.ts'
import { hookDecodes } from './hook-decodes.ts'
import { hookDownloads } from './hook-downloads.ts'
import { hookSends } from './hook-sends.ts'
import { impersonatedHost } from './impersonated-host.ts'
import { knownMalicious } from './known-malicious.ts'
import { manifestConfusion } from './manifest-confusion.ts'

/** Every detector, in the order they run. Adding one touches its file, its test and samples, and this list. */
export const detectors: readonly Detector[] = [
  knownMalicious, hookDownloads, hookDecodes, hookSends, impersonatedHost, directUrlDependency, manifestConfusion, archiveTrickery,
]

/** Version of the rules as a whole: changes whenever a detector is added, removed or raised. */
export const rules: string = detectors.map(({ id, version }) => `${id}@${version}`).sort().join(' ')
