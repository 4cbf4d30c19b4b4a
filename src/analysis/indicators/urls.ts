import { UNKNOWN } from '../desk.ts'
import { PATIENCE } from './found.ts'
import type { Found } from './found.ts'
import { hostOf } from './hosts.ts'
import type { Host } from './hosts.ts'
import { isFalseFriend } from './reserved.ts'
import { webhookOf } from './webhooks.ts'

const LONGEST = 2048

/** Addresses with `//` in them: the address, and the host of it as an indicator of its own. */
export function* urls(text: string): Generator<Found> {
  let from = text.indexOf('//')
  for (let tries = 0; from >= 0 && tries < PATIENCE; tries++) {
    const scheme = schemeBefore(text, from)
    const url = scheme === null ? null : read(text, scheme, from)
    if (url) yield* url
    from = text.indexOf('//', url ? Math.max(from + 2, ...url.map(({ to }) => to)) : from + 2)
  }
}

/** Empty for `//host/path` at the beginning of a text or a word; null for comments, paths and what else has two slashes. */
function schemeBefore(text: string, slashes: number): string | null {
  const before = text.slice(Math.max(0, slashes - 24), slashes)
  if (before.endsWith(':')) return /[a-z][a-z0-9+.-]{1,20}(?=:$)/i.exec(before)?.[0].toLowerCase() ?? null
  return slashes === 0 || /["'=(]$/.test(before) ? '' : null
}

function read(text: string, scheme: string, slashes: number): Found[] | null {
  const start = slashes + 2
  const rest = tidy(/^[^\s"'<>`\\^{}|]*/.exec(text.slice(start, start + LONGEST))?.[0] ?? '')
  const authority = /^[^/?#]*/.exec(rest)?.[0] ?? ''
  const signs = authority.lastIndexOf('@') + 1
  const parts = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(authority.slice(signs))
  const name = parts?.[1] ?? ''
  if (!parts || name === '' || (scheme === '' && !name.includes('.'))) return null
  const to = start + rest.length
  if (name.includes(UNKNOWN)) return suffix(name, start + signs, to)
  const host = hostOf(name)
  if (!host || isFalseFriend(host.value)) return null
  const [port, path] = [parts[2], rest.slice(authority.length)]
  const begin = scheme === '' ? slashes : slashes - scheme.length - 1
  const shown = `${signs > 0 ? '***@' : ''}${host.type === 'ipv6' ? `[${host.value}]` : host.value}${port === undefined ? '' : `:${port}`}${path === '/' ? '' : path}`
  const found: Found[] = [{ type: 'url', value: `${scheme || 'https'}://${shown}`, at: begin, from: begin, to, ...note(host) }]
  const webhook = webhookOf(host.value, path)
  if (webhook) found[0] = { type: 'webhook', value: `${scheme || 'https'}://${host.value}${webhook.path}`, at: begin, from: begin, to, says: webhook.says }
  return [...found, { ...host, at: start + signs, from: begin, to }]
}

/** `https://….c2.example/`: what is collected is asked for as a name, and the domain behind it is who hears of it. */
function suffix(name: string, at: number, to: number): Found[] | null {
  const known = name.slice(name.lastIndexOf(UNKNOWN) + UNKNOWN.length)
  const host = /^[\w-]*\./.test(known) ? hostOf(known.replace(/^[\w-]*\./, '')) : null
  return host && !isFalseFriend(host.value) ? [{ ...host, at: at + name.length - host.value.length, from: at, to }] : null
}

const note = (host: Host): { says?: string } => (host.says === undefined ? {} : { says: host.says })

/** Without the punctuation of the sentence around it, and without what a template would have put in. */
export function tidy(url: string): string {
  const open = { ')': count(url, '('), ']': count(url, '[') }
  const closed = { ')': count(url, ')'), ']': count(url, ']') }
  let end = url.length
  for (; end > 0; end--) {
    const last = url[end - 1] as string
    if (last === ')' || last === ']') {
      if (closed[last]-- <= open[last]) break
    } else if (!PUNCTUATION.has(last)) break
  }
  return url.slice(0, end)
}

const PUNCTUATION = new Set('.,;:!?$*&\'"')
const count = (text: string, sign: string): number => text.split(sign).length - 1
