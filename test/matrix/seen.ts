import type { ClientName, Outcome } from '../harness/clients.ts'
import { nameOf, registryOf } from './kinds.ts'
import type { Kind } from './kinds.ts'

/** What a person is left with after a denial. */
export interface Seen {
  exit: number
  /** Whether the reason, the request's id and the link to the package's page can be read. */
  reason: boolean
  request: boolean
  link: boolean
  /** What the client prints, without progress and advice of its own. */
  says: string[]
}

export function seen(outcome: Outcome, { client, kind, origin }: { client: ClientName; kind: Kind; origin: string }): Seen {
  const text = unwrapped(outcome.text)
  const page = `${origin}/packages/${registryOf(client)}/${nameOf(kind.id, client).replace('@', '%40')}`
  return {
    exit: outcome.code ?? -1,
    // bun shows the text as part of a URL.
    reason: kind.reason.test(text) || kind.reason.test(text.replaceAll('_', ' ')),
    request: lines(text).some((line) => REQUEST.test(line)),
    link: text.includes(page),
    says: lines(text).map((line) => line
      .replaceAll(origin, 'http://gate')
      .replace(/http:\/\/127\.0\.0\.1:\d+/g, 'http://upstream')
      .replace(new RegExp(REQUEST, 'gi'), '$1REQUEST')
      // pnpm 12 fetches a tarball twice at once, and names which of the two failed first.
      .replace('ERR_PNPM_TARBALL_SIBLING_FETCH_FAILED', 'ERR_PNPM_TARBALL_HTTP_STATUS')
      .replace(/\d{4}-\d\d-\d\dT\d\d:\d\dZ/g, 'DATE')),
  }
}

/** An id of the gate, as its denials write it. */
const REQUEST = /(request:?[ _]|\()[0-9a-z]{5}-[0-9a-z]+(?=[,)]|$)/i

/** pnpm 12 breaks lines at 80 characters, also inside names. */
function unwrapped(text: string): string {
  return text
    .replace(/([-/])\n(?: {2}[│ ] {3}| {8})(?=\S)/g, '$1')
    .replace(/(?<=\S)\n(?: {2}│ {3}| {6}| {8})(?=\S)/g, ' ')
}

/** Progress, greetings, stack traces, and advice that has nothing to do with the gate. Paths of this machine are in some of them. */
const NOISE: readonly RegExp[] = [
  /^\s*$/, /\/tmp\//, /\/site-packages\//, /node_modules/, /^\s+at /,
  /^npm error (?:403 )?(?:In most cases|a package version that is|on a server you)/, /^npm error A complete log/,
  /^yarn install/, /^info /, /^\[\d\/\d\]/, /^Progress/, /^Packages:/, /^\++$/, /^Lockfile is up to date/, /[Vv]erifying lockfile|Lockfile passes/,
  /authorization/, /^@jsr:/, /published versions run|^\s+is-\w+ versions"\.$/,
  /YN0000/, /YN0085/, /Request Method/,
  /^bun install/, /^Resolving dependencies/, /^Resolved,/, /^Saved lockfile/,
  /^Looking in indexes/, /^Using CPython/, /^Resolved \d/, /^Creating virtual/, /^Updating dependencies/, /^Installing dependencies/,
  /^Package operations/, /^\s+(?:→ )?\d+│/, /^go: downloading/, /^\s+Obtaining dependency/, /^\s+Downloading/,
]

function lines(text: string): string[] {
  const kept = text.split('\n').map((line) => line.trimEnd()).filter((line) => !NOISE.some((noise) => noise.test(line)))
  return kept.filter((line, at) => line !== kept[at - 1])
}
