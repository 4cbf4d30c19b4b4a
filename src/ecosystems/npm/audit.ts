import type { Advisory } from '../../core/types.ts'
import type { ServiceDesk } from '../ecosystem.ts'
import { affects, numberOf, patchedRange, severityOf, vulnerableRange } from './advisories.ts'
import { installedIn } from './installed.ts'
import type { Installed } from './installed.ts'
import { isObject } from './json.ts'
import type { Json } from './json.ts'
import { isName } from './names.ts'

type Desk = Pick<ServiceDesk, 'advisories'>

/** More than any lock file names; past it the answer says nothing rather than half. */
const MOST_PACKAGES = 100_000
const MOST_VERSIONS = 1_000

/**
 * `POST /-/npm/v1/security/advisories/bulk`: `{name: [versions]}` in, `{name: [advisory]}` out, only those that affect one of
 * the versions. Answered from this gate's own store, so that no name leaves. null: not such a request.
 */
export async function bulkAudit(request: unknown, desk: Desk): Promise<Json | null> {
  if (!isObject(request)) return null
  const asked = Object.entries(request)
  if (asked.length > MOST_PACKAGES) return null
  const found: [string, unknown][] = []
  for (const [name, versions] of asked) {
    if (!isName(name) || !Array.isArray(versions)) continue
    const hits = (await desk.advisories(name)).filter((advisory) =>
      versions.slice(0, MOST_VERSIONS).some((version) => typeof version === 'string' && affects(advisory, version)))
    if (hits.length > 0) found.push([name, hits.map(bulkEntry)])
  }
  return Object.fromEntries(found)
}

function bulkEntry(advisory: Advisory): Json {
  return {
    id: numberOf(advisory), url: advisory.url ?? '', title: titleOf(advisory), severity: severityOf(advisory),
    vulnerable_versions: vulnerableRange(advisory), patched_versions: patchedRange(advisory), cwe: weaknesses(advisory),
    cvss: { score: 0, vectorString: null },
  }
}

const titleOf = (advisory: Advisory): string => `${advisory.id}: ${advisory.summary || 'no summary'}`

/** CWE-506: embedded malicious code. */
const weaknesses = (advisory: Advisory): string[] => (advisory.malicious ? ['CWE-506'] : [])

/**
 * `POST /-/npm/v1/security/audits` and `/quick`: a lock file's tree in, a report with the paths of what is affected out
 * (npm 6, yarn 1, pnpm). null: not such a request.
 */
export async function treeAudit(request: unknown, desk: Desk): Promise<Json | null> {
  const installed = isObject(request) ? installedIn(request, MOST_PACKAGES) : null
  if (!installed) return null
  const advisories: [string, unknown][] = []
  const counts = { info: 0, low: 0, moderate: 0, high: 0, critical: 0 }
  for (const [name, versions] of installed.packages) {
    if (!isName(name)) continue
    for (const advisory of await desk.advisories(name)) {
      const hits = [...versions].filter(([version]) => affects(advisory, version))
      if (hits.length === 0) continue
      const entry = treeEntry(advisory, hits)
      counts[entry.severity as keyof typeof counts] += hits.length
      advisories.push([String(entry.id), entry])
    }
  }
  const { total, dev } = installed
  return {
    actions: [], advisories: Object.fromEntries(advisories), muted: [],
    metadata: {
      vulnerabilities: counts, dependencies: total - dev, devDependencies: dev, optionalDependencies: 0, totalDependencies: total,
    },
  }
}

function treeEntry(advisory: Advisory, hits: readonly [string, Installed][]): Json & { id: number; severity: string } {
  return {
    id: numberOf(advisory), title: titleOf(advisory), module_name: advisory.name, severity: severityOf(advisory),
    findings: hits.map(([version, { paths, dev }]) => ({ version, paths, dev, optional: false, bundled: false })),
    vulnerable_versions: vulnerableRange(advisory), patched_versions: patchedRange(advisory), overview: advisory.summary,
    recommendation: advisory.malicious ? 'Remove this package and look at what it did.' : `Upgrade to ${patchedRange(advisory)}`,
    url: advisory.url ?? '', references: advisory.url ?? '', cves: [], cwe: weaknesses(advisory).join(', '),
    cvss: { score: 0, vectorString: null }, access: 'public', github_advisory_id: advisory.id,
    created: advisory.modified.toISOString(), updated: advisory.modified.toISOString(),
  }
}
