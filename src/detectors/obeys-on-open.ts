import type { Action } from '../analysis/facts.ts'
import type { Evidence, Severity, UnpackedPackage } from '../core/types.ts'
import type { Detector } from './detector.ts'
import { chain, raised, reachOf, sureness, worse } from './kit/chains.ts'
import type { ByReach } from './kit/chains.ts'
import { evidence, shown, when } from './kit/evidence.ts'
import { trustOf } from './kit/hosts.ts'
import type { Ground } from './kit/origins.ts'

/** Code puts commands where an editor, an assistant, git or a CI service will obey them. Tools do so when they are asked. */
const PLANTED: ByReach = { unasked: 'high', loaded: 'high', asked: 'info', called: 'info', loose: 'low' }
/** Many packages that help with git set up its hooks for the project they are installed in. */
const GIT_HOOKS: ByReach = { unasked: 'low', loaded: 'low', asked: 'info', called: 'info', loose: 'info' }

/** A file of the package whose name promises no code. */
const DISGUISED = /^(?:\S*[\\/])?(?:node|python[\d.]*|(?:ba|z)?sh)\s+\S+\.(?:woff2?|ttf|otf|png|jpe?g|gif|ico|svg|txt|md|dat|log|json)\b/i

interface Found {
  severity: Severity
  title: string
  places: [Evidence, ...Evidence[]]
}

/** A file that is obeyed when a folder is opened runs something, or code writes such a file. */
export const obeysOnOpen: Detector = {
  id: 'obeys-on-open',
  version: 1,
  ecosystems: ['npm', 'pypi', 'go'],
  why: [
    'Whoever opens the folder of a package to review it starts what its settings say, before a line was read.',
    'A hook, a task or a workflow that a package leaves in a project runs for everybody who works on it.',
  ],
  detect(pkg, facts, outside) {
    const ground = { pkg, facts, outside }
    const found = [...facts.actions.flatMap((action) => shipped(action, ground)), ...facts.actions.flatMap(planted), ...bare(pkg)].toSorted((a, b) => worse(a.severity, b.severity))
    const [worst] = found
    if (!worst) return []
    const [first, ...rest] = worst.places
    return [{
      detector: obeysOnOpen.id, behaviour: 'persistence', severity: worst.severity, confidence: sureness(worst.severity, 0.9),
      title: worst.title, evidence: evidence(first, [...rest, ...found.slice(1).flatMap(({ places }) => places)]),
    }]
  },
}

/** What the package brings along. */
function shipped(action: Action, ground: Ground): Found[] {
  if (action.trigger.kind !== 'editor') return []
  const severity = gravity(action, ground)
  return severity === null ? [] : [{ severity, title: `${when(action)} runs ${action.argument ?? action.call}`, places: chain(action, `${action.call} runs when the folder is opened: ${action.argument ?? ''}`) }]
}

function gravity(action: Action, { pkg, outside }: Ground): Severity | null {
  const { kind, from, argument, hidden } = action
  if (kind === 'send' || (kind === 'collect' && !from.includes('host'))) return 'high'
  if (kind === 'execute') return from.includes('fetched') || from.includes('decoded') || hidden !== null ? 'high' : 'medium'
  if (kind === 'fetch' || kind === 'connect') return trustOf(argument, pkg, outside) === 'hostile' ? 'high' : 'medium'
  if (kind === 'spawn') return DISGUISED.test(argument ?? '') || hidden !== null ? 'high' : 'low'
  return null
}

/** What code leaves behind. */
function planted(action: Action): Found[] {
  if (action.kind !== 'write' || (action.touches !== 'assistant' && action.touches !== 'ci')) return []
  const table = /\.git[\\/]hooks/.test(action.argument ?? '') ? GIT_HOOKS : PLANTED
  const foreign = action.from.includes('fetched') || action.from.includes('decoded')
  const severity = raised(table[reachOf(action)], foreign && table[reachOf(action)] !== 'info' ? 1 : 0)
  if (severity === 'info') return []
  return [{ severity, title: `${when(action)} writes ${action.argument}, which is obeyed by whoever opens the project`, places: [{ ...shown(action, `${action.call} writes ${action.argument}`), role: 'sink' }] }]
}

/** Hooks of git in an archive: git itself never packs them. */
function bare({ triggers, files }: UnpackedPackage): Found[] {
  return triggers.filter(({ kind, file, command }) => kind === 'editor' && command === undefined && file !== null && files.has(file)).map(({ file, name }) => ({
    severity: 'medium', title: `ships ${file}, which git runs`,
    places: [{ file: file ?? '', lines: [1, 1], excerpt: name, says: `git runs it at ${name}`, role: 'trigger' }],
  }))
}
