import type { RecordJudge } from '../ports/runner.ts'
import { aboutRecord } from './about.ts'
import { indicatorsOf } from './indicators.ts'
import { conductVersion, judge } from './judge.ts'

/** What says in a gate what a record means; `ownHosts` are the registries' own, as far as the gate knows them. */
export const recordJudge = (ownHosts: readonly string[]): RecordJudge => ({
  version: conductVersion,
  judge: (record) => judge(record, aboutRecord(record, ownHosts)),
  indicators: (record) => indicatorsOf(record, aboutRecord(record, ownHosts)),
})
