import type { Action, Facts } from '../analysis/facts.ts'
import type { Severity } from '../core/types.ts'
import type { Detector } from './detector.ts'
import { chain, reachOf, worse } from './kit/chains.ts'
import type { ByReach } from './kit/chains.ts'
import { evidence, when } from './kit/evidence.ts'

type Cover = 'protection' | 'log' | 'window' | 'unseen' | 'itself'

const SEVERITY: Readonly<Record<Cover, ByReach>> = {
  protection: { unasked: 'critical', loaded: 'critical', asked: 'medium', called: 'medium', loose: 'low' },
  log: { unasked: 'high', loaded: 'high', asked: 'low', called: 'low', loose: 'low' },
  window: { unasked: 'medium', loaded: 'low', asked: 'info', called: 'info', loose: 'info' },
  unseen: { unasked: 'high', loaded: 'high', asked: 'info', called: 'info', loose: 'info' },
  itself: { unasked: 'high', loaded: 'high', asked: 'low', called: 'info', loose: 'info' },
}
/** A window that hides what is fetched, decoded or sent. */
const WITH_CHAIN: ByReach = { unasked: 'high', loaded: 'high', asked: 'low', called: 'low', loose: 'low' }

const COMMANDS: readonly (readonly [Cover, RegExp])[] = [
  ['protection', /(?:Set|Add)-MpPreference|DisableRealtimeMonitoring|DisableAntiSpyware|netsh\s+(?:advfirewall\s+set\s+\w+\s+state\s+off|firewall\s+set\s+opmode\s+disable)|(?:sc|net)(?:\.exe)?\s+(?:stop|delete)\s+"?(?:WinDefend|SecurityHealthService|Sense|wscsvc|MpsSvc)|sc(?:\.exe)?\s+config\s+"?WinDefend|taskkill\s.{0,80}(?:MsMpEng|avastui|avgui|mcshield|ekrn|bdagent)|\bsetenforce\s+0|csrutil\s+disable|spctl\s+--master-disable|ufw\s+disable|systemctl\s+(?:stop|disable)\s+(?:auditd|falcon-sensor|clamav\S*|apparmor)|xattr\s+-\w*d\w*\s+com\.apple\.quarantine/i],
  ['log', /\bhistory\s+-c|\bunset\s+HISTFILE|HISTFILE=\/dev\/null|HISTSIZE=0|wevtutil\s+cl\b|Clear-EventLog|Clear-History|Remove-Item\s.{0,80}ConsoleHost_history|\bshred\s.{0,60}(?:_history|\/var\/log)|rm\s.{0,60}(?:\.bash_history|\/var\/log\/(?:auth|syslog|wtmp|btmp|lastlog|secure))|ln\s+-sf?\s+\/dev\/null\s.{0,40}_history/i],
  ['window', /-w(?:in(?:dowstyle)?)?\s+(?:hidden|1\b)|-windowstyle:hidden|WScript\.Shell.{0,80}\.Run\s*\(?.{1,200},\s*0\b|CREATE_NO_WINDOW/i],
]
/** An interpreter that shows no window. */
const WINDOWLESS = /^(?:\S*[\\/])?pythonw(?:\.exe)?(?:\s|$)|^\S{1,200}\.pyw$/i
const STARTED = /\b(?:powershell|pwsh)\b/i
const HISTORY = /_history$|\/var\/log\/(?:auth|syslog|wtmp|btmp|lastlog|secure|messages)|ConsoleHost_history\.txt$/
const CHAINED = new Set<Action['kind']>(['fetch', 'connect', 'send'])

/** Code covers its tracks: windows that do not show, logs and histories that are cleared, protection switched off, itself deleted. */
export const hidesWindowOrLog: Detector = {
  id: 'hides-window-or-log',
  version: 2,
  ecosystems: ['npm', 'pypi', 'go'],
  why: ['Honest installers leave their files where they are, their windows open and the protection of the machine on.'],
  detect(_pkg, facts) {
    const found = facts.actions.flatMap((action) => {
      const cover = coverOf(action, facts)
      return cover === null ? [] : [{ action, cover, severity: severityOf(action, cover, facts) }]
    }).sort((a, b) => worse(a.severity, b.severity))
    const [worst] = found
    if (!worst || worst.severity === 'info') return []
    const all = found.filter((one) => one.severity !== 'info').flatMap(({ action, cover }) => chain(action, `${action.call} ${SAYS[cover]}${action.argument ? `: ${action.argument}` : ''}`))
    return [{
      detector: hidesWindowOrLog.id, behaviour: 'evasion', severity: worst.severity, confidence: worst.severity === 'medium' ? 0.7 : 0.9,
      title: `${when(worst.action)} ${SAYS[worst.cover]}`,
      evidence: evidence(all[0] ?? chain(worst.action, worst.action.call)[0], all.slice(1)),
    }]
  },
}

const SAYS = {
  protection: 'switches off what protects the machine', log: 'clears a history or a log', window: 'starts a program without a window', unseen: 'starts an interpreter without a window', itself: 'deletes its own code',
} as const

function coverOf(action: Action, facts: Facts): Cover | null {
  const { kind, argument } = action
  if (argument === null) return null
  // How PowerShell was started stands in the line only, not in what it runs.
  if ((kind === 'spawn' || kind === 'execute') && WINDOWLESS.test(argument)) return 'unseen'
  if (kind === 'spawn' || kind === 'execute') return COMMANDS.find(([, pattern]) => pattern.test(argument) || action.hidden === null && STARTED.test(action.excerpt) && pattern.test(action.excerpt))?.[0] ?? null
  if (kind !== 'delete') return null
  if (HISTORY.test(argument)) return 'log'
  return isItself(action, argument) && hasChain(action, facts) ? 'itself' : null
}

/** A file that removes itself, or the manifest that names it, after it has asked the network. */
function isItself({ file }: Action, path: string): boolean {
  const plain = path.replace(/^<package>\//, '').replace(/^(?:\.\/)+/, '')
  return plain === file || plain === 'package.json' || path === '__file__' || path.startsWith('<package>/') && file.endsWith(`/${plain}`)
}

const hasChain = (action: Action, { actions }: Facts): boolean =>
  action.from.length > 0 || actions.some((other) => other.file === action.file && reachOf(other) === reachOf(action) && (CHAINED.has(other.kind) || other.hidden !== null || other.from.includes('fetched') || other.from.includes('decoded')))

const severityOf = (action: Action, cover: Cover, facts: Facts): Severity =>
  ((cover === 'window' && hidesChain(action, facts) ? WITH_CHAIN : undefined) ?? SEVERITY[cover])[reachOf(action)]

/** Whether the same line fetches or decodes what runs behind the window. */
const hidesChain = (action: Action, { actions }: Facts): boolean => action.hidden !== null || action.from.includes('fetched') || action.from.includes('decoded')
  || actions.some(({ kind, file, lines }) => CHAINED.has(kind) && file === action.file && lines[0] === action.lines[0])
