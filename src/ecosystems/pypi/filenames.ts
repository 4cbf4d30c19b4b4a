import type { ArchiveFormat } from '../../core/types.ts'
import { canonicalName } from './names.ts'
import { normalVersion } from './versions.ts'

export type Kind = 'wheel' | 'egg' | 'sdist'

/** What installers take. Formats none of them opens (installers for Windows, `.rpm`, `.tar.Z`) have no entry. */
const ENDINGS: readonly { ending: string; kind: Kind; format: ArchiveFormat }[] = [
  { ending: '.whl', kind: 'wheel', format: 'zip' },
  { ending: '.egg', kind: 'egg', format: 'zip' },
  { ending: '.zip', kind: 'sdist', format: 'zip' },
  { ending: '.tar.gz', kind: 'sdist', format: 'tar.gz' },
  { ending: '.tgz', kind: 'sdist', format: 'tar.gz' },
  { ending: '.tar.bz2', kind: 'sdist', format: 'tar.bz2' },
  { ending: '.tbz', kind: 'sdist', format: 'tar.bz2' },
  { ending: '.tar.xz', kind: 'sdist', format: 'tar.xz' },
  { ending: '.txz', kind: 'sdist', format: 'tar.xz' },
  { ending: '.tar', kind: 'sdist', format: 'tar' },
]

const LONGEST = 255

/** A file name an index may list: one path part, printable, not hidden, not a document beside a file. */
export function isFileName(file: string): boolean {
  return file.length > 0 && file.length <= LONGEST && !/^[.-]|[/\\%\p{C}]/u.test(file)
}

export const archiveFormat = (file: string): ArchiveFormat => endingOf(file)?.format ?? 'none'

export const kindOf = (file: string): Kind | null => endingOf(file)?.kind ?? null

/**
 * The version a file of this project is of, in normal form; text that is no version is kept as it stands. null: not a file
 * of this project, or none that an installer takes.
 *
 * Wheels: `{name}-{version}(-{build})?-{python}-{abi}-{platform}.whl` (PEP 427). Eggs: `{name}-{version}(-py…).egg`.
 * Sdists: `{name}-{version}.tar.gz` (PEP 625), and from older tools names with dashes, capitals and other endings.
 */
export function versionOfFile(name: string, file: string): string | null {
  const ending = endingOf(file)
  if (!ending || !isFileName(file)) return null
  const stem = file.slice(0, -ending.ending.length)
  if (ending.kind === 'wheel') return versionOfWheel(name, stem)
  const rest = afterName(name, stem)
  if (rest === null) return null
  return normalVersion(ending.kind === 'egg' ? rest.replace(/-py\d.*$/, '') : rest)
}

function versionOfWheel(name: string, stem: string): string | null {
  const parts = stem.split('-')
  const [project, version] = parts
  if (!project || !version || (parts.length !== 5 && parts.length !== 6) || canonicalName(project) !== name) return null
  return normalVersion(version.includes('_') ? version.replaceAll('_', '-') : version)
}

/** What follows the project's name and a dash, the name in any spelling; the shortest spelling that fits wins, as in pip. */
function afterName(name: string, stem: string): string | null {
  for (let dash = stem.indexOf('-'); dash >= 0; dash = stem.indexOf('-', dash + 1)) {
    if (canonicalName(stem.slice(0, dash)) === name) return stem.slice(dash + 1) || null
  }
  return null
}

function endingOf(file: string): (typeof ENDINGS)[number] | undefined {
  const lower = file.toLowerCase()
  return ENDINGS.find(({ ending }) => lower.endsWith(ending) && lower.length > ending.length)
}
