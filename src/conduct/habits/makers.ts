import { parse } from 'tldts'
import type { Act } from '../../tracing/act.ts'
import type { About } from '../about.ts'

/** Where anybody can have a place of their own by a path, or below names that are no suffixes. */
const ANYBODYS = new Set(`amazonaws cloudfront googleapis googleusercontent google appspot firebaseio firebaseapp blogspot github githubusercontent gitlab bitbucket codeberg gitee sourceforge azure windows azureedge
  azurewebsites cloudapp digitaloceanspaces backblazeb2 wasabisys cloudflare workers pages jsdelivr unpkg netlify vercel heroku herokuapp surge render onrender railway deno glitch replit wordpress dropbox discord telegram
  slack facebook twitter notion airtable typeform postman mocky requestbin webhook pastebin sentry segment mixpanel amplitude posthog`.trim().split(/\s+/))
/** Shorter names are words, and anybody's. */
const SHORTEST = 4
const LONGEST = 500

/**
 * Whether a package only fetches something from the domain that bears the name of its project, its scope or its owner: `downloads.snyk.io`
 * for `snyk`. That is worth as much as the home that a package declares itself, and no more: whatever is sent there is sent to a stranger.
 */
export function fetchesFromMaker(host: string, { kind, method, target, bytes = 0, honey = [] }: Pick<Act, 'kind' | 'method' | 'target' | 'bytes' | 'honey'>, { ref, repository = '', names }: About): boolean {
  if (kind !== 'request' || method !== 'GET' && method !== 'HEAD' || bytes > 0 || honey.length > 0 || !target.startsWith('https://')) return false
  const domain = domainOf(host)
  if (domain === null || ANYBODYS.has(domain)) return false
  const own = [...ref.name.split('/'), ...(/[/:]([\w.-]+)\/([\w.-]+?)(?:\.git)?(?:#.*)?$/.exec(`/${repository.slice(0, LONGEST).replace(/^\w+:(?!\/\/)/, '')}`)?.slice(1) ?? [])].map(plain)
  if (!own.includes(domain)) return false
  const asked = target.toLowerCase()
  return ![...names.users, ...names.hosts].some((name) => name.length >= SHORTEST && asked.includes(name.toLowerCase()))
}

/** What somebody registered, without its public suffix; null: below a suffix that gives names to anybody (Public Suffix List, private section). */
function domainOf(host: string): string | null {
  const { domainWithoutSuffix, isPrivate } = parse(host, { allowPrivateDomains: true })
  const label = isPrivate ? '' : plain(domainWithoutSuffix ?? '')
  return label.length < SHORTEST ? null : label
}

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
