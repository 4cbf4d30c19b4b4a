import type { Severity } from '../../core/types.ts'
import { distinct, earliest, own } from '../kit/flow.ts'
import { environmentsMade } from '../kit/made.ts'
import { found } from '../kit/found.ts'
import { chain, when } from '../kit/telling.ts'
import type { About } from '../about.ts'
import type { Deed } from '../deed.ts'
import type { Rule } from '../rule.ts'

const FOLDER = /.*\/(?:node_modules\/(?<npm>@[^/]+\/[^/]+|[^/]+)|(?:site|dist)-packages\/(?<py>[^/]+))\/?(?<rest>.*)$/
const CODE = /\.(?:[cm]?js|jsx?|tsx?|py|so|node)$|(?:^|\/)package\.json$/
/** Folders that tools keep their own output in, and caches of compiled code. */
const OUTPUT = /^[._]|__pycache__|\.(?:dist-info|egg-info|data)$/

/** Files of another package were changed by this one’s code. */
export const didChangePackages: Rule = {
  id: 'did-change-packages',
  version: 4,
  why: ['Whoever changes another package is not there any more when that one is looked at.'],
  judge(scene) {
    const isNew = environmentsMade(scene)
    const all = distinct(own(scene, 'write', 'rename', 'delete').filter((deed) => deed.tool === null && !isNew(deed) && otherOf(deed, scene.about) !== null))
    const code = all.filter(({ act }) => CODE.test(act.kind === 'rename' ? act.other ?? '' : act.target))
    const first = earliest(code.length > 0 ? code : all)
    if (!first) return []
    // Putting packages where there were none is what functions of a package manager are called for.
    const isChanged = ({ act, pass }: Deed): boolean => scene.disk.some((one) => one.pass === pass && one.path === act.target && one.what !== 'created')
    const severity: Severity = code.length === 0 ? 'low' : first.phase !== 'execute' ? 'high' : code.some(isChanged) ? 'medium' : 'low'
    return found({ detector: this.id, behaviour: 'app-injection', severity, title: `${when(first)} changed files of ${otherOf(first, scene.about)}` },
      chain(scene.about, [first, ...all.filter((one) => one !== first)].slice(0, 6).map((deed) => [deed, `changes ${otherOf(deed, scene.about)}`, 'sink'] as const)))
  },
}

/** What tools for native add-ons leave beside these, for them alone. */
const isBuilt = (rest: string): boolean => rest.startsWith('build/') && !CODE.test(rest)

/** The package whose folder was written into, where it is neither the one that is judged nor that of the code that did it. */
function otherOf({ act, process }: Deed, { ref }: About): string | null {
  const { npm, py, rest = '' } = FOLDER.exec(act.kind === 'rename' ? act.other ?? act.target : act.target)?.groups ?? {}
  const name = npm ?? py?.replace(/\.(?:py|so|pth)$/, '')
  if (name === undefined || isBuilt(rest) || OUTPUT.test(name) || rest.includes('__pycache__') || /^\.?cache\//.test(rest)) return null
  const same = (other: string | null): boolean => other !== null && other.toLowerCase().replaceAll(/[-_.]+/g, '_') === name.toLowerCase().replaceAll(/[-_.]+/g, '_')
  // A dependency that is set up writes into its own folder.
  return same(ref.name) || same(act.by?.package ?? null) || (process?.cwd?.endsWith(`/${name}`) ?? false) ? null : name
}
