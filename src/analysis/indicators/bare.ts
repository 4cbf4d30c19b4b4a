import { ipv4Of, isDottedQuad, isKnownResolver } from './addresses.ts'
import { LONGEST_HOST, PATIENCE, isHostCharacter } from './found.ts'
import type { Found } from './found.ts'
import { domainHost, ipv4Host, ipv6Host } from './hosts.ts'
import type { TextKind } from './indicator.ts'
import { FORGES, looksLikeHost } from './names.ts'
import { isFalseFriend } from './reserved.ts'
import { tidy } from './urls.ts'
import { webhookOf } from './webhooks.ts'

/** What stands around a name with dots. */
interface Around {
  before: string
  after: string
  port: boolean
  path: string
}

/** Hosts and addresses without a scheme: most names with dots are neither. */
export function* bareHosts(text: string, kind: TextKind, taken: (at: number) => boolean): Generator<Found> {
  let dot = text.indexOf('.')
  let floor = 0
  for (let tries = 0; dot >= 0; dot = text.indexOf('.', Math.max(floor, dot + 1))) {
    let [from, to] = [dot, dot + 1]
    while (from > floor && dot - from < LONGEST_HOST && isHostCharacter(text, from - 1)) from--
    while (to < text.length && to - dot < LONGEST_HOST && isHostCharacter(text, to)) to++
    floor = to
    while (from < to && isBetween(text.charCodeAt(from))) from++
    while (to > from && isBetween(text.charCodeAt(to - 1))) to--
    const name = text.slice(from, to)
    if (!name.includes('.') || taken(from) || ++tries > PATIENCE || isNone(name, kind === 'command' || text[to] === ':')) continue
    yield* judged(name, from, around(text, from, to), kind)
  }
}

const isBetween = (code: number): boolean => code === DOT || code === HYPHEN
const DOT = 46
const HYPHEN = 45

/** Whether a name is neither host nor address whatever stands around it; `strong`: it may be one more easily. */
const isNone = (name: string, strong: boolean): boolean => !isNumeric(name) && !(isSpelledAsHost(name) && looksLikeHost(name.toLowerCase(), strong))
const isNumeric = (name: string): boolean => /^(?:0x[0-9a-f]+|[\d.])+$/i.test(name)

function around(text: string, from: number, to: number): Around {
  const rest = text.slice(to, to + 1024)
  const port = /^:\d{2,5}(?!\d)/.exec(rest)?.[0] ?? ''
  const path = tidy(/^\/[^\s"'<>`\\^{}|]*/.exec(rest.slice(port.length))?.[0] ?? '')
  return { before: text.slice(Math.max(0, from - 24), from), after: rest.slice(0, 2), port: port !== '', path }
}

function judged(name: string, from: number, place: Around, kind: TextKind): Found[] {
  const span = { at: from, from, to: from + name.length + place.path.length }
  if (isNumeric(name)) {
    const host = isAddress(name, place, kind) ? ipv4Host(name) : null
    return host ? [{ ...host, ...span }] : []
  }
  if (isInName(place) || !isSpelledAsHost(name)) return []
  const lower = name.toLowerCase()
  if (!looksLikeHost(lower, place.port || kind === 'command')) return []
  if (kind !== 'command' && FORGES.has(lower) && place.path !== '') return []
  const host = domainHost(lower)
  if (!host || isFalseFriend(host.value)) return []
  const webhook = webhookOf(host.value, place.path)
  return [...(webhook ? [{ type: 'webhook' as const, value: `https://${host.value}${webhook.path}`, says: webhook.says, ...span }] : []), { ...host, ...span }]
}

/** Part of a path, a call, a variable, a package: anything but a name of its own. */
function isInName({ before, after }: Around): boolean {
  return /[\\@$#~%&*]$|(?:^|[^/])\/$|[\w)\]]\.$/.test(before) || /^[([@\\]|^:[a-z]|^\.\w/i.test(after)
}

/** In one case, and not `System.IO`, `fooBar.com`. */
const isSpelledAsHost = (name: string): boolean => name === name.toLowerCase() || /^[A-Z]?[a-z\d-]+(?:\.[a-z\d-]+)+$/.test(name)

/** Numbers below this are what versions are made of. */
const VERSIONISH = 32
const VERSION = /(?:\bv|\bver|version|release|build|\/|[\^~=<>@+_-])\s*["':=]{0,3}\s*$/i
const ADDRESS = /(?:host|\bip|addr|server|connect|c2|dns|ping|curl|ssh|nc|tcp|udp|target|proxy)\W{1,6}$/i

/** Attributes and extensions of X.509. */
const OID = /^2\.5\.(?:4|29)\./

/** Four numbers with dots are a version as often as an address. */
function isAddress(name: string, { before, after, port, path }: Around, kind: TextKind): boolean {
  if (/^[\w(]|^[+~^]/.test(after) || before.endsWith('.') || /^\/\d{1,2}(?!\d)/.test(path) || after === ' 0') return false
  if (!isDottedQuad(name)) return name.split('.').length === 4 && /^0x|\.0x|^0[0-7]{3}\./i.test(name)
  const address = ipv4Of(name)
  if (address === null || (OID.test(address) && !port)) return false
  if (port || kind === 'command' || isKnownResolver(address) || ADDRESS.test(before)) return true
  return !VERSION.test(before) && !after.startsWith('-') && address.split('.').some((part) => Number(part) >= VERSIONISH)
}

const IPV6 = /\[[0-9a-f:.]{2,45}(?:%25[\w-]{1,20})?\]|(?<![\w:.])[0-9a-f]{0,4}:[0-9a-f:.]{1,44}(?![\w:])/gi

/** IPv6 addresses with or without brackets; not times, hardware addresses, `std::` or `::before`. */
export function* bareIpv6(text: string, taken: (at: number) => boolean): Generator<Found> {
  let tries = 0
  for (const { 0: found, index } of text.matchAll(IPV6)) {
    if (++tries > PATIENCE) return
    if (taken(index)) continue
    const name = found.replace(/^\[|\]$/g, '').replace(/[.]+$/, '')
    const digits = name.split(':').filter((group) => group !== '')
    if (digits.length < 2 || !/\d/.test(name) || digits.every((group) => group.length === 2) || (!found.startsWith('[') && name.split(':').length < 4)) continue
    const host = ipv6Host(name)
    const at = index + (found.startsWith('[') ? 1 : 0)
    if (host) yield { ...host, at, from: index, to: index + found.length }
  }
}
