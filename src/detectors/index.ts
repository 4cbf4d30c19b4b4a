import type { Detector } from './detector.ts'
import { archiveTrickery } from './archive-trickery.ts'
import { directUrlDependency } from './direct-url-dependency.ts'
import { downloadsAndRuns } from './downloads-and-runs.ts'
import { dropsProgram } from './drops-program.ts'
import { hidesWindowOrLog } from './hides-window-or-log.ts'
import { impersonatedHost } from './impersonated-host.ts'
import { knownMalicious } from './known-malicious.ts'
import { loadsHiddenModule } from './loads-hidden-module.ts'
import { manifestConfusion } from './manifest-confusion.ts'
import { profilesHost } from './profiles-host.ts'
import { reverseShell } from './reverse-shell.ts'
import { runsHiddenCode } from './runs-hidden-code.ts'
import { runsUnseenInstall } from './runs-unseen-install.ts'
import { sendsEnvironment } from './sends-environment.ts'
import { sendsSecrets } from './sends-secrets.ts'
import { spiesOnUser } from './spies-on-user.ts'
import { stealsBrowserData } from './steals-browser-data.ts'
import { stealsCloudIdentity } from './steals-cloud-identity.ts'
import { stealsCredentials } from './steals-credentials.ts'
import { stealsMessengerTokens } from './steals-messenger-tokens.ts'
import { stealsWallets } from './steals-wallets.ts'
import { takesCommands } from './takes-commands.ts'

/** Every detector, in the order they run. Adding one touches its file, its test and samples, and this list. */
export const detectors: readonly Detector[] = [
  knownMalicious, downloadsAndRuns, runsUnseenInstall, runsHiddenCode, loadsHiddenModule, dropsProgram, takesCommands, reverseShell,
  sendsEnvironment, profilesHost, hidesWindowOrLog, stealsCredentials, stealsWallets, stealsBrowserData, stealsMessengerTokens,
  spiesOnUser, stealsCloudIdentity, sendsSecrets, impersonatedHost, directUrlDependency, manifestConfusion, archiveTrickery,
]

/** Version of the rules as a whole: changes whenever a detector is added, removed or raised. */
export const rules: string = detectors.map(({ id, version }) => `${id}@${version}`).sort().join(' ')
