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
    // Not whole URLs: what stands behind the host may tell one victim from all others.
    allowed: [target.value, ...matter.packages.flatMap(({ name, versions, digests }) => [name, ...versions, ...digests])],
  }
}

/** `sluice` and its parts are nobody. */
const MACHINES: ReadonlySet<string> = new Set(['sluice', 'template', 'the gate', 'analysis', 'watch', 'anonymous', 'reports', 'configuration', 'digest', 'hunt', 'agent', 'policy', 'recheck', 'registry'])

/**
 * What machines, jobs and accounts are called everywhere, and what code and letters are made of: `python` betrays nobody, and taken out of evidence it
 * leaves none. Names of two words, with digits or hyphens are looked for whatever they are made of.
 */
const ORDINARY: ReadonlySet<string> = new Set((
  'root admin administrator user users guest default nobody daemon system service services server client host hosts localhost machine node nodes nodejs python python3 pip pipenv poetry npm npx yarn pnpm pypi golang go java ruby rust docker podman kubernetes linux ubuntu debian alpine '
  + 'windows darwin macos build builds builder test tests testing lint check checks deploy release publish install setup main master develop dev staging stage prod production nightly cron job jobs runner runners agent worker workers pipeline workflow github gitlab jenkins azure '
  + 'actions bot bots ci cicd code source package packages module registry proxy mirror cache index file files folder data database api web app apps backend frontend docs website shell bash cmd command script scripts curl wget http https url domain address network internet '
  + 'mail email abuse security team contact office support info desk research researcher lab token tokens secret password key keys login account name value type text json yaml report reports ticket case rule rules finder removed malware malicious '
  + 'lock package.json package-lock.json yarn.lock pnpm-lock.yaml requirements.txt poetry.lock pipfile.lock uv.lock go.mod go.sum setup.py pyproject.toml somebody anonymous unknown none null undefined true false self this '
  + 'will mark rich young long brown black white green king may june april august grace hope faith chase bill frank jack art drew dean'
).split(' '))

/** Each name with the parts by which people know it: mailboxes, addresses and words of what was written as one. */
function named(is: string, ...all: readonly (string | null)[]): { word: string; is: string }[] {
  return all.flatMap((given) => (given === null || MACHINES.has(given.trim()) ? [] : partsOf(given.trim()))).flatMap((word) => (word.length < 3 || MACHINES.has(word) || ORDINARY.has(word.toLowerCase()) ? [] : [{ word, is }]))
}

function partsOf(given: string): string[] {
  const mailboxes = given.match(/[^\s<>()[\]",;:]{1,64}@[^\s<>()[\]",;:]{1,253}/g) ?? []
  const addresses = given.match(/(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])|(?<![\w:])[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){2,7}(?![\w:])/gi) ?? []
  const phones = (given.match(/\+?\d[\d ()/-]{6,20}\d/g) ?? []).filter((one) => one.replace(/\D/g, '').length >= 7)
  const rest = [...mailboxes, ...addresses, ...phones].reduce((text, one) => text.replace(one, ' '), given).replace(/[<>()",;]+/g, ' ').trim()
  // Of `Nora Quist` also `Quist`; of `build-7` or `the main build` nothing but the whole.
  const people = /^\p{Lu}[\p{L}'’.-]*(?:\s+\p{L}[\p{L}'’.-]*){1,4}$/u.test(rest) ? rest.split(/\s+/).filter((word) => word.length >= 4 && /^\p{Lu}/u.test(word)) : []
  return [...new Set([given, ...mailboxes, ...mailboxes.map((one) => one.slice(0, one.indexOf('@'))).filter((local) => /[._-]/.test(local)), ...addresses, ...phones, rest.startsWith('anonymous at') ? '' : rest, ...people])]
}

/** Hosts above and below the target are the target. */
function isOf(value: string, { value: target, urls }: Pick<Target, 'value' | 'urls'>): boolean {
  return target === value || urls.includes(value) || target.endsWith(`.${value}`) || value.endsWith(`.${target}`) || target.includes(`//${value}`) || value.includes(`//${target}`) || value.includes(`.${target}/`)
}
