import { SluiceError } from '../../core/errors.ts'
import type { DownloadsReport } from '../../downloads/downloads.ts'
import { mayLeave } from '../../intel/tlp.ts'
import type { Tlp } from '../../intel/tlp.ts'
import { clocksOf, spell } from '../cases/clocks.ts'
import type { Clock } from '../cases/clocks.ts'
import type { CaseState, Observable } from '../cases/fold.ts'
import type { Milestone, TimelineLine } from '../cases/fact.ts'
import type { TargetFacts } from '../matter-of.ts'
import { defanged } from '../tickets/letter.ts'
import type { BadPackage, Deed } from '../tickets/matter.ts'
import { redact, standing } from '../tickets/redact.ts'
import type { Secrets } from '../tickets/redact.ts'

/** An incident as outsiders may know it: nothing above the audience's colour, nobody's name, no address that leads anywhere. */
export interface PublicReport {
  title: string
  case: string
  tlp: Tlp
  closed: boolean
  /** When it was written. */
  at: Date
  packages: readonly BadPackage[]
  timeline: readonly { at: Date; precision: 'minute' | 'day'; says: string; what: Milestone | 'letter' | 'answer' }[]
  deeds: readonly Deed[]
  /** Addresses and other indicators, defanged, with their part. */
  indicators: readonly { type: Observable['type']; value: string; part: string | null; imitates: readonly string[] }[]
  /** How many more the case has that this audience may not know. */
  withheld: number
  clocks: readonly (Clock & { says: string })[]
  /** null: nobody was counted. */
  downloads: DownloadsReport | null
}

export interface Knowledge {
  packages: readonly BadPackage[]
  deeds: readonly Deed[]
  facts: ReadonlyMap<string, TargetFacts>
  downloads: DownloadsReport | null
  secrets: Secrets
}

/** Throws `usage` where the case may not go to this audience. */
export function publicReport(state: CaseState, { packages, deeds, facts, downloads, secrets }: Knowledge, { tlp, now }: { tlp: Tlp; now: Date }): PublicReport {
  if (!mayLeave(state.tlp, tlp)) {
    throw new SluiceError('usage', `case ${state.id} is TLP:${state.tlp.toUpperCase()} and may not go to readers of TLP:${tlp.toUpperCase()}`, { hint: `if it may: sluice case set ${state.id} --tlp ${tlp}` })
  }
  const shown = state.observables.filter((one) => mayLeave(one.tlp, tlp))
  const withheld = state.observables.filter((one) => !mayLeave(one.tlp, tlp))
  const hidden = hiddenWords(withheld, shown)
  const safe = (text: string): string => withoutLinks(redact(text, { ...secrets, words: [...secrets.words, ...hidden.whole, ...hidden.paths] }).text, state)
  const named = new Set(shown.map(({ value }) => value))
  const speaksOfWithheld = (text: string | null): boolean => text !== null && standing(text, hidden.whole).length > 0
  const maySpeakOf = (subject: string | null): boolean => subject === null || (isNamed(subject, state, named) && !speaksOfWithheld(subject))
  const timeline = state.timeline.filter(({ withdrawn, says, fact }) => !withdrawn && (fact.kind !== 'milestone' || !speaksOfWithheld(says))).flatMap((line) => told(line, safe)).filter(({ subject }) => maySpeakOf(subject))
  return {
    title: safe(state.title), case: state.id, tlp, closed: state.state === 'closed', at: now, packages, deeds: deeds.map((deed) => ({ ...deed, says: safe(deed.says), file: safe(deed.file), excerpt: safe(deed.excerpt) })),
    timeline: timeline.map(({ subject: _subject, ...line }) => line),
    indicators: shown.map(({ type, value, role }) => ({ type, value: type === 'hash' || type === 'wallet' ? value : defanged(value), part: role === null ? null : safe(role), imitates: (facts.get(value)?.imitates ?? []).map(safe) })),
    withheld: withheld.length,
    clocks: clocksOf(state.timeline, state.closedAt ?? now).filter(({ subject, to, step }) => (step === ANSWER ? !speaksOfWithheld(subject) : maySpeakOf(subject)) && (to !== null || state.state === 'open' || step === ANSWER)).map((clock) => ({ ...clock, says: spell(clock), subject: clock.subject === null ? null : shownSubject(safe(clock.subject), named) })),
    downloads,
  }
}

const WITHHELD = 'an indicator that is not public'

/** Values that this audience may not know, with the hosts of addresses; of an address on a host that it may know what stands behind the host. */
function hiddenWords(withheld: readonly Observable[], shown: readonly Observable[]): { whole: Secrets['words']; paths: Secrets['words'] } {
  const hosts = shown.flatMap(({ value }) => hostOf(value) ?? [])
  const whole: string[] = []
  const paths: string[] = []
  for (const { type, value } of withheld) {
    const host = type === 'url' || type === 'webhook' ? hostOf(value) : null
    if (host === null) whole.push(value)
    else if (hosts.some((one) => isWithin(host, one))) paths.push(value.slice(value.indexOf(host) + host.length).replace(/^:\d+/, ''))
    else whole.push(value, host)
  }
  const words = (all: readonly string[]) => all.filter((word) => word.length >= 4).map((word) => ({ word, is: WITHHELD }))
  return { whole: words(whole), paths: words(paths) }
}

/** Whether what a line is about is among what is told: what was dropped from the case, or was never in it, is nobody's business. */
function isNamed(subject: string, { packages }: CaseState, named: ReadonlySet<string>): boolean {
  if (named.has(subject) || !/^\S+\.\S+$/.test(subject) || packages.some(({ ecosystem, name }) => subject === name || subject === `${ecosystem}:${name}`)) return true
  const host = hostOf(subject)
  return host !== null && [...named].some((one) => {
    const other = hostOf(one)
    return other !== null && (isWithin(host, other) || isWithin(other, host))
  })
}

const isWithin = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`)

function hostOf(value: string): string | null {
  const url = /^[a-z][\w+.-]*:\/\//i.test(value) ? value : `https://${value}`
  return URL.canParse(url) ? new URL(url).hostname : null
}

/** What nobody did before the case was closed nobody will do; only a party's silence is worth telling. */
const ANSWER = 'written to → first answer'

/** Addresses of the case lead nowhere, in whatever sentence they stand. */
function withoutLinks(text: string, { observables }: CaseState): string {
  const values = observables.filter(({ type }) => type !== 'hash' && type !== 'wallet' && type !== 'account').map(({ value }) => value).sort((a, b) => b.length - a.length)
  const unlinked = text.replace(/\bhttps?:\/\/[\w.-]+/gi, (origin) => defanged(origin))
  return values.reduce((out, value) => out.replace(new RegExp(value.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), 'gi'), (found) => defanged(found)), unlinked)
}

const shownSubject = (subject: string, named: ReadonlySet<string>): string => (named.has(subject) || /^[\w-]+(?:\.[\w-]+)+$/.test(subject) ? defanged(subject) : subject)

type Told = PublicReport['timeline'][number] & { subject: string | null }

const STEPS: Partial<Readonly<Record<string, string>>> = {
  sent: 'was written to', acknowledged: 'answered automatically', replied: 'answered', forwarded: 'passed the complaint on to the holder', refused: 'refused', mitigated: 'said that it was ended', verified: 'a look of our own found it gone', relapsed: 'it was there again',
}

/** Lines that outsiders are told: what happened, and who was written to. Notes, tasks and evidence stay inside. */
function told({ at, precision, says, fact }: TimelineLine, safe: (text: string) => string): Told[] {
  if (fact.kind === 'milestone') return [{ at, precision, subject: fact.subject, what: fact.of, says: safe(withoutIds(says)) }]
  if (fact.kind !== 'ticket') return []
  const step = STEPS[fact.state]
  if (step === undefined) return []
  const about = fact.subject === null ? '' : ` (${/^[\w.-]+\.[\w-]+$/.test(fact.subject) ? defanged(fact.subject) : fact.subject})`
  const text = fact.state === 'verified' || fact.state === 'relapsed' ? `${step}${about}` : `${fact.party} ${step}${about}`
  return [{ at, precision, subject: fact.subject, what: fact.state === 'sent' ? 'letter' : 'answer', says: safe(text) }]
}

/** Our own numbers mean nothing outside, and tie things together. */
const withoutIds = (says: string): string => says.replace(/\s*\((?:R|T)-[0-9a-f]{8}\)/g, '').replace(/\b(?:R|T)-[0-9a-f]{8}\b/g, 'a report')
