import { SluiceError } from '../core/errors.ts'
import { oneLine } from '../core/text.ts'
import type { EcosystemId } from '../core/types.ts'
import { counts, rank } from '../screening/judge.ts'
import type { Screened } from '../screening/screen.ts'
import { KINDS } from '../screening/types.ts'
import type { Against, Kind } from '../screening/types.ts'

type Severity = NonNullable<Against['severity']>

/** What `--fail-on` may name. */
export const FAILINGS = [...KINDS, 'vulnerable:low', 'vulnerable:moderate', 'vulnerable:high', 'vulnerable:critical', 'bypass', 'any', 'nothing'] as const

export interface Fails {
  kinds: ReadonlySet<Kind>
  /** Vulnerabilities at or above count; null: also those without one. */
  severity: Severity | null
  bypass: boolean
}

const ALWAYS: readonly Kind[] = ['malicious', 'recalled', 'denied', 'listed']

/** Throws `usage`. */
export function failing(text: string): Fails {
  const words = text.split(',').map((word) => word.trim().toLowerCase()).filter(Boolean)
  const wrong = words.find((word) => !(FAILINGS as readonly string[]).includes(word))
  if (wrong !== undefined || words.length === 0) {
    throw new SluiceError('usage', `--fail-on does not know ${JSON.stringify((wrong ?? text).slice(0, 60))}`, { hint: `it takes one or more of ${FAILINGS.join(', ')}` })
  }
  if (words.includes('nothing')) return { kinds: new Set(), severity: null, bypass: false }
  if (words.includes('any')) return { kinds: new Set(KINDS), severity: null, bypass: true }
  const severities = words.flatMap((word) => (word.startsWith('vulnerable:') ? [word.slice('vulnerable:'.length) as Severity] : []))
  return {
    kinds: new Set([...ALWAYS, ...words.map((word) => word.split(':', 1)[0] as Kind).filter((word) => KINDS.includes(word))]),
    severity: words.includes('vulnerable') ? null : severities.sort((a, b) => rank(a) - rank(b))[0] ?? null,
    bypass: words.includes('bypass'),
  }
}

export interface CheckVerdict {
  /** As exit codes go. */
  code: 0 | 1 | 2
  /** Why the answer is worth less than it looks. */
  warnings: string[]
}

const DAY = 86_400_000
const NAMES: Readonly<Record<EcosystemId, string>> = { npm: 'npm', pypi: 'PyPI', go: 'Go' }
/** Formats of which one without any package, but with lines that could not be read, was not understood. */
const LOCKS = /lock|yarn|go\.sum/i
/** Advisories older than this are said to be old. */
const STALE = 7 * DAY

export function verdictOf(screened: Screened, { fails, lists, maxAge, now }: { fails: Fails; lists: boolean; maxAge?: string; now: Date }): CheckVerdict {
  const { basis, unread } = screened
  const most = maxAge === undefined ? null : durationOf(maxAge)
  const warnings: string[] = []
  let doubt = unread.length > 0 || screened.problems.some(({ broken, elsewhere }) => broken || elsewhere)
  const silent = screened.files.filter(({ path, format, packages }) => packages === 0 && LOCKS.test(format) && screened.problems.some(({ file }) => file === path))
  for (const { path } of silent.slice(0, 5)) warnings.push(`Of ${oneLine(path, 200)} no package could be read.`)
  doubt ||= silent.length > 0 || (screened.packages === 0 && screened.problems.length > 0)
  if (basis.advisories === 0) {
    warnings.push('No advisories are known here: what is not named below has not been held against any. Get some with sluice feed import PATH, or sluice feed add and sluice feed sync.')
    doubt ||= !lists
  }
  for (const [ecosystem, count] of Object.entries(screened.byEcosystem) as [EcosystemId, number][]) {
    if (basis.advisories === 0 || basis.ecosystems.includes(ecosystem)) continue
    warnings.push(`No advisories of ${NAMES[ecosystem]} are known here: ${count} of its packages ${count === 1 ? 'has' : 'have'} not been held against any.`)
    doubt ||= !lists
  }
  if (screened.ranged > 0) warnings.push(`${screened.ranged} ${screened.ranged === 1 ? 'package is' : 'packages are'} asked for by a range, without a lockfile: which version is there is not known, and only what is said of every version was held against it.`)
  if (basis.advisories > 0 && basis.updatedAt) {
    const age = now.getTime() - basis.updatedAt.getTime()
    if (age > (most ?? STALE)) warnings.push(`The newest advisories are ${Math.floor(age / DAY)} days old, of ${basis.updatedAt.toISOString().slice(0, 10)}: what was found out since is not known here.`)
    doubt ||= most !== null && age > most
  } else if (basis.advisories > 0 && most !== null) {
    warnings.push('When advisories last came in is not known.')
    doubt = true
  }
  const found = screened.finds.some(({ against }) => against.some((one) => fatal(one, fails))) || (fails.bypass && screened.bypasses.length > 0)
    // Another package's archive under a name is what a lockfile was tampered with for.
    || (fails.kinds.has('malicious') && screened.bypasses.some(({ kind }) => kind === 'other-package'))
  return { code: found ? 1 : doubt ? 2 : 0, warnings }
}

function fatal(one: Against, { kinds, severity }: Fails): boolean {
  return counts(one) && kinds.has(one.kind) && (one.kind !== 'vulnerable' || severity === null || rank(one.severity) >= rank(severity))
}

function durationOf(text: string): number {
  const found = /^(\d{1,5})\s*([hd])$/.exec(text.trim())
  if (!found) throw new SluiceError('usage', `--max-age is no duration: ${text.slice(0, 40)}`, { hint: 'write it like 24h or 7d' })
  return Number(found[1]) * (found[2] === 'h' ? 3_600_000 : DAY)
}
