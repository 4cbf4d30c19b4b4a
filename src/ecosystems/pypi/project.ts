import type { PackageFile } from '../../core/types.ts'
import { readHeaders } from './headers.ts'
import { linesOf, readEntryPoints, readIni } from './ini.ts'
import type { Ini } from './ini.ts'
import { readToml } from './toml.ts'
import type { Toml, TomlTable } from './toml.ts'

export type Files = ReadonlyMap<string, PackageFile>

interface EntryPoint {
  group: string
  name: string
  /** `package.module:object`, extras taken off. */
  target: string
}

/** Everything an archive says about itself and its building, file by file. */
export interface Project {
  /** Wheel or egg: nothing is built when it is installed. */
  built: boolean
  /** Core metadata and where it stands. */
  metadata: { file: string; headers: ReadonlyMap<string, readonly string[]> } | null
  pyproject: TomlTable
  setupCfg: Ini
  entryPoints: readonly EntryPoint[]
  problems: readonly string[]
}

/** Declarations larger than this are not read; the largest seen are some hundred kilobytes. */
const LARGEST = 4 * 1024 * 1024

export function readProject(files: Files): Project {
  const problems: string[] = []
  const metadata = metadataFiles(files)
  if (metadata.length > 1) problems.push(`there are ${metadata.length} metadata files: ${metadata.slice(0, 3).join(', ')}`)
  const [file] = metadata
  const toml = readToml(textOf(files, 'pyproject.toml', problems))
  if (toml.unread > 0) problems.push(`pyproject.toml has ${toml.unread} lines that could not be read`)
  const setupCfg = readIni(textOf(files, 'setup.cfg', problems))
  return {
    built: file !== undefined && (file.includes('.dist-info/') || file.startsWith('EGG-INFO/')),
    metadata: file === undefined ? null : { file, headers: readHeaders((files.get(file) as PackageFile).bytes) },
    pyproject: toml.root, setupCfg, problems,
    entryPoints: [
      ...[...files.keys()].filter((path) => ENTRY_POINTS.test(path)).flatMap((path) => pointsOf(readEntryPoints(textOf(files, path, problems)))),
      ...pointsOf(new Map([...setupCfg.get('options.entry_points') ?? []].map(([group, value]) => [group, readEntryPoints(`[x]\n${value}`).get('x') ?? new Map()]))),
      ...declaredPoints(toml.root),
    ],
  }
}

const ENTRY_POINTS = /^(?:[^/]+\.dist-info|EGG-INFO|(?:[^/]+\/)?[^/]+\.egg-info)\/entry_points\.txt$/

/** The file installers read first: built archives have one kind only; an sdist's own before the one of its last build. */
function metadataFiles(files: Files): string[] {
  const paths = [...files.keys()]
  const wheel = paths.filter((path) => /^[^/]+\.dist-info\/METADATA$/.test(path))
  if (wheel.length > 0) return wheel
  const other = ['EGG-INFO/PKG-INFO', 'PKG-INFO'].find((path) => files.has(path))
    ?? paths.find((path) => /^(?:[^/]+\/)?[^/]+\.egg-info\/PKG-INFO$/.test(path))
  return other === undefined ? [] : [other]
}

const pointsOf = (sections: Ini): EntryPoint[] =>
  [...sections].flatMap(([group, points]) => [...points].map(([name, value]) => point(group, name, value)))

const point = (group: string, name: string, value: string): EntryPoint => ({ group, name, target: (value.split('[', 1)[0] as string).trim() })

/** `[project.scripts]` and its kin (PEP 621), and Poetry's own table. */
function declaredPoints(pyproject: TomlTable): EntryPoint[] {
  const groups: [string, TomlTable | null][] = [
    ['console_scripts', tableAt(pyproject, 'project', 'scripts')],
    ['gui_scripts', tableAt(pyproject, 'project', 'gui-scripts')],
    ['console_scripts', tableAt(pyproject, 'tool', 'poetry', 'scripts')],
    ...[...tableAt(pyproject, 'project', 'entry-points') ?? []].map(([group, table]): [string, TomlTable | null] => [group, asTable(table)]),
    ...[...tableAt(pyproject, 'tool', 'poetry', 'plugins') ?? []].map(([group, table]): [string, TomlTable | null] => [group, asTable(table)]),
  ]
  return groups.flatMap(([group, table]) => [...table ?? []].flatMap(([name, value]) => (typeof value === 'string' ? [point(group, name, value)] : [])))
}

/** '' for a file that is not there; one that is there and cannot be read is a problem. */
export function textOf(files: Files, path: string, problems: string[] = []): string {
  const file = files.get(path)
  if (!file) return ''
  if (file.truncated || file.bytes.byteLength > LARGEST) {
    problems.push(`${path} is too large to read`)
    return ''
  }
  return new TextDecoder().decode(file.bytes)
}

export const asTable = (value: Toml | undefined): TomlTable | null => (value instanceof Map ? value : null)
export const asText = (value: Toml | undefined): string | null => (typeof value === 'string' ? value : null)
export const asTexts = (value: Toml | undefined): string[] =>
  (Array.isArray(value) ? (value as readonly Toml[]).filter((item): item is string => typeof item === 'string') : [])

export function tableAt(root: TomlTable, ...path: readonly string[]): TomlTable | null {
  let table: TomlTable | null = root
  for (const key of path) table = table && asTable(table.get(key))
  return table
}

/** Lines of a `setup.cfg` value. */
export const configured = (project: Project, section: string, key: string): string[] => linesOf(project.setupCfg.get(section)?.get(key))
