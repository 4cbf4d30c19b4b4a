import type { Action } from '../analysis/facts.ts'
import type { Finding, Severity } from '../core/types.ts'
import type { Detector } from './detector.ts'
import { evidence, shown, when } from './kit/evidence.ts'
import { hostOf, trustOf } from './kit/hosts.ts'
import type { Trust } from './kit/hosts.ts'

type Use = 'code' | 'file' | 'probed' | 'checked' | 'only'

/**
 * Severity of running what was fetched, by where it came from. `code` is text given to an interpreter or an archive given
 * to an installer; `file` a downloaded program that is started; `probed` the same, only asked for its version; `checked` the
 * same after its hash was taken; `only` nothing is seen to run.
 */
const SEVERITY: Readonly<Record<Use, Readonly<Record<Trust, Severity>>>> = {
  code: { own: 'low', release: 'high', foreign: 'critical', hostile: 'critical', unknown: 'high', local: 'medium' },
  file: { own: 'low', release: 'low', foreign: 'critical', hostile: 'critical', unknown: 'high', local: 'low' },
  probed: { own: 'low', release: 'low', foreign: 'high', hostile: 'critical', unknown: 'medium', local: 'low' },
  checked: { own: 'info', release: 'info', foreign: 'medium', hostile: 'critical', unknown: 'medium', local: 'info' },
  only: { own: 'info', release: 'info', foreign: 'low', hostile: 'medium', unknown: 'info', local: 'info' },
}
const ORDER: readonly Severity[] = ['info', 'low', 'medium', 'high', 'critical']

const PROBE = / (?:--version|-version|-v|version)$/

interface Chain {
  severity: Severity
  url: string | null
  run: Action | null
  fetch: Action | null
}

/**
 * Code that runs by itself fetches something, and runs it. Native builders fetch a program from their own release page and
 * start it to see that it works: the declared home, the registry itself and a checked hash lower the severity.
 */
export const hookDownloads: Detector = {
  id: 'hook-downloads',
  version: 1,
  ecosystems: ['npm', 'pypi', 'go'],
  why: [
    'What an install hook, a build or start-up code fetches and runs was never in the archive that was examined.',
    'Most first stages are small: their second stage sits on a host the attacker controls and can change at any time.',
  ],
  detect(pkg, facts, outside) {
    const fetches = facts.actions.filter((action) => action.kind === 'fetch')
    const checked = facts.actions.some((action) => action.kind === 'verify' && action.tainted === 'fetched')
    const runs = facts.actions.filter((action) => (action.kind === 'execute' || action.kind === 'spawn') && action.tainted === 'fetched')
    const chains: Chain[] = runs.map((run) => {
      const near = sources(run, fetches)
      const urls = run.argument !== null && hostOf(run.argument) && /:\/\//.test(run.argument) ? [run.argument] : near.map((fetch) => fetch.argument)
      const kind: Use = run.kind === 'execute' ? 'code' : checked ? 'checked' : PROBE.test(run.argument ?? '') ? 'probed' : 'file'
      const worst = urls.map((url) => ({ url, severity: SEVERITY[kind][trustOf(url, pkg, outside)] })).sort(bySeverity)[0]
      const url = worst?.url ?? null
      return { run, url, severity: worst?.severity ?? SEVERITY[kind].unknown, fetch: near.find((fetch) => fetch.argument === url) ?? near[0] ?? null }
    })
    if (chains.length === 0) {
      for (const fetch of fetches) {
        chains.push({ run: null, fetch, url: fetch.argument, severity: SEVERITY.only[trustOf(fetch.argument, pkg, outside)] })
      }
    }
    const capped = chains.map((chain) => (isGenerate(chain) ? { ...chain, severity: least(chain.severity, 'high') } : chain)).sort(bySeverity)
    const worst = capped[0]
    return worst ? [finding(worst, capped)] : []
  },
}

/** Where a run's input may come from: fetches of the same file, or of any file when there is none. */
function sources(run: Action, fetches: readonly Action[]): readonly Action[] {
  const same = fetches.filter((fetch) => fetch.file === run.file && fetch.argument !== null)
  return same.length > 0 ? same : fetches
}

function finding(worst: Chain, chains: readonly Chain[]): Finding {
  const from = worst.url === null ? 'an address the code hides' : hostOf(worst.url) ?? 'an address that is put together at run time'
  const main = (worst.run ?? worst.fetch) as Action
  const places = chains.filter((chain) => chain.severity === worst.severity).flatMap((chain) => [
    ...(chain.fetch ? [shown(chain.fetch, `fetches ${chain.url ?? 'something'} with ${chain.fetch.call}`)] : []),
    ...(chain.run ? [shown(chain.run, `${chain.run.call} runs what was fetched${chain.run.argument ? `: ${chain.run.argument}` : ''}`)] : []),
  ])
  return {
    detector: hookDownloads.id,
    behaviour: worst.run ? 'fetch-and-run' : 'run-at-install',
    severity: worst.severity,
    confidence: worst.run && worst.severity !== 'medium' ? 0.9 : 0.7,
    title: worst.run ? `${when(main)} fetches from ${from} and runs it` : `${when(main)} fetches from ${from}`,
    evidence: evidence(places[0] ?? shown(main, main.call), places.slice(1)),
  }
}

const isGenerate = (chain: Chain): boolean => (chain.run ?? chain.fetch)?.trigger.kind === 'generate'
const bySeverity = (a: { severity: Severity }, b: { severity: Severity }): number => ORDER.indexOf(b.severity) - ORDER.indexOf(a.severity)
const least = (a: Severity, b: Severity): Severity => (ORDER.indexOf(a) < ORDER.indexOf(b) ? a : b)
