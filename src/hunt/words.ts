import type { Behaviour, EcosystemId, Level } from '../core/types.ts'
import type { SluiceError } from '../core/errors.ts'
import { oneLine } from '../core/text.ts'
import { duration, expiry } from '../config/values.ts'
import { detectors } from '../detectors/index.ts'
import { ecosystems } from '../ecosystems/index.ts'
import { LEVELS } from './judged.ts'
import { networkOf } from './keys.ts'
import type { Candidate } from './expression.ts'
import { addressOf, domainOf, soughtIn } from './sought.ts'
import type { Sought } from './sought.ts'
import * as terms from './terms.ts'
import type { Term } from './terms.ts'

/** One word of an expression: something the index has, a look at the file itself, or names that something else knows. */
export type Leaf =
  | { is: 'term'; says: string; term: Term }
  | { is: 'test'; says: string; test(candidate: Candidate): boolean }
  | { is: 'names'; says: string; of: { actor: string; ecosystem: EcosystemId | null } | { campaign: string }; or: readonly Term[] }

interface Reading {
  now: Date
  wrong(says: string, hint?: string): SluiceError
}

/** The taxonomy's words; `satisfies` keeps the list whole. */
const BEHAVIOURS = Object.keys({
  'known-malicious': 0, 'user-rule': 0, 'fetch-and-run': 0, 'hidden-code': 0, dropper: 0, 'remote-control': 0, 'reverse-shell': 0, 'run-at-install': 0,
  exfiltration: 0, 'credential-theft': 0, 'wallet-theft': 0, 'browser-theft': 0, 'messenger-theft': 0, surveillance: 0, 'host-profiling': 0, persistence: 0,
  destruction: 0, 'self-publish': 0, 'app-injection': 0, mining: 0, 'cloud-theft': 0, 'address-swap': 0, obfuscation: 0, evasion: 0, 'reviewer-deception': 0,
  'suspicious-binary': 0, 'suspicious-address': 0, impersonation: 0, metadata: 0, 'direct-url-dependency': 0, 'manifest-confusion': 0, 'archive-trickery': 0,
  'archive-mismatch': 0, change: 0,
} satisfies Record<Behaviour, 0>)
const TRIGGERS: Readonly<Record<string, string>> = { install: 'install-hook', 'install-hook': 'install-hook', startup: 'startup', build: 'build', editor: 'editor', generate: 'generate' }
const REACHES = ['unasked', 'loaded', 'asked', 'called', 'loose']
const EXAMPLE = 'sluice hunt --help lists them'

type Read = (value: string, reading: Reading, word: string) => Leaf

const term = (says: string, one: Term): Leaf => ({ is: 'term', says, term: one })
const test = (says: string, one: (candidate: Candidate) => boolean): Leaf => ({ is: 'test', says, test: one })

/** A value of a closed list; one that is close is named. */
function among(value: string, all: readonly string[], reading: Reading, what: string): string {
  const lower = value.toLowerCase()
  if (all.includes(lower)) return lower
  const near = all.find((one) => one.startsWith(lower) || one.includes(lower) || lower.startsWith(one))
  throw reading.wrong(`${oneLine(value, 40)} is no ${what}`, near === undefined ? `there are: ${all.slice(0, 60).join(', ')}` : `did you mean ${near}?`)
}

const WORDS: Readonly<Record<string, Read>> = {
  behaviour: (value, reading, word) => { const one = among(value, BEHAVIOURS, reading, 'behaviour'); return term(word, terms.behaviourTerm(one)) },
  detector: (value, reading, word) => term(word, terms.detectorTerm(among(value, [...detectors.map(({ id }) => id), 'yara', 'examination'], reading, 'detector'))),
  trigger: (value, reading, word) => term(word, terms.triggerTerm(TRIGGERS[among(value, Object.keys(TRIGGERS), reading, 'trigger')] as string)),
  does: (value, _reading, word) => {
    const [what = '', reach] = value.toLowerCase().split(/\s+/)
    return term(word, terms.abilityTerm(what, reach !== undefined && REACHES.includes(reach) ? reach : null))
  },
  mark: (value, _reading, word) => term(word, terms.markTerm(value)),
  binary: (value, _reading, word) => term(word, terms.binaryTerm(value)),
  repository: (value, _reading, word) => term(word, terms.repositoryTerm(value.toLowerCase().replace(/^https?:\/\//, '').replace(/\.git$|\/$/, ''))),
  publisher: (value, reading, word) => {
    const [, ecosystem, account] = /^(npm|pypi|go)\/(.+)$/.exec(value) ?? []
    if (ecosystem === undefined || account === undefined) throw reading.wrong('a publisher is ecosystem/account', 'write publisher:npm/somebody')
    return term(word, terms.publisherTerm(ecosystem as EcosystemId, account.toLowerCase()))
  },
  domain: (value, reading, word) => sought(soughtIn(value), ['domain'], reading, word, 'a domain'),
  url: (value, reading, word) => sought(soughtIn(value), ['url'], reading, word, 'a URL'),
  ip: (value, reading, word) => sought(soughtIn(value), ['network'], reading, word, 'an address or a network'),
  email: (value, reading, word) => {
    const domain = domainOf(value.replace(/^@/, ''))
    return value.includes('@') && !value.startsWith('@') || domain === null ? sought(soughtIn(value), ['email', 'mail'], reading, word, 'an address of mail')
      : leafOf({ kind: 'mail', value: domain }, reading, word)
  },
  hash: (value, reading, word) => sought(soughtIn(value), ['hash'], reading, word, 'a hash'),
  wallet: (value, reading, word) => leafOf({ kind: 'wallet', value }, reading, word),
  actor: (value, reading, word) => {
    const email = soughtIn(value)
    const [, ecosystem, account] = /^(npm|pypi|go)[/:](.+)$/.exec(value) ?? []
    if (email?.kind === 'email') return { is: 'names', says: word, of: { actor: email.value, ecosystem: null }, or: [terms.indicatorTerm([`email:${email.value}`])] }
    if (ecosystem === undefined || account === undefined) throw reading.wrong('an actor is ecosystem/account or an address of mail', 'write actor:npm/somebody or actor:somebody@evil.example')
    return { is: 'names', says: word, of: { actor: account.toLowerCase(), ecosystem: ecosystem as EcosystemId }, or: [terms.publisherTerm(ecosystem as EcosystemId, account.toLowerCase())] }
  },
  campaign: (value, _reading, word) => ({ is: 'names', says: word, of: { campaign: value }, or: [] }),
  ecosystem: (value, reading, word) => { const one = among(value, Object.keys(ecosystems), reading, 'ecosystem'); return test(word, ({ ecosystem }) => ecosystem === one) },
  name: (value, _reading, word) => { const fits = pattern(value); return test(word, ({ name }) => fits(name)) },
  file: (value, _reading, word) => { const fits = pattern(value); return test(word, ({ file }) => fits(file)) },
  version: (value, _reading, word) => { const fits = pattern(value); return test(word, ({ version }) => fits(version)) },
  level: (value, reading, word) => { const one = LEVELS.indexOf(among(value, LEVELS, reading, 'level') as Level); return test(word, ({ level }) => level === one) },
  since: (value, reading, word) => { const from = moment(value, reading); return test(word, ({ judgedAt }) => judgedAt >= from) },
  before: (value, reading, word) => { const to = moment(value, reading); return test(word, ({ judgedAt }) => judgedAt < to) },
  published: (value, reading, word) => { const from = moment(value, reading); return test(word, ({ publishedAt }) => publishedAt >= from) },
}
const OTHERWISE: Readonly<Record<string, string>> = {
  behavior: 'behaviour', ipv4: 'ip', ipv6: 'ip', cidr: 'ip', sha256: 'hash', sha1: 'hash', sha512: 'hash', md5: 'hash', host: 'domain', uri: 'url', mail: 'email', repo: 'repository', ability: 'does',
}

/** One word: `score>=50`, `detector:mines`, `npm:left-pad@1.3.0`, or an indicator as it stands. */
export function readWord(word: string, reading: Reading): Leaf {
  const compared = /^(score|served)(>=|<=|>|<|=)(.*)$/i.exec(word)
  if (compared) return comparison(compared as unknown as [string, string, string, string], reading)
  const alone = soughtIn(word)
  if (alone) return leafOf(alone, reading, word)
  const colon = word.indexOf(':')
  const key = word.slice(0, Math.max(0, colon)).toLowerCase()
  const value = word.slice(colon + 1)
  const read = WORDS[Object.hasOwn(OTHERWISE, key) ? OTHERWISE[key] as string : Object.hasOwn(WORDS, key) ? key : '']
  if (read) {
    if (value === '') throw reading.wrong(`${key}: what?`, EXAMPLE)
    return read(value, reading, word)
  }
  if (key === 'npm' || key === 'pypi' || key === 'go') return packageNamed(key, value, word)
  if (colon > 0) throw reading.wrong(`nothing is found by ${oneLine(key, 40)}`, `words are: ${Object.keys(WORDS).join(', ')}, score>=, served>=`)
  throw reading.wrong(`${oneLine(word, 60)} is no indicator and no word of the language`, 'write domain:evil.example, behaviour:exfiltration, name:evil-* …; sluice hunt --help has more')
}

function packageNamed(ecosystem: EcosystemId, value: string, word: string): Leaf {
  const mark = ecosystem === 'pypi' ? value.search(/==|@/) : value.indexOf('@', 1)
  const name = pattern(mark < 0 ? value : value.slice(0, mark), (raw) => (raw.includes('*') ? raw : ecosystems[ecosystem].canonicalName(raw)))
  const version = mark < 0 ? null : pattern(value.slice(mark).replace(/^(?:==|@)/, ''))
  return test(word, (one) => one.ecosystem === ecosystem && name(one.name) && (version === null || version(one.version)))
}

function comparison([, what, sign, value]: [string, string, string, string], reading: Reading): Leaf {
  if (!/^\d{1,12}$/.test(value)) throw reading.wrong(`${what.toLowerCase()} is compared with a number`, 'write score>=50')
  const wanted = Number(value)
  const of = what.toLowerCase() as 'score' | 'served'
  const fits: Readonly<Record<string, (one: number) => boolean>> = {
    '>=': (one) => one >= wanted, '<=': (one) => one <= wanted, '>': (one) => one > wanted, '<': (one) => one < wanted, '=': (one) => one === wanted,
  }
  return test(`${of}${sign}${value}`, (candidate) => fits[sign]?.(candidate[of]) === true)
}

function sought(found: Sought | null, kinds: readonly Sought['kind'][], reading: Reading, word: string, what: string): Leaf {
  if (!found || !kinds.includes(found.kind)) throw reading.wrong(`${oneLine(word.slice(word.indexOf(':') + 1), 60)} is not ${what}`)
  return leafOf(found, reading, word)
}

function leafOf(found: Sought, reading: Reading, says: string): Leaf {
  switch (found.kind) {
    case 'domain': return term(says, terms.indicatorTerm([`domain:${found.value}`, `mail:${found.value}`]))
    case 'url': return term(says, terms.indicatorTerm([`url:${found.value}`]))
    case 'email': return term(says, terms.indicatorTerm([`email:${found.value}`]))
    case 'mail': return term(says, terms.indicatorTerm([`mail:${found.value}`]))
    case 'wallet': {
      // Capitals in Ethereum's addresses are a checksum, and may be left out (EIP-55).
      const value = /^0x[0-9a-f]{40}$/i.test(found.value) ? found.value.toLowerCase() : found.value
      return term(says, terms.indicatorTerm([`wallet:${value}`, `bot-token:${value}`]))
    }
    case 'hash': return term(says, terms.hashOrMentionTerm(found.value))
    case 'network': {
      const network = networkOf(addressOf(found.value) ?? '')
      const one = network && terms.networkTerm(network)
      if (!one) throw reading.wrong('a network this wide cannot be hunted for', 'down to /8 of IPv4, /32 of IPv6')
      return term(says, one)
    }
  }
}

/** `*` stands for anything; letters of either case are one. Linear in the text. */
function pattern(written: string, canonical: (raw: string) => string = (raw) => raw): (text: string) => boolean {
  const parts = canonical(written).toLowerCase().split('*')
  return (raw) => {
    const text = raw.toLowerCase()
    const [first = '', ...rest] = parts
    const last = rest.pop()
    if (last === undefined) return text === first
    if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false
    let at = first.length
    for (const part of rest) {
      const found = text.indexOf(part, at)
      if (found < 0 || found + part.length > text.length - last.length) return false
      at = found + part.length
    }
    return true
  }
}

/** `7d` back from now, or a day or time. */
function moment(value: string, reading: Reading): number {
  const length = duration().safeParse(value)
  if (length.success) return reading.now.getTime() - length.data
  const time = expiry().safeParse(value).success ? new Date(value).getTime() : Number.NaN
  if (Number.isNaN(time)) throw reading.wrong(`${oneLine(value, 40)} is no time`, 'write since:7d or since:2030-01-31')
  return time
}
