import type { PlaceKind } from '../../analysis/places.ts'
import type { Behaviour, Finding } from '../../core/types.ts'
import { isBefore } from '../deed.ts'
import type { Deed } from '../deed.ts'
import { placeTouched } from '../habits/places.ts'
import { asksForPackages, readsAsClient } from '../habits/registry-client.ts'
import type { Rule } from '../rule.ts'
import type { Scene } from '../scene.ts'
import { atMost, raised } from '../../detectors/kit/chains.ts'
import { distinct, earliest, firstSent, own, strangers } from './flow.ts'
import { found } from './found.ts'
import type { ByPhase } from './found.ts'
import { chain, when } from './telling.ts'

/** What somebody's own is, where it lies, and how grave it is that it was read. */
export interface Theft {
  id: Rule['id']
  behaviour: Behaviour
  places: readonly PlaceKind[]
  called: string
  /** One or two such places were read. */
  read: ByPhase
  /** From so many places on, nobody reads their own settings any more: one step graver. */
  sweep: number
  /** Clients of a service read it for a living when they are called, and speak to the service: there only a sweep makes it graver. */
  isLivelihood?: true
}

/** Reading it, and speaking to a stranger afterwards, is graver still: what was read may be in there, unreadable. */
export function theft({ id, behaviour, places, called, read, sweep, isLivelihood }: Theft, scene: Scene): Finding[] {
  const all = distinct(own(scene, 'read', 'link').filter((deed) => places.some((place) => place === takenFrom(deed)) && !isLookedForInVain(deed)))
  const first = earliest(all)
  if (!first) return []
  const sent = firstSent(scene, all, () => true, listeners(scene))?.sent ?? null
  const sweeps = folders(all) >= sweep
  const steps = (sweeps ? 1 : 0) + (sent && (sweeps || isLivelihood === undefined || first.phase !== 'execute') ? 1 : 0)
  const lowered = steps === 0 && all.every((deed) => first.phase !== 'install' && (isClients(scene, deed) || isOfRegistry(deed)) || isForSettings(deed))
  const severity = lowered ? atMost(read[first.phase], 'low') : raised(read[first.phase], steps)
  const told = all.slice(0, 6).map((deed) => [deed, `read ${called}`, 'source'] as const)
  return found({
    detector: id, behaviour, severity, ...(lowered ? { most: HARDLY } : {}), title: `${when(first)} read ${called}${sent ? ` and then spoke to ${sent.host}` : ''}`,
  }, chain(scene.about, sent ? [...told, [sent, 'spoke to a stranger afterwards', 'sink']] : told))
}

/** Where a client has its registry and the token for it: read, and used later for what it is there for, if in another process. */
const isClients = ({ excused }: Scene, deed: Deed): boolean => deed.act.kind === 'read' && deed.act.target.endsWith('/.npmrc')
  && excused.some((asked) => asked.trust === 'own' && readsAsClient(asked.act) && isBefore(deed, asked))

/** Libraries that look for a proxy or a registry in there, whoever loads them; a secret that leaves is told by itself. */
const isForSettings = ({ act }: Deed): boolean => act.kind === 'read' && act.target.endsWith('/.npmrc') && SETTINGS_OF.test(act.by?.package ?? '')
const SETTINGS_OF = /^(?:npm-conf|@pnpm\/npm-conf|rc|registry-auth-token|registry-url)$/

/** Where a registry is set: what many clients, loaded as one file with all their libraries, look for before anybody asks. Nobody was told of it. */
const isOfRegistry = ({ act }: Deed): boolean => act.kind === 'read' && CLIENTS_SETTINGS.test(act.target)
/** What says next to nothing by itself. */
const HARDLY = 0.4
const CLIENTS_SETTINGS = /\/\.(?:npmrc|yarnrc(?:\.yml)?)$/

/** Settings are looked for from folder to folder, up to the root: what is not there, where nobody's home is, was not read. */
const isLookedForInVain = ({ act }: Deed): boolean => act.error === 'ENOENT' && !HOME.test(act.target)
const HOME = /^\/(?:home\/[^/]+|root)\//

/** Strangers to whom what was read may have gone: not the registry that a client asks for this very package. */
function listeners(scene: Scene): readonly Deed[] {
  const byHost = Map.groupBy(strangers(scene), ({ host }) => host)
  const registries = new Set([...byHost].filter(([, deeds]) => asksForPackages(deeds.map(({ act }) => act), scene.about.ref.name)).map(([host]) => host))
  return registries.size === 0 ? strangers(scene) : strangers(scene).filter(({ host }) => !registries.has(host))
}

/** A second name for a file is there to be read where nobody looks. */
const takenFrom = ({ act, place }: Deed): PlaceKind | null => (act.kind === 'link' ? placeTouched({ kind: 'read', target: act.other ?? '' }) : place)

/** Different places, as opposed to many files of one; a folder that is listed is the place of what is read in it, and settings that are looked for from folder to folder are one. */
function folders(deeds: readonly Deed[]): number {
  const paths = deeds.map(({ act }) => (act.kind === 'link' ? act.other ?? '' : act.target))
  const upwards = [...Map.groupBy(paths, nameOf).values()].flatMap((alike) => {
    const top = alike.reduce((short, path) => (path.length < short.length ? path : short))
    return [top, ...alike.filter((path) => !path.startsWith(folderOf(top)))]
  })
  const parents = new Set(paths.map((path) => path.replace(/\/[^/]*$/, '')))
  return new Set(upwards.map((path) => (parents.has(path) ? path : path.replace(/\/[^/]*$/, '')).replace(/^(\/(?:home\/[^/]+|root)\/[^/]+(?:\/[^/]+)?).*/, '$1'))).size
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1)
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
