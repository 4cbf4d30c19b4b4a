import { distinct, earliest, lineOf, own } from '../kit/flow.ts'
import { environmentsMade } from '../kit/made.ts'
import { found } from '../kit/found.ts'
import type { ByPhase } from '../kit/found.ts'
import { chain, when } from '../kit/telling.ts'
import type { Deed } from '../deed.ts'
import type { Rule } from '../rule.ts'

const PLACES = { 'shell-startup': 'a shell’s start-up file', autostart: 'what starts by itself', 'ssh-keys': 'the keys that may log in' } as const
const COMMANDS = /\bcrontab\s+(?:-\s*$|-u\b|\S*\/\S+|\S+\.(?:txt|cron))|\bsystemctl\b.*\benable\b|\bschtasks\b.*\/create|\blaunchctl\b\s+(?:load|bootstrap)|\breg(?:\.exe)?\s+add\b.*\\run\b|\bupdate-rc\.d\b|\bloginctl\b\s+enable-linger|\bat\s+now\b/i
const SEVERITY: ByPhase = { install: 'critical', import: 'critical', execute: 'high' }
const TRIED: ByPhase = { install: 'high', import: 'high', execute: 'medium' }

/** Something was put where it starts again by itself. */
export const didPersist: Rule = {
  id: 'did-persist',
  version: 2,
  why: ['What starts again by itself outlives the package that put it there, and its removal.'],
  judge(scene) {
    const isNew = environmentsMade(scene)
    const written = own(scene, 'write', 'rename', 'link').filter((deed) => placeOf(deed) !== null && !isNew(deed))
    const all = distinct([...written, ...own(scene, 'exec').filter((deed) => COMMANDS.test(lineOf(deed)))])
    const done = all.filter(({ act }) => act.done)
    const first = earliest(done.length > 0 ? done : all)
    if (!first) return []
    const severity = (done.length > 0 ? SEVERITY : TRIED)[first.phase]
    const what = placeOf(first) ?? 'what starts by itself'
    return found({ detector: this.id, behaviour: 'persistence', severity, title: `${when(first)} ${first.act.done ? 'changed' : 'tried to change'} ${what}` },
      chain(scene.about, [first, ...all.filter((one) => one !== first)].slice(0, 6).map((deed) => [deed, `changes ${placeOf(deed) ?? 'what starts by itself'}`, 'sink'] as const)))
  },
}

function placeOf({ place, act }: Deed): string | null {
  const named = place === 'shell-startup' || place === 'autostart' || place === 'ssh-keys' ? PLACES[place] : null
  // Libraries of Python put start-up files of their own into the folders they are built in.
  return named !== null && !/\/(?:build|pip-[^/]*|tmp)\/.*\.(?:pth|py)$/.test(act.target) ? named : null
}
