import { ways } from './classify.ts'
import { wordsOf } from './forms.ts'
import type { Keys } from './keys.ts'
import { STRENGTH } from './kinds.ts'
import type { Protected, Told } from './kinds.ts'
import { compare } from './compare.ts'
import type { Compared } from './compare.ts'
import type { Parts } from './parts.ts'
import { holderParts } from './segment.ts'
import type { Segment } from './segment.ts'

/**
 * Companies that publish under a scope of their own. Names of frameworks are not among them: whoever writes a plug-in
 * calls it after the framework.
 */
const COMPANIES: ReadonlySet<string> = new Set(`microsoft google google-cloud googleapis amazon aws-sdk azure openai anthropic-ai stripe paypal shopify
  atlassian salesforce adobe ibm oracle twilio cloudflare vercel netlify datadog sentry hashicorp mongodb elastic okta auth0 coinbase binance metamask
  ledgerhq openzeppelin uniswap solana github gitlab slack`.trim().split(/\s+/))

/** What follows is nobody's name: an imitated owner alone says less. */
const ANYTHING = 0.9

interface Branded {
  target: Protected
  told: Told
  strength: number
  length: number
}

/** `asked`: keys of the name's holder. Names that borrow one: its scope or account misspelt, or its brand in front of a name without scope. */
export function branded(parts: Parts, asked: Keys | null, segment: Segment): Branded[] {
  return [...misspelt(parts, asked, segment), ...unscoped(parts, segment)]
}

/** `@microsft/anything`, `github.com/siruspen/anything`: a scope belongs to somebody, and this one is not theirs. */
function misspelt({ ecosystem, name, holder }: Parts, asked: Keys | null, segment: Segment): Branded[] {
  if (holder === null || asked === null || segment.heldBy(holder) !== null) return []
  const found: Branded[] = []
  const mine = holderParts(ecosystem, holder)
  segment.holders(asked, holder, (other, target) => {
    const compared = ecosystem === 'npm' ? slipsOf(holder, other) : compare(mine, holderParts(ecosystem, other))
    if (compared === null) return
    const [closest] = compared.kinds
    const says = `\`${name}\` borrows the name of \`${shown(ecosystem, other)}\`: ${closest?.says ?? ''}`
    found.push({ target, length: compared.length, strength: Math.min(STRENGTH.brand, compared.strength * ANYTHING), told: { kind: 'brand', says } })
  })
  return found
}

function slipsOf(one: string, other: string): Compared | null {
  const found = ways(one, other, { one: `@${one}`, other: `@${other}` })
  return found === null ? null : { ...found, length: other.length }
}

const shown = (ecosystem: Parts['ecosystem'], holder: string): string => (ecosystem === 'npm' ? `@${holder}` : holder)

/** `microsoft-anything`. Of companies only, and of the organisation's own scopes. */
function unscoped({ ecosystem, name, elements, holder }: Parts, segment: Segment): Branded[] {
  if (ecosystem !== 'npm' || holder !== null) return []
  const words = wordsOf(elements[0] ?? '')
  return [1, 2].filter((count) => count < words.length).flatMap((count) => {
    const scope = words.slice(0, count).join('-')
    const target = segment.heldBy(scope)
    if (target === null || (target.why !== 'private' && !COMPANIES.has(scope))) return []
    const says = `\`${name}\` has the name of the scope \`@${scope}\` in front and is not in it`
    return [{ target, length: scope.length, strength: STRENGTH.brand, told: { kind: 'brand', says } }]
  })
}
