import type { Contestant } from './process.ts'
import type { Row } from './report.ts'
import type { Install, LoadScenario } from './scenarios.ts'
import type { Load } from './wrk.ts'

/** One thing for each server; undefined for one that is left out. */
export interface Pair<T> {
  verdaccio: T | undefined
  sluice: T | undefined
}

export function loadRow(scenario: LoadScenario, { verdaccio, sluice }: Pair<Load>, ledgerLines: number): Row {
  const notes = ledgerLines > 0 ? `; ${ledgerLines} deliveries in the ledger` : ''
  return {
    scenario: scenario.title, goal: scenario.goal,
    verdaccio: verdaccio ? figures(verdaccio) : '',
    sluice: sluice ? figures(sluice) + notes : '',
    ratio: ratio(sluice?.perSecond, verdaccio?.perSecond),
  }
}

export const warmRow = ({ verdaccio, sluice }: Pair<Install>): Row => ({
  scenario: `re-resolve and install ${(verdaccio ?? sluice)?.packages ?? 0} packages, warm`, goal: '≤1×',
  verdaccio: duration(verdaccio), sluice: duration(sluice), ratio: ratio(sluice?.seconds, verdaccio?.seconds),
})

export const coldRow = (direct: Install, { verdaccio, sluice }: Pair<Install>): Row => ({
  scenario: `the same cold from the real registry (${direct.packages} packages; direct ${direct.seconds.toFixed(1)} s)`, goal: '≤1.5× direct',
  verdaccio: duration(verdaccio), sluice: duration(sluice), ratio: `${ratio(sluice?.seconds, direct.seconds)} of direct`,
})

export const memoryRow = ({ verdaccio, sluice }: Pair<Contestant>): Row => ({
  scenario: 'resident memory through all of it, peak (mean)', goal: '<1×',
  verdaccio: verdaccio ? `${mib(verdaccio.memory.peak)} (${mib(verdaccio.memory.mean)})` : '',
  sluice: sluice ? `${mib(sluice.memory.peak)} (${mib(sluice.memory.mean)})` : '',
  ratio: ratio(sluice?.memory.peak, verdaccio?.memory.peak),
})

const figures = (load: Load): string =>
  `${load.perSecond.toFixed(load.perSecond < 100 ? 1 : 0)}/s, p50 ${ms(load.p50)}, p99 ${ms(load.p99)}, ${(load.bytesPerSecond / load.perSecond / 1024).toFixed(1)} KiB each${load.errors > 0 ? `, **${load.errors} errors**` : ''}`

const ms = (value: number): string => (value >= 1_000 ? `${(value / 1_000).toFixed(1)} s` : `${value.toFixed(value < 10 ? 1 : 0)} ms`)
const duration = (install: Install | undefined): string => (install ? `${install.seconds.toFixed(1)} s` : '')
const mib = (bytes: number): string => `${Math.round(bytes / 1024 ** 2)} MiB`
const ratio = (one: number | undefined, other: number | undefined): string => (one && other ? `${(one / other).toFixed(one / other < 10 ? 2 : 0)}×` : '')
