import { isKnownResolver } from '../analysis/indicators/addresses.ts'
import { hostOf } from '../analysis/indicators/hosts.ts'
import { indicatorsIn } from '../analysis/indicators/index.ts'
import { FORGES } from '../analysis/indicators/names.ts'
import { isFalseFriend } from '../analysis/indicators/reserved.ts'
import { refanged } from '../analysis/indicators/spelling.ts'
import type { Tlp } from './tlp.ts'

/**
 * Kinds of indicators that can be known: the words of analysis (`IndicatorType`), with hashes by their algorithm where
 * analysis says only `hash`.
 */
export const INDICATOR_KINDS = [
  'domain', 'url', 'ipv4', 'ipv6', 'email', 'wallet', 'webhook', 'onion', 'bot-token', 'md5', 'sha1', 'sha256', 'sha512',
] as const
export type IndicatorKind = (typeof INDICATOR_KINDS)[number]

/** An indicator that somebody says is bad, as a source has it. */
export interface ListedIndicator {
  type: IndicatorKind
  /** In the spelling analysis uses. */
  value: string
  /** The record at the source that says so. */
  record: string | null
  says: string
  tlp: Tlp
  /** null: without end. */
  validUntil: Date | null
  withdrawn: Date | null
  /** null: the source has no times. */
  modified: Date | null
}

export type Spelled = { type: IndicatorKind; value: string } | { problem: string }

const LONGEST = 2_048
const HASHES: Readonly<Record<number, IndicatorKind>> = { 32: 'md5', 40: 'sha1', 64: 'sha256', 128: 'sha512' }
/** Of nothing at all: every empty file has them. */
const EMPTY = new Set([
  'd41d8cd98f00b204e9800998ecf8427e', 'da39a3ee5e6b4b0d3255bfef95601890afd80709',
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e',
])
/** Everybody talks to these: what is bad there has an address of its own (a URL, a webhook). After MISP's warninglists. */
const COMMON = new Set([
  'google.com', 'www.google.com', 'googleapis.com', 'gstatic.com', 'microsoft.com', 'windows.net', 'office.com', 'live.com', 'apple.com', 'icloud.com',
  'amazon.com', 'amazonaws.com', 'cloudfront.net', 'cloudflare.com', 'fastly.net', 'akamai.net', 'facebook.com', 'twitter.com', 'x.com', 'linkedin.com',
  'youtube.com', 'wikipedia.org', 'githubusercontent.com', 'raw.githubusercontent.com', 'gist.github.com', 'api.github.com', 'github.io',
  'discord.com', 'discordapp.com', 'telegram.org', 'api.telegram.org', 't.me', 'slack.com', 'dropbox.com', 'pastebin.com', 'drive.google.com', 'docs.google.com',
  'ipinfo.io', 'api.ipify.org', 'ifconfig.me', 'ip-api.com', 'checkip.amazonaws.com', 'jsdelivr.net', 'unpkg.com', 'vercel.app', 'netlify.app', 'herokuapp.com',
  'ngrok.io', 'workers.dev', 'pages.dev', 'azurewebsites.net', 'gmail.com', 'outlook.com', 'proton.me', 'protonmail.com', 'debian.org', 'ubuntu.com', 'mozilla.org',
])

/**
 * An indicator as people and feeds write it (also defanged: `hxxps://a[.]example`), in the spelling of analysis. `hint` is the
 * kind the source gives it. A problem, in one line, where it is none or would be found everywhere.
 */
export function spellIndicator(raw: string, hint: IndicatorKind | null = null): Spelled {
  if (raw.length > LONGEST) return { problem: `an indicator of ${raw.length} characters` }
  const text = refanged(raw.trim().replace(/^["'<]+|["'>]+$/g, '')).text
  if (text === '') return { problem: 'an empty indicator' }
  // eslint-disable-next-line no-control-regex -- what no indicator has
  if (/[\u0000-\u0020\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/.test(text)) return { problem: 'an indicator with spaces or control characters in it' }
  const spelled = hashOf(text, hint) ?? (hint === 'wallet' || hint === 'bot-token' ? kept(text, hint) : null) ?? urlOf(text, hint) ?? emailOf(text) ?? placeOf(text)
  if (!spelled) return walletOf(text) ?? { problem: `${hint ?? 'no indicator'}: leads nowhere, or is private` }
  return spelled
}

function hashOf(text: string, hint: IndicatorKind | null): Spelled | null {
  const hex = text.toLowerCase().replace(/^(?:md5|sha-?(?:1|256|512)):/, '')
  const type = /^[0-9a-f]+$/.test(hex) ? HASHES[hex.length] : undefined
  if (type) return EMPTY.has(hex) ? { problem: `${type}: the hash of nothing` } : { type, value: hex }
  return hint === 'md5' || hint?.startsWith('sha') ? { problem: `no ${hint}` } : null
}

const kept = (value: string, type: IndicatorKind): Spelled => (/^[\w.:*+/=-]{8,200}$/.test(value) ? { type, value } : { problem: `no ${type}` })

function urlOf(text: string, hint: IndicatorKind | null): Spelled | null {
  if (!text.includes('//') && hint !== 'url' && hint !== 'webhook') return null
  const [found] = indicatorsIn(text.includes('//') ? text : `http://${text}`, 'literal')
  if (!found || (found.type !== 'url' && found.type !== 'webhook')) return { problem: 'url: leads nowhere, or is one that everybody has' }
  const { pathname = '/', search = '', hostname = '' } = URL.parse(found.value) ?? {}
  if (pathname === '/' && search === '' && isCommon(hostname)) return { problem: `url: ${hostname} alone is one that everybody has` }
  return { type: found.type, value: found.value }
}

function emailOf(text: string): Spelled | null {
  if (!/^[^@\s/:]+@[^@\s/:]+$/.test(text)) return null
  const at = text.lastIndexOf('@')
  const host = hostOf(text.slice(at + 1))
  return host?.type === 'domain' ? { type: 'email', value: `${text.slice(0, at)}@${host.value}` } : null
}

function placeOf(text: string): Spelled | null {
  // `192.0.2.1:8080`, `192.0.2.1|8080` and `c2.example:443`: where, without which port.
  const bare = text.replace(/^(\[[^\]]*\]|[^:|]*)[:|]\d{1,5}$/, '$1').replace(/\/+$/, '')
  const host = hostOf(/^[0-9a-f]*:[0-9a-f:.]*$/i.test(bare) ? `[${bare}]` : bare)
  if (!host) return null
  if (host.type === 'domain' && isCommon(host.value)) return { problem: `domain: ${host.value} is one that everybody has` }
  if (host.type === 'ipv4' && isKnownResolver(host.value)) return { problem: `ipv4: ${host.value} is a public resolver` }
  return { type: host.type, value: host.value }
}

function walletOf(text: string): Spelled | null {
  const found = indicatorsIn(`wallet ${text}`, 'literal').find(({ type }) => type === 'wallet')
  return found ? { type: 'wallet', value: found.value } : null
}

const isCommon = (host: string): boolean => COMMON.has(host) || FORGES.has(host) || isFalseFriend(host)
