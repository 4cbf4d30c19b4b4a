import type { Severity } from '../../core/types.ts'
import { MOST_CHANGES } from '../../sandbox/record.ts'
import type { PassName } from '../../sandbox/record.ts'
import { distinct, earliest, lineOf, own } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import { chain, when } from '../kit/telling.ts'
import type { Deed } from '../deed.ts'
import type { Rule } from '../rule.ts'
import { isCallersFile } from '../habits/places.ts'

const THEIRS = /^\/(?:home\/[^/]+|root)\/(?!\.(?:cache|npm|local\/share\/pnpm|config\/configstore)\/)/
const WIPES = /\brm\s+(?:-\S+\s+)*-\w*[rf]\w*\s+(?:\S+\s+)*(?:~|\$HOME|\/home\/[^/\s]+|\/root|\/)\/?(?:\*|\s|$)|\b(?:shred|mkfs(?:\.\w+)?|wipefs)\s|\bdd\b.*\bof=\/dev\/|\b(?:del|rd|rmdir)\s+\/s\b|\bformat\s+c:/i
const MANY = 5

/** Files of the user were deleted or written over. What the run itself had made is its own. */
export const didDestroy: Rule = {
  id: 'did-destroy',
  version: 3,
  why: ['What is gone is gone: a package that deletes a home folder has done its work before anybody reads a warning.'],
  judge(scene) {
    const left = new Map(scene.disk.map(({ path, pass, what }) => [`${pass} ${path}`, what]))
    // What was there before is missed afterwards. Where nobody looked, or so much is missed that not all is told, it is taken for the user's.
    const missed = new Set(scene.disk.filter(({ what }) => what === 'deleted').map(({ path, pass }) => `${pass} ${path}`))
    const untold = new Set(scene.phases.filter(({ disk }) => disk.length >= MOST_CHANGES && !disk.some(({ what }) => what === 'created')).map(({ pass }) => pass))
    const looked = (pass: PassName): boolean => scene.phases.length > 0 && !untold.has(pass)
    // A socket that is listened on is a file that was made.
    const touched = new Set(own(scene, 'listen').map(({ act, pass }) => `${pass} ${act.target}`))
    const gone = own(scene, 'write', 'delete', 'rename').filter((deed) => {
      const { act, pass } = deed
      if (!act.done) return false
      const path = `${pass} ${act.target}`
      if (!THEIRS.test(act.target) || isCallersFile(deed) || deed.place === 'package-code' || deed.tool !== null) return false
      const made = left.get(path) === 'created' || touched.has(path) || looked(pass) && !missed.has(path)
      if (act.kind === 'write') touched.add(path)
      return act.kind === 'write' ? left.get(path) === 'changed' && DOCUMENTS.test(act.target) : !made && (act.kind === 'delete' || isLocked(act.other ?? '', act.target))
    })
    const wipes = own(scene, 'exec').filter((deed) => WIPES.test(lineOf(deed)))
    const all = distinct([...wipes, ...gone])
    const first = earliest(wipes) ?? earliest(gone)
    if (!first) return []
    const count = distinct(gone).length
    const stated: Severity = wipes.length > 0 || count >= MANY ? 'critical' : count >= 2 ? 'high' : 'medium'
    const severity: Severity = first.phase !== 'execute' ? stated : wipes.length > 0 ? 'high' : called(gone)
    return found({ detector: this.id, behaviour: 'destruction', severity, title: `${when(first)} ${wipes.length > 0 ? 'set out to wipe what the user has' : `deleted ${count} file${count === 1 ? '' : 's'} of the user`}` },
      chain(scene.about, [first, ...all.filter((one) => one !== first)].slice(0, 7).map((deed) => [deed, 'destroys what is the user’s', 'sink'] as const)))
  },
}

/** Tidying the project it is called in, or a setting of its own, is what a function may be for; what people keep, and many files anywhere else, are not. */
function called(gone: readonly Deed[]): Severity {
  const elsewhere = distinct(gone.filter(({ act }) => act.kind === 'rename' || !PROJECT.test(act.target)))
  const kept = elsewhere.filter(({ act }) => act.kind === 'rename' || DOCUMENTS.test(act.target)).length
  return elsewhere.length >= MANY || kept >= 2 ? 'high' : kept === 1 ? 'medium' : 'low'
}
const PROJECT = /^\/home\/[^/]+\/(?:projects|work)\/[^/]+\//

/** Settings and projects are written by many; what people keep in these folders is nobody else’s. */
const DOCUMENTS = /^\/(?:home\/[^/]+|root)\/(?:Documents|Desktop|Downloads|Pictures|Music|Videos|Dropbox|OneDrive)\//i
const LOCKED = /\.(?:locked|encrypted|enc|crypt\w*|lock(?:ed|bit)|wncry|pay)$/i
/** A new ending after the whole old name is how files are held to ransom. */
const isLocked = (to: string, from: string): boolean => LOCKED.test(to) || to.startsWith(`${from}.`)
