import type { Action } from '../analysis/facts.ts'
import type { Severity } from '../core/types.ts'
import type { Detector } from './detector.ts'
import { atMost, chain, isBlend, isVague, reachOf, worse } from './kit/chains.ts'
import type { Reach } from './kit/chains.ts'
import { evidence, when } from './kit/evidence.ts'
import { hostOf, isAddress } from './kit/hosts.ts'
import type { Trust } from './kit/hosts.ts'
import { fetchedFrom } from './kit/origins.ts'
import type { Address, Ground } from './kit/origins.ts'
import { running } from './kit/running.ts'

type Use = 'code' | 'program' | 'probed' | 'checked'

/**
 * Severity of running what was fetched, by where it came from. `code` is text given to an interpreter; `program` a
 * download that is started; `probed` the same, only asked for its version; `checked` after its hash was taken.
 */
const SEVERITY: Readonly<Record<Use, Readonly<Record<Trust, Severity>>>> = {
  code: { own: 'low', release: 'high', foreign: 'critical', hostile: 'critical', unknown: 'high', local: 'medium' },
  program: { own: 'low', release: 'low', foreign: 'critical', hostile: 'critical', unknown: 'high', local: 'low' },
  probed: { own: 'low', release: 'low', foreign: 'high', hostile: 'critical', unknown: 'medium', local: 'low' },
  checked: { own: 'info', release: 'info', foreign: 'medium', hostile: 'critical', unknown: 'medium', local: 'info' },
}

/** What it can amount to at most: tools that people start, and libraries that they call, download things for a living, from places with a name. */
const MOST: Readonly<Record<Reach, Readonly<Record<Trust, Severity>>>> = {
  unasked: { own: 'critical', release: 'critical', foreign: 'critical', hostile: 'critical', unknown: 'critical', local: 'critical' },
  loaded: { own: 'low', release: 'low', foreign: 'critical', hostile: 'critical', unknown: 'medium', local: 'info' },
  asked: { own: 'info', release: 'info', foreign: 'medium', hostile: 'high', unknown: 'low', local: 'info' },
  called: { own: 'info', release: 'info', foreign: 'low', hostile: 'high', unknown: 'info', local: 'info' },
  loose: { own: 'info', release: 'info', foreign: 'low', hostile: 'high', unknown: 'info', local: 'info' },
}

/** Code of a module that nothing in the package loads runs as soon as somebody does. */
const LOADED_ALONE: Readonly<Record<Trust, Severity>> = { own: 'info', release: 'info', foreign: 'high', hostile: 'critical', unknown: 'low', local: 'info' }
const isTopLevel = ({ trigger }: Action): boolean => trigger.kind === 'file' && trigger.name === trigger.file && trigger.file.endsWith('.py')

/** A program in a folder that is not known. */
const PATH = /^…[^ ]*[\\/][^ ]/
const PROBE = / (?:--version|-version|-v|-V|version)$/
/** Where projects of all owners publish what they have built. */
const RELEASES = /^https:\/\/(?:github|gitlab)\.com\/[^/]+\/[^/]+\/(?:-\/)?releases\//

/** Single files of a repository or a page, as they are at that moment. */
const RAW = /^https:\/\/(?:raw\.githubusercontent\.com|raw\.github\.com|gist\.githubusercontent\.com|[\w-]+\.(?:github|gitlab)\.io)\//i

interface Chain {
  run: Action
  from: Address
  severity: Severity
}

/**
 * Code fetches something and runs it. Native builders fetch a program from their own release page and start it to see
 * that it works: the declared home, the registry itself and a checked hash lower the severity.
 */
export const downloadsAndRuns: Detector = {
  id: 'downloads-and-runs',
  version: 3,
  ecosystems: ['npm', 'pypi', 'go'],
  why: [
    'What code fetches and runs was never in the archive that was examined.',
    'Most first stages are small: their second stage sits on a host the attacker controls and can change at any time.',
  ],
  detect(pkg, facts, outside) {
    const ground = { pkg, facts, outside }
    const checks = facts.actions.filter((action) => action.kind === 'verify' && action.from.includes('fetched'))
    const chains = running(facts, 'fetched')
      .map((run) => judged(run, useOf(run, checks), ground))
      .sort((a, b) => worse(a.severity, b.severity))
    const [first] = chains
    if (!first) return []
    const { run, from, severity } = first
    const shown = chains.filter((one) => one.severity === severity).flatMap((one) => chain(one.run, saysOf(one)))
    return [{
      detector: downloadsAndRuns.id, behaviour: 'fetch-and-run', severity, confidence: severity === 'critical' || severity === 'high' ? 0.9 : 0.7,
      title: `${when(run)} fetches from ${named(from)} and runs it`,
      evidence: evidence(shown[0] ?? chain(run, saysOf(first))[0], shown.slice(1)),
    }]
  },
}

function useOf(run: Action, checks: readonly Action[]): Use {
  const program = run.kind === 'spawn' || PATH.test(run.argument ?? '') || run.path.some(({ call }) => call === 'git')
  if (!program) return 'code'
  if (checks.some((check) => check.file === run.file)) return 'checked'
  return PROBE.test(run.argument ?? '') ? 'probed' : 'program'
}

function judged(run: Action, use: Use, ground: Ground): Chain {
  const found = fetchedFrom(run, ground)
  // Whoever uploads says which repository is theirs, and what lies there is another at any time.
  const from: Address = use === 'code' && found.trust === 'release' && !isVague(run) && RAW.test(found.url ?? '') ? { ...found, trust: 'foreign' } : found
  const severity = atMost(SEVERITY[use][from.trust], use === 'code' && isTopLevel(run) ? LOADED_ALONE[from.trust] : MOST[reachOf(run)][from.trust])
  // Where anybody may leave a file for anybody nobody publishes, whoever calls. A bare address may be an internal one.
  const host = from.url === null ? null : hostOf(from.url)
  if (from.trust === 'hostile' && host !== null && !isAddress(host) && (reachOf(run) === 'called' || reachOf(run) === 'loose')) return { run, from, severity: SEVERITY[use].hostile }
  const published = use !== 'code' && from.trust === 'foreign' && reachOf(run) === 'unasked' && RELEASES.test(from.url ?? '')
  if (from.trust !== 'hostile' && isBlend(run)) return { run, from, severity: atMost(severity, 'medium') }
  return { run, from, severity: published ? atMost(severity, use === 'program' ? 'high' : 'medium') : isVague(run) && from.trust !== 'hostile' ? atMost(severity, 'high') : severity }
}

const named = ({ url }: Address): string =>
  (url === null ? 'an address the code hides' : hostOf(url) ?? 'an address that is put together at run time')
const saysOf = ({ run, from }: Chain): string => `${run.call} runs what was fetched from ${from.url ?? 'somewhere'}${run.argument ? `: ${run.argument}` : ''}`
