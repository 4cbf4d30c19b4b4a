import type { Severity } from '../../core/types.ts'
import { isBefore } from '../deed.ts'
import { configuring, isTemporary } from '../kit/configure.ts'
import { distinct, earliest, own, strangers } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import { printable } from '../kit/decoded.ts'
import { chain, when } from '../kit/telling.ts'
import type { About } from '../about.ts'
import type { Deed } from '../deed.ts'
import type { Rule } from '../rule.ts'

/** What says next to nothing by itself. */
const HARDLY = 0.4
const SCRIPT = /\.(?:[cm]?js|py|sh|ts)$/
/** Where it is installed, not a copy that it works on. */
const MANIFEST = /^(?!\/(?:var\/)?tmp\/).*\/node_modules\/(?<name>@[^/]+\/[^/]+|[^/]+)\/package\.json$/

/** The code that ran was deleted, or the manifest that started it was rewritten. */
export const didHideItself: Rule = {
  id: 'did-hide-itself',
  version: 3,
  why: ['Whoever looks for the cause afterwards finds a package with nothing in it.'],
  judge(scene) {
    const isConfiguring = configuring(scene)
    const all = distinct(own(scene, 'delete', 'rename', 'write').filter((deed) => deed.tool === null && hides(deed, scene.about) && !keepsHooks(deed, scene.about) && !(isTemporary(deed.act.target) && isConfiguring(deed))))
    const first = earliest(all)
    if (!first) return []
    const spoke = strangers(scene).some((one) => isBefore(one, first))
    // Tools that build write into the manifest what they built for; of what nobody was told, and whose code is still there, nothing is hidden.
    const isManifest = all.every(({ act }) => act.kind === 'write')
    const severity: Severity = first.phase === 'execute' || isManifest && !spoke ? 'low' : spoke ? 'high' : 'medium'
    return found({ detector: this.id, behaviour: 'evasion', severity, ...(isManifest && !spoke ? { most: HARDLY } : {}), title: `${when(first)} removed what it had run` },
      chain(scene.about, all.slice(0, 5).map((deed) => [deed, 'removes its own trace', 'sink'] as const)))
  },
}

/** The manifest was written anew, and says as before what runs by itself: that hides nothing. */
function keepsHooks({ act }: Deed, { hooks, ref }: About): boolean {
  if (act.kind !== 'write' || MANIFEST.exec(act.target)?.groups?.name !== ref.name || act.sample === undefined || hooks.length === 0) return false
  const text = printable(act.sample, 8192)
  return hooks.every(({ name, command }) => text.replaceAll(' ', '').includes(`${JSON.stringify(name)}:${JSON.stringify(command)}`.replaceAll(' ', '')))
}

function hides({ act, process }: Deed, { ref }: About): boolean {
  const own = MANIFEST.exec(act.kind === 'rename' ? act.other ?? '' : act.target)?.groups?.name
  if (own !== undefined) return own === ref.name && act.kind !== 'delete'
  if (act.kind === 'write' || !SCRIPT.test(act.target)) return false
  const name = act.target.slice(act.target.lastIndexOf('/') + 1)
  const running = [act.by, ...(act.stack ?? [])].some((place) => place !== null && place.package === ref.name && act.target.endsWith(`/${place.file}`))
  return running || (process?.argv.slice(1, 4).some((word) => word === act.target || word === name || word.endsWith(`/${name}`)) ?? false)
}
