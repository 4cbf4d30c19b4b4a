import type { Detector } from './detector.ts'
import { actsWhenUnpickled } from './acts-when-unpickled.ts'
import { archiveTrickery } from './archive-trickery.ts'
import { borrowsAReputation } from './borrows-a-reputation.ts'
import { changesCharacter } from './changes-character.ts'
import { commandsAssistants } from './commands-assistants.ts'
import { copiesMetadata } from './copies-metadata.ts'
import { deceivesReviewers } from './deceives-reviewers.ts'
import { destroys } from './destroys.ts'
import { directUrlDependency } from './direct-url-dependency.ts'
import { downloadsAndRuns } from './downloads-and-runs.ts'
import { dropsProgram } from './drops-program.ts'
import { hidesCodeOffScreen } from './hides-code-off-screen.ts'
import { hidesWindowOrLog } from './hides-window-or-log.ts'
import { imitatesAName } from './imitates-a-name.ts'
import { impersonatedHost } from './impersonated-host.ts'
import { injectsIntoApps } from './injects-into-apps.ts'
import { interceptsPayments } from './intercepts-payments.ts'
import { knownMalicious } from './known-malicious.ts'
import { loadsHiddenModule } from './loads-hidden-module.ts'
import { manifestConfusion } from './manifest-confusion.ts'
import { mines } from './mines.ts'
import { obeysOnOpen } from './obeys-on-open.ts'
import { obfuscated } from './obfuscated.ts'
import { oddVersion } from './odd-version.ts'
import { persists } from './persists.ts'
import { profilesHost } from './profiles-host.ts'
import { publishesItself } from './publishes-itself.ts'
import { reverseShell } from './reverse-shell.ts'
import { runsHiddenCode } from './runs-hidden-code.ts'
import { runsUnseenInstall } from './runs-unseen-install.ts'
import { sdistDiffers } from './sdist-differs.ts'
import { sendsEnvironment } from './sends-environment.ts'
import { sendsSecrets } from './sends-secrets.ts'
import { speaksToDrop } from './speaks-to-drop.ts'
import { spiesOnUser } from './spies-on-user.ts'
import { stealsBrowserData } from './steals-browser-data.ts'
import { stealsCloudIdentity } from './steals-cloud-identity.ts'
import { stealsCredentials } from './steals-credentials.ts'
import { stealsEntrustedKeys } from './steals-entrusted-keys.ts'
import { stealsMessengerTokens } from './steals-messenger-tokens.ts'
import { stealsWallets } from './steals-wallets.ts'
import { suspiciousBinary } from './suspicious-binary.ts'
import { swapsAddresses } from './swaps-addresses.ts'
import { takesCommands } from './takes-commands.ts'
import { thinPackage } from './thin-package.ts'
import { throwawayAuthor } from './throwaway-author.ts'

/** Every detector, in the order they run. Adding one touches its file, its test and samples, and this list. */
export const detectors: readonly Detector[] = [
  knownMalicious, downloadsAndRuns, runsUnseenInstall, runsHiddenCode, loadsHiddenModule, actsWhenUnpickled, dropsProgram, takesCommands, reverseShell,
  sendsEnvironment, profilesHost, hidesWindowOrLog, stealsCredentials, stealsWallets, stealsBrowserData, stealsMessengerTokens,
  spiesOnUser, stealsCloudIdentity, sendsSecrets, speaksToDrop, persists, destroys, publishesItself, injectsIntoApps, mines,
  swapsAddresses, interceptsPayments, stealsEntrustedKeys, commandsAssistants, hidesCodeOffScreen, obfuscated, obeysOnOpen, deceivesReviewers, suspiciousBinary, impersonatedHost,
  directUrlDependency, manifestConfusion, archiveTrickery, changesCharacter,
  sdistDiffers, borrowsAReputation, copiesMetadata, imitatesAName, oddVersion, throwawayAuthor, thinPackage,
]

/** Version of the rules as a whole: changes whenever a detector is added, removed or raised. */
export const rules: string = detectors.map(({ id, version }) => `${id}@${version}`).sort().join(' ')
