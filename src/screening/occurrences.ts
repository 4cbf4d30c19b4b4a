import { posix } from 'node:path'
import type { Dependency, ProjectFile } from '../host/lockfiles/project-file.ts'
import type { Gathered } from './gather.ts'
import { releasedAs } from './release.ts'
import type { Asked } from './types.ts'

/** Where a project or a machine has a package. */
export interface Occurrence {
  /** The lockfile, manifest or SBOM, or the place where it is installed. */
  file: string
  line: number | null
  format: string
  written: string | null
  range: string | null
  direct: boolean | null
  dev: boolean | null
  path: readonly string[]
  installed: boolean
}

export interface Present {
  asked: Asked
  at: Occurrence[]
  /** Only a go.sum still names it; another version is built. */
  leftover: boolean
}

/** Places kept of one package: a machine may have it a thousand times. */
const MOST_PLACES = 200
const MOST_DIGESTS = 200

/** Every package once for each version, with all places it stands at. The project's own parts, and what is no release, are none. */
export function presentIn({ files, installed }: Pick<Gathered, 'files' | 'installed'>, { production = false }: { production?: boolean } = {}): Present[] {
  const found = new Map<string, Present>()
  const add = (asked: Asked, place: Occurrence, leftover: boolean): void => {
    const key = `${asked.ecosystem}:${asked.name}@${asked.version ?? ''}`
    const known = found.get(key)
    if (!known) {
      found.set(key, { asked, at: [place], leftover })
      return
    }
    if (known.at.length < MOST_PLACES) known.at.push(place)
    known.leftover &&= leftover
    known.asked = {
      ...known.asked, range: known.asked.range ?? asked.range,
      digests: asked.digests.length === 0 ? known.asked.digests : [...new Set([...known.asked.digests, ...asked.digests])].slice(0, MOST_DIGESTS),
    }
  }
  const locked = lockedNames(files)
  const built = builtModules(files)
  for (const file of files) {
    for (const one of file.dependencies) {
      if (production && one.dev === true) continue
      const { ecosystem, name, range, digests } = one
      for (const version of releasedAs(one)) {
        // A lockfile says which version the range of a manifest has come to.
        if (version === null && locked.has(`${ecosystem}:${name}`)) continue
        add({ ecosystem, name, version, range, digests }, placeOf(file, one), isLeftover(file, one, built))
      }
    }
  }
  for (const { path, packages } of installed) {
    for (const { ecosystem, name, version, place, digests = [] } of packages) {
      add({ ecosystem, name, version, range: null, digests }, {
        file: place === '' ? path : `${path}/${place}`, line: null, format: 'installed', written: null, range: null, direct: null, dev: null, path: [], installed: true,
      }, false)
    }
  }
  return [...found.values()]
}

const placeOf = ({ path: file, format }: ProjectFile, { line, written, range, direct, dev, path }: Dependency): Occurrence =>
  ({ file, line, format, written, range, direct, dev, path, installed: false })

function lockedNames(files: readonly ProjectFile[]): ReadonlySet<string> {
  return new Set(files.flatMap(({ dependencies }) => dependencies.filter((one) => releasedAs(one).some((version) => version !== null)).map(({ ecosystem, name }) => `${ecosystem}:${name}`)))
}

function builtModules(files: readonly ProjectFile[]): ReadonlyMap<string, string | null> {
  return new Map(files.filter(({ format }) => format === 'go.mod').flatMap(({ path, dependencies }) => dependencies.map(({ name, version }) => [`${posix.dirname(path)} ${name}`, version])))
}

function isLeftover({ format, path }: ProjectFile, { name, version }: Dependency, built: ReadonlyMap<string, string | null>): boolean {
  if (format !== 'go.sum') return false
  const chosen = built.get(`${posix.dirname(path)} ${name}`)
  return chosen !== undefined && chosen !== version
}
