import type { Action } from '../analysis/facts.ts'
import type { Detector } from './detector.ts'
import { reachOf, sureness, worse } from './kit/chains.ts'
import type { ByReach } from './kit/chains.ts'
import { evidence, shown, when } from './kit/evidence.ts'

const APPLICATION: ByReach = { unasked: 'critical', loaded: 'critical', asked: 'high', called: 'medium', loose: 'high' }
/** Editors take extensions from whoever puts them into their folder, and some tools do that for their users. */
const EXTENSION: ByReach = { unasked: 'high', loaded: 'high', asked: 'low', called: 'low', loose: 'low' }
/** A browser's extension that is put together from texts in the code: browsers are told to load it. */
const ASSEMBLED: ByReach = { unasked: 'critical', loaded: 'critical', asked: 'low', called: 'low', loose: 'low' }
/** Tools patch and generate what is installed beside them. */
const PACKAGE: ByReach = { unasked: 'medium', loaded: 'low', asked: 'info', called: 'info', loose: 'info' }

/** Code writes into the program files of applications that the user has installed: wallets, messengers, editors, other packages. */
export const injectsIntoApps: Detector = {
  id: 'injects-into-apps',
  version: 2,
  ecosystems: ['npm', 'pypi', 'go'],
  needs: ['does:write'],
  why: [
    'A changed wallet or messenger works on for its user and for the attacker, long after the package is gone.',
    'Applications update themselves; nobody else has business among their files.',
  ],
  detect(_pkg, facts) {
    const writes = facts.actions.filter(({ kind }) => kind === 'write')
      .flatMap((action) => { const table = tableOf(action, facts.actions); return table ? [{ action, severity: table[reachOf(action)] }] : [] })
      .filter(({ severity }) => severity !== 'info')
      .toSorted((a, b) => worse(a.severity, b.severity))
    const [worst] = writes
    if (!worst) return []
    const says = ({ call, argument }: Action): string => `${call} writes ${argument}`
    return [{
      detector: injectsIntoApps.id, behaviour: 'app-injection', severity: worst.severity, confidence: sureness(worst.severity, 0.9),
      title: `${when(worst.action)} writes ${whereOf(worst.action)}`,
      evidence: evidence({ ...shown(worst.action, says(worst.action)), role: 'sink' }, writes.slice(1).map(({ action }) => ({ ...shown(action, says(action)), role: 'sink' as const }))),
    }]
  },
}

function whereOf({ touches, argument }: Action): string {
  if (touches === 'app-code') return 'into an installed application'
  return touches === 'package-code' ? 'into another package' : `an extension for browsers: ${argument}`
}

function tableOf({ touches, argument }: Action, actions: readonly Action[]): ByReach | null {
  if (isAssembled(argument, actions)) return ASSEMBLED
  if (touches === 'app-code') return /[\\/]extensions(?:[\\/]|$)/.test(argument ?? '') ? EXTENSION : APPLICATION
  return touches === 'package-code' && OTHER.test(argument ?? '') ? PACKAGE : null
}

/** A manifest, and a background script in the same folder outside of the package. */
function isAssembled(path: string | null, actions: readonly Action[]): boolean {
  const folder = path === null ? undefined : /^(?!<package>)(.+[\\/])manifest\.json$/.exec(path)?.[1]
  return folder !== undefined && actions.some(({ kind, argument }) => kind === 'write' && argument !== null && argument.startsWith(folder) && /^(?:background|content|inject|service[-_]?worker|main|script)\w*\.js$/i.test(argument.slice(folder.length)))
}

/** A file of a package that is named; folders with a dot are caches of tools. */
const OTHER = /(?:node_modules|site-packages)[\\/](?:@[\w.-]+[\\/])?[a-z][\w.-]*[\\/].*\.(?:[cm]?js|py)$/i
