import type { Action } from '../analysis/facts.ts'
import type { Detector } from './detector.ts'
import { reachOf, sureness, worse } from './kit/chains.ts'
import type { ByReach } from './kit/chains.ts'
import { evidence, shown, when } from './kit/evidence.ts'

const SEVERITY: ByReach = { unasked: 'high', loaded: 'high', asked: 'low', called: 'low', loose: 'low' }
/** With something fetched or hidden in it, or with a key for somebody else. */
const ARMED: ByReach = { unasked: 'critical', loaded: 'critical', asked: 'high', called: 'high', loose: 'medium' }
/** Shells are told of completions in what they start with, by functions that commands are handed. */
const COMPLETES: ByReach = { ...SEVERITY, loaded: 'low' }
const completes = ({ touches, file, trigger }: Action): boolean => touches === 'shell-startup' && /complet/i.test(`${file} ${trigger.name}`)
const PLACES = new Set(['autostart', 'shell-startup', 'ssh-keys'])
/** Programs that make something start again, by their command line. */
const KEEPERS = /^(?:crontab(?! -l\b)|at |schtasks\S* .*\/create|reg\S* add .*\\Run|sc\S* create|systemctl .*\benable|launchctl (?:load|bootstrap)|update-rc\.d|chkconfig|net (?:user|localgroup|group) .*\/add|usermod|useradd|set-itemproperty .*\\Run|new-scheduledtask|register-scheduledtask)/i

/** Code sees to it that something starts again: with the machine, with the user's session or with every shell. */
export const persists: Detector = {
  id: 'persists',
  version: 3,
  ecosystems: ['npm', 'pypi', 'go'],
  needs: ['does:write', 'does:spawn'],
  why: [
    'What starts again by itself outlives the package that put it there, and its removal.',
    'A package is started by its user; nothing it is for needs the machine to start it.',
  ],
  detect(_pkg, facts) {
    const keeps = facts.actions.filter(keeping)
      .map((action) => ({ action, severity: (armed(action, facts.actions) ? ARMED : completes(action) ? COMPLETES : SEVERITY)[reachOf(action)] }))
      .toSorted((a, b) => worse(a.severity, b.severity))
    const [worst] = keeps
    if (!worst) return []
    const says = ({ call, argument }: Action): string => `${call} makes something start again: ${argument}`
    return [{
      detector: persists.id, behaviour: 'persistence', severity: worst.severity, confidence: sureness(worst.severity, 0.85),
      title: `${when(worst.action)} makes something start again by itself`,
      evidence: evidence({ ...shown(worst.action, says(worst.action)), role: 'sink' }, keeps.slice(1).map(({ action }) => ({ ...shown(action, says(action)), role: 'sink' as const }))),
    }]
  },
}

/** Environments that a tool builds for itself are customised by a file of that name, too. */
const ISOLATED = /^…[\\/](?:(?:site|overlay|v?env|isolated)[\\/])?(?:sitecustomize|usercustomize)\.py$/

function keeping(action: Action): boolean {
  const { kind, touches, argument } = action
  if (kind === 'write') return touches !== null && PLACES.has(touches) && (!ISOLATED.test(argument ?? '') || reachOf(action) === 'unasked')
  return kind === 'spawn' && argument !== null && (KEEPERS.test(argument) || (touches === 'autostart' && /add|copy|cp|mv|move|create/i.test(argument)))
}

/** It holds what was fetched or hidden, starts what was fetched beside it, or lets somebody else in. */
function armed(action: Action, actions: readonly Action[]): boolean {
  const { from, touches, argument, file, lines } = action
  if (touches === 'ssh-keys' || from.includes('fetched') || from.includes('decoded') || /^net (?:user|localgroup|group) /i.test(argument ?? '')) return true
  return actions.some((other) => other.file === file && (
    other.hidden !== null && other.lines[0] === lines[0] && (other.kind === 'fetch' || other.kind === 'decode')
    || other.kind === 'write' && other.from.includes('fetched') && reachOf(other) === reachOf(action) && !/[\\/]/.test(other.argument ?? '/') && other.lines[0] <= lines[0]))
}
