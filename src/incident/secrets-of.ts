import type { Met } from '../core/exposure.ts'
import type { CaseState } from './cases/fold.ts'
import type { Report } from './reports/reports.ts'
import type { Matter, Target } from './tickets/matter.ts'
import type { Secrets } from './tickets/redact.ts'

/**
 * What letters about a target must not say: who found it, who here works on it, who received it, what else is known of the same people and not
 * public, and by which rules it was found. Whatever is known of them by any name is looked for.
 */
export function secretsOf(state: CaseState, target: Pick<Target, 'value' | 'urls'>, { reports, met, matter, ownDomains }: {
  reports: readonly Report[]; met: readonly Met[]; matter: Pick<Matter, 'deeds' | 'packages'>; ownDomains: readonly string[]
}): Secrets {
  const words: Secrets['words'] = [
    ...reports.flatMap(({ id, observer, contact, isMachine }) => [{ word: id, is: 'a report' }, ...(isMachine ? [] : named('the finder', observer, contact))]),
    ...state.timeline.flatMap(({ by }) => (MACHINES.has(by) ? [] : named('somebody of ours', by))),
    ...named('somebody of ours', state.assignee),
    ...met.flatMap(({ token, user, host, address, job, service, source }) => named('somebody affected', token, user, host, address, job, service, source)),
    ...state.observables.filter(({ value, tlp }) => !isOf(value, target) && tlp !== 'clear').map(({ value }) => ({ word: value, is: 'an indicator that is not public' })),
    ...matter.deeds.flatMap(({ detector }) => named('a rule', detector)),
    ...state.timeline.flatMap(({ fact }) => (fact.kind === 'ticket' ? [{ word: fact.ticket, is: 'a ticket' }] : [])),
    { word: state.id, is: 'a case id' },
  ]
  return {
    words: [...new Map(words.map((one) => [one.word.toLowerCase(), one])).values()], domains: ownDomains,
    allowed: [target.value, ...target.urls, ...matter.packages.flatMap(({ name, versions, digests }) => [name, ...versions, ...digests])],
  }
}

/** `sluice` and its parts are nobody. */
const MACHINES: ReadonlySet<string> = new Set(['sluice', 'template', 'the gate', 'analysis', 'watch', 'anonymous'])

const named = (is: string, ...all: readonly (string | null)[]): { word: string; is: string }[] =>
  all.flatMap((word) => (word === null || word.trim().length < 3 || MACHINES.has(word) ? [] : [{ word, is }]))

/** Hosts above and below the target are the target. */
function isOf(value: string, { value: target, urls }: Pick<Target, 'value' | 'urls'>): boolean {
  return target === value || urls.includes(value) || target.endsWith(`.${value}`) || value.endsWith(`.${target}`) || target.includes(`//${value}`) || value.includes(`//${target}`) || value.includes(`.${target}/`)
}
