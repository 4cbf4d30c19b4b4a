import yauzl from 'yauzl'
import type { ArtifactRef, PackageFile } from '../../core/types.ts'
import { ecosystems } from '../../ecosystems/index.ts'
import { readHeaders } from '../../ecosystems/pypi/headers.ts'
import { linesOf } from '../../ecosystems/pypi/ini.ts'
import { asText, asTexts, configured, readProject, tableAt, textOf } from '../../ecosystems/pypi/project.ts'
import type { Project } from '../../ecosystems/pypi/project.ts'
import { unpack } from '../../unpack/unpack.ts'
import { readRequirement } from './markers.ts'
import type { Requirement } from './markers.ts'

const { archiveFormat, packageRoot } = ecosystems.pypi

const MOST = 2_000
const MB = 1024 * 1024

/**
 * What installing a file needs besides it, as its own metadata says; for an sdist what building it needs as well. Nothing is run:
 * what only `setup.py` would compute is not here. Throws what unpacking throws.
 */
export async function requirementsOf(ref: ArtifactRef, bytes: Uint8Array): Promise<Requirement[]> {
  if (ref.file.endsWith('.whl')) {
    const metadata = await entryOf(bytes, /^[^/]+\.dist-info\/METADATA$/)
    return metadata ? read(readHeaders(metadata).get('requires-dist') ?? []) : []
  }
  const { files } = await unpack(bytes, { format: archiveFormat(ref.file), root: packageRoot(ref), limits: { keptFileBytes: 4 * MB, keptBytes: 64 * MB } })
  return sourceRequirements(files)
}

export function sourceRequirements(files: ReadonlyMap<string, PackageFile>): Requirement[] {
  const project = readProject(files)
  return read([...buildRequires(project), ...runRequires(project, files)])
}

/** PEP 518; without it setuptools and wheel are what pip takes. setuptools asked for `wheel` itself until it carried it along. */
function buildRequires({ pyproject, built }: Project): string[] {
  if (built) return []
  const system = tableAt(pyproject, 'build-system')
  const listed = asTexts(system?.get('requires'))
  const backend = asText(system?.get('build-backend')) ?? 'setuptools.build_meta'
  if (!system?.has('requires')) return ['setuptools>=40.8.0', 'wheel']
  return backend.startsWith('setuptools') ? [...listed, 'wheel'] : listed
}

function runRequires(project: Project, files: ReadonlyMap<string, PackageFile>): string[] {
  const stated = project.metadata?.headers.get('requires-dist') ?? []
  if (stated.length > 0) return [...stated]
  const egg = [...files.keys()].find((path) => /^(?:(?:[^/]+\/)?[^/]+\.egg-info|EGG-INFO)\/requires\.txt$/.test(path))
  return [
    ...eggRequires(textOf(files, egg ?? '')),
    ...configured(project, 'options', 'install_requires'), ...configured(project, 'options', 'setup_requires'),
    ...asTexts(tableAt(project.pyproject, 'project')?.get('dependencies')),
    ...poetryRequires(project),
  ]
}

/** Lines before the first section are wanted always, those of `[:marker]` where it holds; other sections are extras. */
function eggRequires(text: string): string[] {
  let marker: string | null = ''
  return linesOf(text).flatMap((line) => {
    const section = /^\[([^\]:]*)(?::(.*))?\]$/.exec(line)
    if (!section) return marker === null ? [] : [marker === '' ? line : `${line}; ${marker}`]
    marker = section[1] === '' ? section[2] ?? '' : null
    return []
  })
}

/** `[tool.poetry.dependencies]`, as far as a range says it; Poetry's sdists have core metadata besides. */
function poetryRequires({ pyproject, metadata }: Project): string[] {
  if (metadata) return []
  return [...tableAt(pyproject, 'tool', 'poetry', 'dependencies') ?? []].flatMap(([name, value]) => {
    const range = asText(value)
    return name === 'python' || range === null ? [] : [`${name} ${/^\d/.test(range) ? '==' : ''}${range === '*' ? '' : range}`]
  })
}

const read = (lines: readonly string[]): Requirement[] => lines.slice(0, MOST).map(readRequirement).filter((one) => one !== null)

/** One small entry of a zip; null: there is none that can be read. */
function entryOf(bytes: Uint8Array, path: RegExp): Promise<Uint8Array | null> {
  return new Promise((resolve) => {
    yauzl.fromBuffer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), { lazyEntries: true, validateEntrySizes: true }, (error, zip) => {
      if (error) return resolve(null)
      let seen = 0
      const end = (found: Uint8Array | null): void => {
        zip.close()
        resolve(found)
      }
      zip.on('error', () => end(null)).on('end', () => end(null))
      zip.on('entry', (entry: yauzl.Entry) => {
        if (++seen > 200_000) return end(null)
        if (!path.test(entry.fileName)) return zip.readEntry()
        if (entry.uncompressedSize > 4 * MB) return end(null)
        zip.openReadStream(entry, (failed, stream) => {
          if (failed) return end(null)
          const chunks: Buffer[] = []
          stream.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => end(null)).on('end', () => end(Buffer.concat(chunks)))
        })
      })
      zip.readEntry()
    })
  })
}
