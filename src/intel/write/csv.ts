import { csvLine } from '../../core/csv.ts'
import { oneLine } from '../../core/text.ts'
import type { Bulletin } from '../bulletin.ts'
import { defanged } from './defang.ts'
import { writePurl } from './purl.ts'

const PACKAGES = ['ecosystem', 'name', 'version', 'purl', 'summary', 'tlp', 'id', 'modified', 'withdrawn'] as const
const INDICATORS = ['type', 'indicator', 'summary', 'tlp', 'id', 'modified', 'withdrawn'] as const

/** A line for each package and version. No address leads anywhere, no cell is a formula. */
export function packagesCsv(bulletins: readonly Bulletin[]): string {
  return csvLine(PACKAGES) + bulletins.flatMap((bulletin) => bulletin.packages.flatMap((one) => {
    const spans = one.ranges.map(({ introduced, fixed, lastAffected }) => `>=${introduced}${fixed === undefined ? lastAffected === undefined ? '' : ` <=${lastAffected}` : ` <${fixed}`}`)
    return [...one.versions.map((version) => [version, version] as const), ...spans.map((span) => [span, null] as const), ...(one.versions.length + spans.length === 0 ? [['*', null] as const] : [])]
      .map(([version, exact]) => csvLine([one.ecosystem, one.name, version, writePurl(one.ecosystem, one.name, exact), oneLine(bulletin.title, 300), ...ends(bulletin)]))
  })).join('')
}

/** A line for each indicator. */
export function indicatorsCsv(bulletins: readonly Bulletin[]): string {
  return csvLine(INDICATORS) + bulletins.flatMap((bulletin) => bulletin.indicators.map(({ type, value, says }) =>
    csvLine([type, defanged(type, value), oneLine(says || bulletin.title, 300), ...ends(bulletin)]))).join('')
}

const ends = ({ tlp, key, modified, withdrawn }: Bulletin): string[] => [`TLP:${tlp.toUpperCase()}`, key, modified.toISOString(), withdrawn?.toISOString() ?? '']
