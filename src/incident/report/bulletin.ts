import type { Bulletin } from '../../intel/bulletin.ts'
import type { IndicatorKind } from '../../intel/indicator.ts'
import { mayLeave } from '../../intel/tlp.ts'
import type { CaseState } from '../cases/fold.ts'
import type { PublicReport } from './public.ts'

const KINDS: Partial<Readonly<Record<string, IndicatorKind>>> = { domain: 'domain', url: 'url', email: 'email', wallet: 'wallet', webhook: 'webhook' }

/** A case as feeds and advisories carry it: packages with their files, indicators that this audience may have, and the report as its text. */
export function bulletinOf(state: CaseState, report: PublicReport, text: string): Bulletin {
  return {
    key: `case ${state.id}`, title: report.title, text: text.slice(0, 50_000), tlp: report.tlp, created: state.openedAt, modified: report.at, withdrawn: state.outcome === 'false-positive' || state.outcome === 'legitimate' ? state.closedAt : null,
    packages: report.packages.map(({ ecosystem, name, versions, digests }) => ({
      ecosystem, name, versions, ranges: versions.length > 0 ? [] : [{ introduced: '0' }], files: digests.filter((one) => one.startsWith('sha256:')).map((digest) => ({ name, sha256: digest.slice(7) })),
    })),
    indicators: state.observables.filter(({ tlp }) => mayLeave(tlp, report.tlp)).flatMap(({ type, value, role }) => {
      const kind = type === 'ip' ? (value.includes(':') ? 'ipv6' as IndicatorKind : 'ipv4' as IndicatorKind) : KINDS[type]
      return kind === undefined ? [] : [{ type: kind, value, says: role ?? 'used by the packages' }]
    }),
    campaign: state.campaigns[0] === undefined ? null : { id: state.campaigns[0], name: state.campaigns[0], firstSeen: state.openedAt, lastSeen: null },
    references: [],
  }
}
