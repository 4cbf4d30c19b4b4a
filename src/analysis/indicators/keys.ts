import { longRuns } from '../decode/marks/runs.ts'
import { base58, base58check, isBech32, isEip55, isMonero } from './checksums.ts'
import { PATIENCE } from './found.ts'
import type { Found } from './found.ts'
import { isWord } from './hints.ts'
import { mask } from './spelling.ts'

/** No wallet and no hash is shorter or longer. */
const SHORTEST = 25
const LONGEST = 130
const NEAR = 80

/** Wallets by their checksums and hashes by what stands next to them: long runs of letters and digits. */
export function* walletsAndHashes(text: string): Generator<Found> {
  let tries = 0
  let last: Found | null = null
  for (const [index, end] of longRuns(text, SHORTEST, isWord)) {
    if (++tries > PATIENCE) return
    if (end - index > LONGEST) continue
    const run = text.slice(index, end)
    const says = walletOf(run, () => WALLET.test(text.slice(Math.max(0, index - NEAR), index + run.length + NEAR)))
    const place = { at: index, from: index, to: end }
    if (says !== null) yield { type: 'wallet', value: run, says, ...place }
    else if (DIGEST.test(run) && /\d/.test(run)) {
      const hash: Found = { type: 'hash', value: run.toLowerCase(), ...place }
      const listed = last !== null && last.value.length === run.length && isSeparator(text.slice(last.to, index))
      const named = HASH.test(text.slice(Math.max(0, index - 40), index)) || HASH.test(text.slice(hash.to, hash.to + 20))
      if (listed && last) yield last
      if (listed || named) yield hash
      last = hash
    }
  }
}

const WALLET = /wallet|address|\baddr|ether|\beth\b|erc-?20|usd[tc]\b|metamask|solana|phantom|\bsol\b|recipient|payout|\bpay/i
const HASH = /\b(?:md5|sha-?(?:1|2|3|224|256|384|512))\b|hash|digest|checksum|fingerprint/i
const DIGEST = /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})$/i
const isSeparator = (between: string): boolean => between.length <= 12 && /^["'\s,;|]+$/.test(between)

/** Version bytes of base58check, by what they begin with. */
const VERSIONS: Readonly<Record<number, string>> = { 0: 'Bitcoin', 5: 'Bitcoin', 0x30: 'Litecoin', 0x32: 'Litecoin', 0x1e: 'Dogecoin', 0x41: 'Tron' }

function walletOf(run: string, spokenOf: () => boolean): string | null {
  if (run.length <= 35 && /^[13LMDT][1-9A-HJ-NP-Za-km-z]+$/.test(run)) {
    const version = base58check(run)
    if (version !== null) return VERSIONS[version] ?? null
  }
  if (/^(?:bc|ltc)1[02-9ac-hj-np-z]{11,71}$/.test(run)) return isBech32(run) ? (run.startsWith('bc') ? 'Bitcoin' : 'Litecoin') : null
  if (/^0x[0-9a-fA-F]{40}$/.test(run) && !/^0x(.)\1+$/.test(run)) {
    const mixed = /[a-f]/.test(run) && /[A-F]/.test(run)
    return (mixed ? isEip55(run) : spokenOf()) ? 'Ethereum' : null
  }
  if (/^[48][1-9A-HJ-NP-Za-km-z]{94}(?:[1-9A-HJ-NP-Za-km-z]{11})?$/.test(run)) return isMonero(run) ? 'Monero' : null
  if (run.length >= 32 && run.length <= 44 && /^[1-9A-HJ-NP-Za-km-z]+$/.test(run) && /\d/.test(run) && /[A-Z]/.test(run) && /[a-z]/.test(run)) {
    return base58(run)?.length === 32 && spokenOf() ? 'Solana' : null
  }
  return null
}

interface Token {
  says: string
  /** Without this the pattern is not tried. */
  hint: string
  pattern: RegExp
}

/** Tokens by the beginnings their makers gave them. */
const TOKENS: readonly Token[] = [
  { says: 'a Telegram bot token', hint: ':', pattern: /(?<![\w:])\d{8,10}:[\w-]{35}(?![\w-])/g },
  { says: 'a Discord token', hint: '.', pattern: /(?<![\w.-])[MNO][\w-]{22,27}\.[\w-]{6}\.[\w-]{27,38}(?![\w.-])/g },
  { says: 'a Discord token', hint: 'mfa.', pattern: /(?<![\w.-])mfa\.[\w-]{84}(?![\w.-])/g },
  { says: 'a Slack token', hint: 'xox', pattern: /\bxox[abeoprs]-[\w-]{10,250}/g },
  { says: 'a Slack token', hint: 'xapp-', pattern: /\bxapp-\d-[\w-]{20,250}/g },
  { says: 'a GitHub token', hint: 'gh', pattern: /\bgh[oprsu]_[A-Za-z0-9]{36,251}\b/g },
  { says: 'a GitHub token', hint: 'github_pat_', pattern: /\bgithub_pat_\w{22,251}\b/g },
  { says: 'a GitLab token', hint: 'glpat-', pattern: /\bglpat-[\w-]{20,100}/g },
  { says: 'an npm token', hint: 'npm_', pattern: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { says: 'a PyPI token', hint: 'pypi-', pattern: /\bpypi-[\w-]{50,250}/g },
  { says: 'an AWS key', hint: 'A', pattern: /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b/g },
  { says: 'a Google key', hint: 'AIza', pattern: /\bAIza[\w-]{35}(?![\w-])/g },
  { says: 'an OpenAI or Anthropic key', hint: 'sk-', pattern: /\bsk-(?:ant|proj|svcacct)-[\w-]{20,250}/g },
  { says: 'a Stripe key', hint: 'k_live_', pattern: /\b[rs]k_live_[A-Za-z0-9]{20,250}\b/g },
]

/** Keys that let whoever has them act as somebody; masked. */
export function* tokens(text: string): Generator<Found> {
  for (const { says, hint, pattern } of TOKENS) {
    if (!text.includes(hint)) continue
    let tries = 0
    for (const { 0: token, index } of text.matchAll(pattern)) {
      if (++tries > PATIENCE) break
      if (new Set(token).size > 9) yield { type: 'bot-token', value: mask(token), at: index, says, from: index, to: index + token.length }
    }
  }
}
