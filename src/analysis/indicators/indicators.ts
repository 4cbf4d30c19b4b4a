import { bareHosts, bareIpv6 } from './bare.ts'
import { emails } from './emails.ts'
import { within } from './found.ts'
import type { Found } from './found.ts'
import { hintsOf } from './hints.ts'
import type { Hints } from './hints.ts'
import type { Indicator, TextKind } from './indicator.ts'
import { tokens, walletsAndHashes } from './keys.ts'
import { refanged } from './spelling.ts'
import { urls } from './urls.ts'

/** So many indicators in one text are a list: more of it says nothing new. */
const ENOUGH = 1000

/**
 * What points outside in a text that code holds, each thing once, in the order of their places. A URL's host is an indicator
 * of its own. Reserved names and addresses are kept and say so (`RESERVED`); what leads nowhere is dropped: local and private
 * addresses, namespaces, names that only have dots. Linear in the text; never throws.
 */
export function indicatorsIn(text: string, kind: TextKind): Indicator[] {
  const hints = hintsOf(text)
  if (!hints) return []
  if (!hints.fangs) return distinct(find(text, kind, hints)).map(({ type, value, at, says }) => ({ type, value, at, ...(says === undefined ? {} : { says }) }))
  const { text: whole, origin } = refanged(text)
  return distinct(find(whole, kind, hintsOf(whole))).map(({ type, value, at, says }) => ({ type, value, at: origin(at), ...(says === undefined ? {} : { says }) }))
}

function find(text: string, kind: TextKind, hints: Hints | null): Found[] {
  const found: Found[] = []
  if (!hints) return found
  if (hints.long) found.push(...tokens(text))
  // Who has a token's place has all of it, but an address around a token is an address.
  const secrets = within(found)
  if (hints.slashes) found.push(...urls(text))
  const linked = within(found)
  if (hints.at) found.push(...emails(text, linked))
  const spoken = within(found)
  if (hints.dots) found.push(...bareHosts(text, kind, spoken))
  if (hints.colons) found.push(...bareIpv6(text, within(found)))
  if (hints.long) for (const one of walletsAndHashes(text)) if (!secrets(one.at)) found.push(one)
  if (found.length < 2) return found
  const webhooks = within(found.filter(({ type }) => type === 'webhook'))
  return found.sort((a, b) => a.at - b.at).filter(({ type, at }) => type !== 'bot-token' || !webhooks(at))
}

function distinct(found: readonly Found[]): readonly Found[] {
  if (found.length < 2) return found
  const seen = new Map<string, Found>()
  for (const one of found) {
    const key = `${one.type} ${one.value}`
    if (!seen.has(key) && seen.size < ENOUGH) seen.set(key, one)
  }
  return [...seen.values()]
}
