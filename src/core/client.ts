import { nameAgent, productNamed, toolNamed } from './agents.ts'
import type { AgentKind } from './agents.ts'
import type { Client } from './types.ts'

/** A user agent, read. Shapes are those the tools send; forged ones cost nothing but a wrong label. */
export interface Agent {
  tool: string
  kind: AgentKind
  version: string | null
  /** The name of the CI service where it says one, else `yes`; null: it does not say. */
  ci: string | null
  /** What the tool was asked to do, where it tells: `pip install`. */
  command: string | null
}

/** What is read of an agent, and what is kept of it: the details of Python's clients are longer than anybody looks at later. */
const LONGEST = 2_000
const KEPT = 300
const REMEMBERED = 2_000

/** `userAgent` null or empty gives an unknown client. Never throws; results are remembered for a bounded number of agents. */
export const clientOf = remembering((text): Client => {
  const { tool, version, ci } = read(text)
  return { tool, version, userAgent: text.slice(0, KEPT), ci }
})

/** As `clientOf`, with everything an agent says of what asks. */
export const readAgent = remembering(read)

/** An agent of which only the tool is told. Names are as in agents or in public tables (`Browser`, `devpi`, `pip`). */
export function agentNamed(tool: string | null, version: string | null, ci: string | null = null): Agent {
  const name = tool === null ? null : toolNamed(tool)
  return { tool: name?.tool ?? 'unknown', kind: name?.kind ?? 'unknown', version, ci, command: null }
}

function read(text: string): Agent {
  const brace = text.indexOf('{')
  const details = brace > 0 ? text.slice(brace) : null
  const plain = (details === null ? text : text.slice(0, brace)).trim()
  const products = productsOf(plain)
  const name = nameAgent(plain, products.map(([product]) => product))
  const version = (products.find(([product, told]) => told !== null && productNamed(product)?.tool === name.tool) ?? products[0])?.[1] ?? null
  const browser = /^mozilla\//i.test(plain) ? /(?:Firefox|Edg|Chrome|Version|PowerShell)\/([\d.]{1,20})/.exec(plain)?.[1] ?? null : undefined
  const agent = { ...name, version: browser === undefined ? version : browser, ci: /(?:^|\s)ci\/(\S{1,60})/.exec(plain)?.[1] ?? null, command: null }
  return details === null ? agent : { ...agent, ...detailed(details) }
}

/** What stands outside of comments: `name/version`, `name`, `name@version`, and Bazel's `name/release version`. */
function productsOf(text: string): [string, string | null][] {
  const outside = text.replace(/\([^()]*\)?/g, ' ').slice(0, 600)
  return [...outside.matchAll(/([^\s/@]+)(?:[/@](?:release )?([^\s/]{1,40}))?/g)].slice(0, 24).map(([, product = '', version]) => [product, version ?? null])
}

/**
 * The JSON of pip and those that follow it (`pip/23.2 {"ci":true,"installer":{"name":"pip"},…}`). What was cut off at the end is
 * read as far as it goes.
 */
function detailed(json: string): Partial<Agent> {
  const installer = /"installer":\s*\{([^{}]*)/.exec(json)?.[1] ?? ''
  const name = productNamed(/"name":\s*"([^"]{1,40})"/.exec(installer)?.[1] ?? '')
  const version = /"version":\s*"([^"]{1,40})"/.exec(installer)?.[1]
  const words = [.../"subcommand":\s*\[([^\]]*)/.exec(installer)?.[1]?.matchAll(/"([\w-]{1,20})"/g) ?? []].slice(0, 3).map(([, word]) => word)
  return {
    ...(name ? { ...name, ...(version ? { version } : {}) } : {}),
    ...(/"ci":\s*true/.test(json) ? { ci: 'yes' } : {}),
    ...(words.length > 0 ? { command: words.join(' ') } : {}),
  }
}

function remembering<T>(compute: (text: string) => T): (userAgent: string | null | undefined) => T {
  const seen = new Map<string, T>()
  return (userAgent) => {
    const text = (userAgent ?? '').slice(0, LONGEST)
    const known = seen.get(text)
    if (known !== undefined) return known
    const value = compute(text)
    if (seen.size >= REMEMBERED) seen.clear()
    seen.set(text, value)
    return value
  }
}
