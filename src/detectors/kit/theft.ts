import type { Action } from '../../analysis/facts.ts'
import type { SourceKind } from '../../analysis/taint.ts'
import type { Behaviour, Evidence, Finding, Severity } from '../../core/types.ts'
import { about, atMost, carrying, chain, isBlend, raised, reachOf, worse } from './chains.ts'
import type { ByReach } from './chains.ts'
import { evidence, shown, when } from './evidence.ts'
import { hostOf } from './hosts.ts'
import type { Trust } from './hosts.ts'
import { sentTo } from './origins.ts'
import type { Address, Ground } from './origins.ts'

/** What a detector of theft looks for, and how grave it is. */
export interface Theft {
  id: string
  behaviour: Behaviour
  /** What is taken, and what a sentence calls it. */
  takes: readonly SourceKind[]
  called: string
  /** Read and sent to a stranger in one flow. */
  sent: ByReach
  /** Read in a file that also speaks to a stranger, with no flow between them that could be followed. */
  near: ByReach
  /** Read, and nothing more that could be seen. */
  kept: ByReach
  /**
   * Whether honest code takes this to addresses that its settings name, even while it is installed or loaded. What is never lent
   * is stolen when it goes to a drop, whoever asked for it.
   */
  lent: boolean
  /** Ways of reading that concern nobody else's data. */
  except?: RegExp
  /** What is sent to the very service that it belongs to is no theft. */
  belongs?: (sink: Action, host: string | null) => boolean
}

interface Found {
  severity: Severity
  take: Action
  /** Where it goes; null when nothing was seen of that. */
  sink: Action | null
  to: Address
  flows: boolean
}

const OUT: ReadonlySet<Action['kind']> = new Set(['fetch', 'connect', 'send', 'resolve'])
/** Enough to find the worst one; a file may speak to thousands. */
const MOST = 50

/** Facts without any of which there is no theft (`Detector.needs`). */
export const needsOf = ({ takes }: Theft): string[] => takes.flatMap((what) => [`does:collect<${what}>`, `does:send<${what}>`])

/** Something that belongs to the user is read, and leaves the machine. */
export function theft(theft: Theft, ground: Ground): Finding[] {
  const { actions } = ground.facts
  const counts = ({ call }: { call: string }): boolean => !theft.except?.test(call)
  const takes = carrying(actions, ['collect'], theft.takes).filter(counts)
  const read = (sink: Action): boolean => sink.path.every(({ kind }) => kind !== 'collect') || sink.path.some((step) => step.kind === 'collect' && counts(step))
  const flows = carrying(actions, ['send'], theft.takes).filter((sink) => read(sink) && sink.touches !== 'cloud').map((sink) => flowing(theft, sink, takes, ground))
  const [worst] = [...flows, ...takes.flatMap((take) => keeping(theft, take, ground))].toSorted((a, b) => worse(a.severity, b.severity))
  return worst && worst.severity !== 'info' ? [finding(theft, worst, takes, actions)] : []
}

function flowing(theft: Theft, sink: Action, takes: readonly Action[], ground: Ground): Found {
  const to = sentTo(sink, ground)
  const own = theft.belongs?.(sink, to.url === null ? null : hostOf(to.url)) ?? false
  const stated = theft.lent || to.trust !== 'hostile' ? byTrust(theft.sent, sink, to.trust, theft.lent) : 'critical'
  return { severity: own ? 'info' : isBlend(sink) && to.trust !== 'hostile' ? atMost(stated, 'medium') : stated, take: takes.find(({ file }) => file === sink.file) ?? sink, sink, to, flows: true }
}

/** What is read without a flow to follow: beside the ways out of its file, and by itself. */
function keeping(theft: Theft, take: Action, ground: Ground): Found[] {
  const outs = ground.facts.actions.filter((out) => OUT.has(out.kind) && out.file === take.file && out.touches !== 'cloud').slice(0, MOST)
  const near = outs.map((sink): Found => {
    const to = sentTo(sink, ground)
    return { severity: byTrust(theft.near, take, to.trust, theft.lent), take, sink, to, flows: false }
  })
  return [...near, { severity: theft.kept[reachOf(take)], take, sink: null, to: { url: null, trust: 'unknown' }, flows: false }]
}

/**
 * The project's own server may be told what a stranger may not; a place without an owner's name is worse than a stranger; and
 * where somebody asks for it, that somebody may have named the address.
 */
function byTrust(table: ByReach, action: Action, trust: Trust, lent: boolean): Severity {
  const reach = reachOf(action)
  const stated = table[reach]
  switch (trust) {
    case 'own': case 'release': return atMost(stated, 'low')
    case 'local': return 'info'
    case 'hostile': return stated === 'info' ? stated : raised(stated, 1)
    case 'unknown': return lent || (reach !== 'unasked' && reach !== 'loaded') ? raised(stated, -1) : stated
    case 'foreign': return stated
  }
}

function finding({ id, behaviour, called, takes: kinds }: Theft, { severity, take, sink, to, flows }: Found, takes: readonly Action[], actions: readonly Action[]): Finding {
  const source = (action: Action): Evidence => ({ ...shown(action, `${action.call} reads ${action.argument ?? called}`), role: 'source' })
  const sources = [take, ...takes.filter(({ file }) => file === take.file)].filter(({ kind }) => kind === 'collect').slice(0, 5).map(source)
  const whither = (to.url === null ? null : hostOf(to.url)) ?? 'an address that is not in the code'
  const says = flows ? `sends ${called} to ${whither}` : sink ? `reads ${called} and speaks to ${whither}` : `reads ${called}`
  const end: Evidence[] = sink ? [{ ...shown(sink, `${sink.call} ${flows ? 'sends it' : 'speaks'} to ${to.url ?? 'an address that is not in the code'}`), role: 'sink' }] : []
  const places = flows && sink ? [...chain(about(sink, actions, kinds), end[0]?.says ?? says), ...sources] : [...sources, ...end]
  return {
    detector: id, behaviour, severity, confidence: severity === 'medium' || severity === 'low' ? 0.7 : flows ? 0.95 : 0.85,
    title: `${when(take)} ${says}`, evidence: evidence(places[0] ?? source(take), places.slice(1)),
  }
}
