import type { Rule } from '../rule.ts'
import { didAskCloudIdentity } from './did-ask-cloud-identity.ts'
import { didBypassHooks } from './did-bypass-hooks.ts'
import { didChangePackages } from './did-change-packages.ts'
import { didChangeSettings } from './did-change-settings.ts'
import { didDestroy } from './did-destroy.ts'
import { didDetectSandbox } from './did-detect-sandbox.ts'
import { didDownloadAndRun } from './did-download-and-run.ts'
import { didDropProgram } from './did-drop-program.ts'
import { didExhaust } from './did-exhaust.ts'
import { didHideItself } from './did-hide-itself.ts'
import { didInjectApps } from './did-inject-apps.ts'
import { didInjectProcess } from './did-inject-process.ts'
import { didListen } from './did-listen.ts'
import { didMine } from './did-mine.ts'
import { didOpenReverseShell } from './did-open-reverse-shell.ts'
import { didPersist } from './did-persist.ts'
import { didPlantFiles } from './did-plant-files.ts'
import { didProfileHost } from './did-profile-host.ts'
import { didPublish } from './did-publish.ts'
import { didReadBrowserData } from './did-read-browser-data.ts'
import { didReadCredentials } from './did-read-credentials.ts'
import { didReadMessengerTokens } from './did-read-messenger-tokens.ts'
import { didReadWallets } from './did-read-wallets.ts'
import { didRunFromMemory } from './did-run-from-memory.ts'
import { didRunUnseenInstall } from './did-run-unseen-install.ts'
import { didScanNetwork } from './did-scan-network.ts'
import { didSendEnvironment } from './did-send-environment.ts'
import { didSendSecrets } from './did-send-secrets.ts'
import { didSpeakToStrangers } from './did-speak-to-strangers.ts'
import { didSpy } from './did-spy.ts'
import { didStayRunning } from './did-stay-running.ts'
import { didSwapClipboard } from './did-swap-clipboard.ts'
import { didTakeCommands } from './did-take-commands.ts'
import { didTouchWatchers } from './did-touch-watchers.ts'
import { didTryForbidden } from './did-try-forbidden.ts'
import { didTunnelDns } from './did-tunnel-dns.ts'
import { didUseOddTools } from './did-use-odd-tools.ts'
import { didWait } from './did-wait.ts'

/** Every rule of conduct, in the order they run. Adding one touches its file, its samples and test, and this list. */
export const rules: readonly Rule[] = [
  didAskCloudIdentity, didBypassHooks, didChangePackages, didChangeSettings, didDestroy, didDetectSandbox, didDownloadAndRun, didDropProgram,
  didExhaust, didHideItself, didInjectApps, didInjectProcess, didListen, didMine, didOpenReverseShell, didPersist, didPlantFiles, didProfileHost,
  didPublish, didReadBrowserData, didReadCredentials, didReadMessengerTokens, didReadWallets, didRunFromMemory, didRunUnseenInstall,
  didScanNetwork, didSendEnvironment, didSendSecrets, didSpeakToStrangers, didSpy, didStayRunning, didSwapClipboard, didTakeCommands,
  didTouchWatchers, didTryForbidden, didTunnelDns, didUseOddTools, didWait,
]

/** Version of the rules as a whole, as of the detectors. */
export const conductRules: string = rules.map(({ id, version }) => `${id}@${version}`).sort().join(' ')
