import type { Action, Facts, Step } from '../../analysis/facts.ts'
import type { Outside, UnpackedPackage } from '../../core/types.ts'
import { trustOf } from './hosts.ts'
import type { Trust } from './hosts.ts'

/** An address data came from or went to, as far as the code tells, and how far it can be trusted. */
export interface Address {
  url: string | null
  trust: Trust
}

export interface Ground {
  pkg: UnpackedPackage
  facts: Facts
  outside: Outside
}

const ORDER: readonly Trust[] = ['hostile', 'foreign', 'unknown', 'release', 'own', 'local']

/** From where what an action runs was fetched: the least trusted address of its path, or of its file when the path names none. */
export function fetchedFrom(run: Action, ground: Ground): Address {
  const steps = run.path.filter((step) => step.kind === 'fetch' && step.argument !== null).map((step) => step.argument)
  const near = steps.length > 0 ? steps : asksIn(run.file, ground.facts)
  return least(near.map((url) => addressOf(url, run.file, ground))) ?? addressOf(null, run.file, ground)
}

/** To where an action sends: its own argument, or what else its file asks. */
export function sentTo(send: Action, ground: Ground): Address {
  const own = send.argument === null ? [] : [addressOf(send.argument, send.file, ground)]
  const known = own.filter(({ trust }) => trust !== 'unknown')
  const near = known.length > 0 ? known : asksIn(send.file, ground.facts).map((url) => addressOf(url, send.file, ground))
  return least(near) ?? own[0] ?? addressOf(null, send.file, ground)
}

export const isConnection = (step: Step, { facts }: Ground): boolean =>
  facts.actions.some((action) => action.kind === 'connect' && action.file === step.file && action.call === step.call)

function addressOf(url: string | null, file: string, { pkg, facts, outside }: Ground): Address {
  const spelled = url === null ? null : settled(url)
  const trust = spelled !== null && PIPE.test(spelled) ? 'local' : trustOf(spelled, pkg, outside)
  if (trust !== 'unknown') return { url: spelled, trust }
  // An address that is kept behind an encoding is hidden on purpose.
  const hidden = facts.indicators.find((one) => one.file === file && one.spelled === 'decoded' && ADDRESSES.has(one.value.type))
  if (!hidden) return { url, trust }
  const revealed = trustOf(`//${hidden.value.value.replace(/^[a-z+]+:\/\//, '')}`, pkg, outside)
  return { url: hidden.value.value, trust: revealed === 'foreign' ? 'hostile' : revealed }
}

const ADDRESSES = new Set(['url', 'ipv4', 'ipv6', 'webhook', 'onion'])

/** Pipes and sockets that are files of this machine. */
const PIPE = /^\\\\[.?]\\pipe|^\/|\.sock(?:et)?$/i

/** What is not known in front of a host's name (`https://….a.example`) does not change whose it is. */
function settled(url: string): string {
  const [, scheme = '', host = ''] = /^((?:[a-z+]{1,10}:\/\/)?)([^/]{1,300})/i.exec(url) ?? []
  const dot = host.indexOf('.', host.lastIndexOf('…'))
  return host.includes('…') && dot > 0 && host.indexOf('.', dot + 1) > 0 ? `${scheme}${host.slice(dot + 1)}${url.slice(scheme.length + host.length)}` : url
}

const asksIn = (file: string, { actions }: Facts): (string | null)[] =>
  actions.filter(({ kind, file: at, argument }) => (kind === 'fetch' || kind === 'connect') && at === file && argument !== null).map(({ argument }) => argument)

const least = (addresses: readonly Address[]): Address | undefined =>
  addresses.toSorted((a, b) => ORDER.indexOf(a.trust) - ORDER.indexOf(b.trust))[0]
