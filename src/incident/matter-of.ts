import { SluiceError } from '../core/errors.ts'
import type { Exposure } from '../core/exposure.ts'
import type { CaseState } from './cases/fold.ts'
import { badPackages, deedsOf } from './knowledge.ts'
import type { JudgedFile } from './knowledge.ts'
import type { Exhibit, Matter, Target, TargetType } from './tickets/matter.ts'

/** What is known of a name or address from asking about it. */
export interface TargetFacts {
  registered: Date | null
  registrar: { name: string; abuse: string | null } | null
  /** Whose network its addresses are in. */
  network: { name: string; abuse: string | null } | null
  nameServers: readonly string[]
  addresses: readonly string[]
  /** When it was last seen to be there. */
  lastSeen: Date | null
  /** Whom it imitates, a sentence each. */
  imitates: readonly string[]
}

export interface Known {
  files: readonly JudgedFile[]
  facts: TargetFacts | null
  exposure: Pick<Exposure, 'totals'>
  exhibits: readonly Exhibit[]
  /** Related values and how they are related, from the domains that are known. */
  related: Matter['related']
}

/** What a complaint about one of a case's targets is written from. Throws `usage` for a target that the case does not have. */
export function matterOf(state: CaseState, target: { type: TargetType; value: string }, { files, facts, exposure, exhibits, related }: Known): Matter {
  const observable = state.observables.find(({ type, value }) => type === target.type && value === target.value)
  const isPackage = target.type === 'package' && state.packages.some(({ ecosystem, name }) => `${ecosystem}:${name}` === target.value)
  if (!observable && !isPackage) {
    throw new SluiceError('usage', `case ${state.id} has no ${target.type} ${target.value}`, { hint: `it has ${[...state.observables.map(({ type, value }) => `${type}:${value}`), ...state.packages.map(({ ecosystem, name }) => `package:${ecosystem}:${name}`)].slice(0, 8).join(', ') || 'nothing yet'}` })
  }
  const deeds = deedsOf(files)
  const speaking = deeds.filter(({ excerpt, says }) => `${excerpt} ${says}`.toLowerCase().includes(target.value.toLowerCase()))
  return {
    case: state.id,
    target: {
      ...target, role: roleOf(observable?.role ?? null, isPackage), firstSeen: observable?.since ?? state.openedAt, lastSeen: facts?.lastSeen ?? null, registered: facts?.registered ?? null, registrar: facts?.registrar?.name ?? null,
      nameServers: facts?.nameServers ?? [], addresses: facts?.addresses ?? [], urls: urlsOn(state, target), port: null,
    },
    packages: badPackages(state.packages, files, removals(state)), deeds: speaking.length > 0 ? speaking : deeds, imitates: facts?.imitates ?? [], exhibits, related,
    before: state.timeline.flatMap(({ fact, at, withdrawn }) => (!withdrawn && fact.kind === 'ticket' && fact.state === 'sent' && fact.subject === target.value ? [`${at.toISOString().slice(0, 10)}, to ${fact.party}`] : [])),
    background: exposure.totals.served > 0 ? `It was delivered ${exposure.totals.served} times by our own gate before it was stopped.` : null,
    finder: null,
  }
}

function roleOf(role: string | null, isPackage: boolean): Target['role'] {
  if (isPackage) return 'source'
  return role === 'command' || role === 'second-stage' || role === 'source' ? role : 'look-alike'
}

/** URLs of the case that lead to a domain or address. */
function urlsOn(state: CaseState, { type, value }: { type: TargetType; value: string }): string[] {
  if (type === 'url' || type === 'webhook') return [value]
  if (type !== 'domain' && type !== 'ip') return []
  return state.observables.filter((one) => one.type === 'url').map((one) => one.value).filter((url) => {
    const host = URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : ''
    return host === value || host.endsWith(`.${value}`)
  })
}

/** When the registry removed each package, as the timeline says. */
function removals(state: CaseState): ReadonlyMap<string, Date> {
  const removed = state.timeline.find(({ fact, withdrawn }) => !withdrawn && fact.kind === 'milestone' && fact.of === 'removed' && fact.subject === null)
  return new Map(removed ? state.packages.map(({ ecosystem, name }) => [`${ecosystem}:${name}`, removed.at]) : [])
}
