import type { Client } from './types.ts'

/**
 * Reads a user agent (RFC 9110 §10.1.5) into the tool behind it. Order matters: pnpm and yarn also say `npm/?`.
 * Shapes are those the tools send; forged ones cost nothing but a wrong label.
 */
const TOOLS: readonly { tool: Client['tool']; sign: RegExp }[] = [
  { tool: 'pnpm', sign: /^pnpm\/(\S+)/ },
  { tool: 'yarn1', sign: /^yarn\/(1\.\S+)/ },
  { tool: 'yarn', sign: /^(?:yarn\/(\S+)|got )/ },
  { tool: 'bun', sign: /^Bun\/(\S+)/i },
  { tool: 'npm', sign: /^npm\/(\S+)/ },
  { tool: 'pip', sign: /^pip\/(\S+)/ },
  { tool: 'uv', sign: /^uv\/(\S+)/ },
  { tool: 'poetry', sign: /^poetry\/(\S+)/ },
  { tool: 'go', sign: /^Go-http-client\/(\S+)/ },
  { tool: 'mirror', sign: /^(?:bandersnatch|devpi-server|Nexus|Artifactory|z3c\.pypimirror|pep381client)[/-]?(\S*)/ },
  { tool: 'browser', sign: /^Mozilla\/(\S+)/ },
]

const LONGEST = 300
const seen = new Map<string, Client>()

/** `userAgent` null or empty gives an unknown client. Never throws; results are remembered for a bounded number of agents. */
export function clientOf(userAgent: string | null | undefined): Client {
  const text = (userAgent ?? '').slice(0, LONGEST)
  const known = seen.get(text)
  if (known) return known
  const client = read(text)
  if (seen.size > 2_000) seen.clear()
  seen.set(text, client)
  return client
}

function read(text: string): Client {
  const ci = /(?:^|\s)ci\/(\S+)/.exec(text)?.[1] ?? (/"ci":\s*true/.test(text) ? 'yes' : null)
  for (const { tool, sign } of TOOLS) {
    const found = sign.exec(text)
    if (found) return { tool, version: found[1]?.slice(0, 40) ?? null, userAgent: text, ci }
  }
  return { tool: 'unknown', version: null, userAgent: text, ci }
}
