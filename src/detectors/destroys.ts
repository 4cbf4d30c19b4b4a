import type { Action } from '../analysis/facts.ts'
import type { Detector } from './detector.ts'
import { reachOf, sureness, worse } from './kit/chains.ts'
import type { ByReach } from './kit/chains.ts'
import { evidence, shown, when } from './kit/evidence.ts'

const SEVERITY: ByReach = { unasked: 'critical', loaded: 'critical', asked: 'high', called: 'medium', loose: 'low' }
/** A path of which only the root is known, in a function of the language: who runs a command has named the rest. */
const LEFT: ByReach = { ...SEVERITY, asked: 'medium', called: 'low' }
const isLeft = ({ kind, argument, call }: Action): boolean => kind === 'delete' && argument === '/' && call.includes('.')
/** Everything where the process happens to be, by a command of the system: whoever calls a library is there, with work of their own. */
const HERE: ByReach = { unasked: 'high', loaded: 'high', asked: 'low', called: 'high', loose: 'low' }
const isHere = ({ kind, argument, call, file }: Action): boolean => kind === 'delete' && /^(?:rm|rd|rmdir|del|erase|remove-item)$/.test(call) && /^(?:\.|\.?\/?\*|\*\.\*)$/.test(argument ?? '') && /\.(?:[cm]?[jt]s|py|go)$/.test(file)
/** Switching the machine off takes what was not saved. */
const OFF: ByReach = { unasked: 'critical', loaded: 'high', asked: 'info', called: 'low', loose: 'low' }
const SWITCHES = /^(?:sudo )?(?:poweroff|halt|reboot|shutdown(?:\.exe)?(?: .*)?[ ](?:[-/][spr]\b|-h|now)|init [06]|stop-computer|restart-computer)\b/i
/** Everything, or everything of the user's. */
const ROOTS = /^(?:\/|\/\*|~|~\/\*?|<home>\/?\*?|\$\{?HOME\}?\/?\*?|[A-Z]:[\\/]*\*?|%(?:USERPROFILE|SYSTEMROOT|SystemDrive)%[\\/]*\*?|\/(?:home|etc|usr|var|boot|root|Users)\/?\*?|\/dev\/(?:[sv]d[a-z]|nvme\d|hd[a-z]|disk\d|mmcblk\d)\w*|\\\\[.?]\\PhysicalDrive\d|<home>\/(?:Documents|Desktop|Downloads|Pictures)\/?\*?)$/i
const TOOLS = /\b(?:mkfs(?:\.\w+)?|shred|vssadmin\S* delete|wbadmin\S* delete|cipher\S* \/w|format\S* [a-z]:|diskpart|bcdedit .*recoveryenabled|rm .*--no-preserve-root)\b|\bdd .*\bof=\/dev\//i

/** Code deletes or overwrites what belongs to the user: a home folder, a disk, the backups. */
export const destroys: Detector = {
  id: 'destroys',
  version: 4,
  ecosystems: ['npm', 'pypi', 'go'],
  needs: ['does:delete', 'does:spawn', 'does:encrypt'],
  why: [
    'What is gone is gone: a package that deletes a home folder has done its work before anybody reads a warning.',
    'Honest code deletes what it made; the root of a disk or of a home is nobody’s own.',
  ],
  detect(_pkg, facts) {
    const found = facts.actions.filter((action) => destroying(action) || ransoming(action, facts.actions) || switching(action) || isHere(action))
      .map((action) => ({ action, severity: (switching(action) ? OFF : isHere(action) ? HERE : isLeft(action) ? LEFT : SEVERITY)[reachOf(action)] }))
      .filter(({ severity }) => severity !== 'info')
      .toSorted((a, b) => worse(a.severity, b.severity))
    const [worst] = found
    if (!worst) return []
    return [{
      detector: destroys.id, behaviour: 'destruction', severity: worst.severity, confidence: sureness(worst.severity, 0.9),
      title: `${when(worst.action)} destroys what belongs to the user`,
      evidence: evidence({ ...shown(worst.action, `${worst.action.call} destroys ${worst.action.argument ?? 'files that it found'}`), role: 'sink' },
        found.slice(1).map(({ action }) => ({ ...shown(action, `${action.call} destroys ${action.argument ?? 'files that it found'}`), role: 'sink' as const }))),
    }]
  },
}

function destroying(action: Action): boolean {
  const { kind, argument } = action
  if (argument === null) return false
  return kind === 'delete' ? ROOTS.test(argument) && goesDeep(action) : kind === 'spawn' && TOOLS.test(argument)
}

/** A call that deletes one file deletes no root: "/" is what is left of a path whose other parts are not known. */
function goesDeep({ call, excerpt, argument }: Action): boolean {
  return argument !== '/' || !/^(?:fs|os|pathlib|path)\b/.test(call) || /recursive|rmtree|remove(?:Sync|All)?$|emptyDir/i.test(`${excerpt} ${call}`)
}

const switching = ({ kind, argument }: Action): boolean => kind === 'spawn' && argument !== null && SWITCHES.test(argument)

/** Files that a search of the home folder found are encrypted, and the originals written over or deleted. */
function ransoming({ kind, from, file }: Action, actions: readonly Action[]): boolean {
  if (kind !== 'encrypt' || !from.includes('files')) return false
  return actions.some((other) => other.file === file && (other.kind === 'delete' || (other.kind === 'write' && other.from.includes('encoded'))))
}
