import type { Evidence, Outside, UnpackedPackage } from '../core/types.ts'
import { repositoryOf, spellRepository } from '../core/repository.ts'
import type { Repository } from '../core/repository.ts'
import type { Detector } from './detector.ts'
import { unaskedEffects } from './kit/effects.ts'
import { evidence, shown, when } from './kit/evidence.ts'
import { lineOf } from './kit/lines.ts'
import { installsIn, placeIn, readmeOf, squeezed } from './kit/readme.ts'
import { tieOf } from './kit/relation.ts'

/**
 * StarJacking: the repository that a package names is somebody else's, whose stars registries then show beside it.
 * In the tuning part of the corpora nothing ties 16 of 522 malicious packages to the repository they name, and 0 of 1,719 honest ones.
 */
export const borrowsAReputation: Detector = {
  id: 'borrows-a-reputation',
  version: 1,
  ecosystems: ['npm', 'pypi'],
  why: [
    'No registry checks that a package comes from the repository it names, and most show its stars and contributors.',
    'A package of a monorepo, a fork or a wrapper is called after it, says so, or is published by the same people.',
  ],
  detect(pkg, facts, outside) {
    const spelled = [pkg.manifest.repository, pkg.manifest.homepage].find((address) => repositoryOf(address) !== null)
    const repository = repositoryOf(spelled)
    if (!repository || spelled === undefined) return []
    const readme = readmeOf(pkg)
    const { name } = pkg.artifact.ref
    const tie = tieOf({
      name, repository, directory: directoryOf(pkg.manifest.raw, spelled), people: peopleOf(pkg, outside), description: pkg.manifest.description ?? '', readme: readme?.text ?? '',
    })
    const owners = tie === null || tie === 'name' ? othersWith(repository, name, outside) : []
    if (tie !== null && owners.length === 0) return []

    const where = spellRepository(repository)
    const effects = unaskedEffects(facts, pkg)
    const its = readme && installsIn(readme.text).find((one) => squeezed(one.name) === squeezed(repository.name) && squeezed(one.name) !== squeezed(name))
    const more: Evidence[] = [
      ...owners.slice(0, 2).map((other): Evidence => ({ ...lineOf(pkg, spelled), excerpt: spelled.slice(0, 160), says: `${other.name} names the same repository, and is published by ${other.publisher}` })),
      ...(readme && its ? [{ ...placeIn(pkg, readme, its.spelled), excerpt: its.spelled.slice(0, 160), says: `tells people to install ${its.name}, which the repository is called after` }] : []),
      ...effects.slice(0, 2).map((action) => shown(action, `${action.call} in ${when(action)}`)),
    ]
    return [{
      detector: borrowsAReputation.id, behaviour: 'metadata', severity: more.length > 0 ? 'medium' : 'low', confidence: owners.length > 0 ? 0.6 : 0.7,
      title: `names ${where} as its repository, which nothing ties it to`.slice(0, 200),
      evidence: evidence({ ...lineOf(pkg, spelled), excerpt: spelled.slice(0, 160), says: `${where}: neither its name nor its owner, nor what is said of ${name}, fits` }, more),
    }]
  },
}

/** Accounts, names and addresses of whoever answers for it. A homepage on a host of code is the repository itself. */
function peopleOf({ manifest }: UnpackedPackage, { registryManifest }: Outside): string[] {
  const home = repositoryOf(manifest.homepage) ? [] : [manifest.homepage ?? '']
  return [...manifest.authors, registryManifest?.publisher ?? '', ...home].filter((text) => text !== '').slice(0, 100).map((text) => text.slice(0, 500))
}

function directoryOf(raw: unknown, spelled: string): string | null {
  const repository = typeof raw === 'object' && raw !== null && 'repository' in raw ? raw.repository : null
  const directory = typeof repository === 'object' && repository !== null && 'directory' in repository ? repository.directory : null
  return typeof directory === 'string' ? directory : /\/(?:tree|blob|-|src)\/(.{1,200})/.exec(spelled)?.[1] ?? null
}

/** Packages known here that the repository is called after, published by somebody else. Unknown publishers prove nothing. */
function othersWith(repository: Repository, name: string, { claims, registryManifest }: Outside) {
  const publisher = registryManifest?.publisher
  if (publisher === undefined || squeezed(name) === squeezed(repository.name)) return []
  return (claims ?? []).filter((other) => other.publisher !== null && other.publisher !== publisher && squeezed(other.name) === squeezed(repository.name))
}
