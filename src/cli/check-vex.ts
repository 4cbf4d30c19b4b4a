import { randomUUID } from 'node:crypto'
import { counts } from '../screening/judge.ts'
import { purlOf } from '../screening/purl.ts'
import type { Find, Screened } from '../screening/screen.ts'
import type { Against } from '../screening/types.ts'

const SEVERITIES: Readonly<Record<string, string>> = { critical: 'critical', high: 'high', moderate: 'medium', low: 'low' }

/**
 * CycloneDX 1.6 (ECMA-424) with a vulnerability for each thing that is against a package, and its state: what is malicious is
 * `exploitable`, because it acts by itself; what is vulnerable is `in_triage`, because a version alone does not tell; what a
 * person released is a `false_positive`; what policy allows stays `exploitable`, and is not to be fixed.
 */
export function vex({ finds }: Screened, now: Date): object {
  const components = new Map(finds.map((find) => [purlOf(find), find]))
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber: `urn:uuid:${randomUUID()}`, version: 1,
    metadata: { timestamp: now.toISOString(), tools: { components: [{ type: 'application', name: 'Sluice' }] } },
    components: [...components].map(([purl, { name, version }]) => ({ 'type': 'library', 'bom-ref': purl, name, ...(version === null ? {} : { version }), purl })),
    vulnerabilities: finds.flatMap((find) => find.against.map((one) => vulnerabilityOf(find, one))),
  }
}

function vulnerabilityOf(find: Find, one: Against): object {
  const purl = purlOf(find)
  const id = one.id ?? `${one.kind}: ${find.name}${find.version === null ? '' : `@${find.version}`}`
  const severity = one.kind === 'malicious' || one.kind === 'recalled' || one.kind === 'listed' ? 'critical' : SEVERITIES[one.severity ?? ''] ?? 'unknown'
  return {
    'bom-ref': `${id} ${purl}`, id,
    ...(one.source === null && one.url === null ? {} : { source: { ...(one.source === null ? {} : { name: one.source }), ...(one.url === null ? {} : { url: one.url }) } }),
    ratings: [{ severity }],
    ...(one.kind === 'malicious' ? { cwes: [506] } : {}),
    description: one.says || id,
    ...(find.remedy && counts(one) ? { recommendation: `${find.remedy.does}${find.remedy.command === null ? '' : `: ${find.remedy.command}`}` } : {}),
    ...(one.url === null ? {} : { advisories: [{ url: one.url }] }),
    analysis: analysisOf(find, one),
    affects: [{ ref: purl, ...(find.version === null ? {} : { versions: [{ version: find.version, status: 'affected' }] }) }],
  }
}

function analysisOf({ safe }: Find, { kind, reason, accepted, says }: Against): object {
  if (accepted !== null) {
    return accepted.startsWith('allowed by policy') ? { state: 'exploitable', response: ['will_not_fix'], detail: accepted } : { state: 'false_positive', detail: accepted }
  }
  const state = kind === 'held' || kind === 'vulnerable' ? 'in_triage' : 'exploitable'
  return { state, response: [safe ? 'update' : kind === 'vulnerable' ? 'can_not_fix' : 'workaround_available'], detail: reason === 'advisory' ? `stands in an advisory: ${says}` : says }
}
