import { parsePackage } from '../../core/package-spec.ts'
import type { PackageSpec } from '../../core/package-spec.ts'
import type { Draft, Reading, Source } from './project-file.ts'
import { decoded, fromGit, fromRegistry, fromUrl, REGISTRY } from './source.ts'

/** What a package URL names (purl-spec), and where its qualifiers say it lies; null for other kinds of packages. */
export function readPurl(purl: string): { spec: PackageSpec; source: Source } | null {
  if (!/^pkg:\/*(?:npm|pypi|golang)\//i.test(purl)) return null
  try {
    const spec = parsePackage(purl.slice(0, 4_000).replace(/^pkg:/i, 'pkg:'))
    const qualifier = (key: string): string | null => {
      const found = new RegExp(`[?&]${key}=([^&#]+)`).exec(purl.slice(0, 4_000))?.[1]
      return found === undefined ? null : decoded(found)
    }
    const [vcs, download, repository] = [qualifier('vcs_url'), qualifier('download_url'), qualifier('repository_url')]
    const source = vcs !== null ? fromGit(vcs) : download !== null ? fromUrl(download) : repository !== null ? fromRegistry(repository) : REGISTRY
    return { spec, source }
  } catch {
    return null
  }
}

/** Counts components that are left out, and names them as one problem each: an SBOM of a whole machine has thousands. */
export class Others {
  readonly #kinds = new Map<string, { count: number; line: number }>()

  add(purl: string | null, line: number): void {
    const kind = purl === null ? 'without a package URL' : `of kind ${/^pkg:\/*([a-z0-9.+-]{1,40})\//i.exec(purl)?.[1]?.toLowerCase() ?? 'unknown'}`
    const known = this.#kinds.get(kind)
    if (known) known.count++
    else if (this.#kinds.size < 100) this.#kinds.set(kind, { count: 1, line })
  }

  tell(reading: Reading): void {
    for (const [kind, { count, line }] of this.#kinds) reading.problem(line, `${count} ${count === 1 ? 'component' : 'components'} ${kind} left out, the first here`)
  }
}

export const draftOf = ({ spec, source }: { spec: PackageSpec; source: Source }): Draft => ({
  ecosystem: spec.ecosystem, name: spec.name, version: spec.version, source,
})
