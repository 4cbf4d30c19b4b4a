import type { Manifest } from '../../core/types.ts'
import { linesOf } from './ini.ts'
import { canonicalName } from './names.ts'
import { asTable, asText, asTexts, configured, readProject, tableAt, textOf } from './project.ts'
import type { Files, Project } from './project.ts'
import { readRequirements } from './requirements.ts'
import type { Toml } from './toml.ts'
import { normalVersion } from './versions.ts'

/**
 * What the archive declares: core metadata, `pyproject.toml`, `setup.cfg`, `requires.txt`, entry points. Name and version are
 * in the form an `ArtifactRef` has them, so that the two can be compared; `raw` keeps what is written. What only running
 * `setup.py` would tell is not here. Never throws.
 */
export function readManifest(files: Files): Manifest {
  const project = readProject(files)
  const { metadata, pyproject } = project
  const header = (key: string): string | null => metadata?.headers.get(key)?.[0] ?? null
  const declared = tableAt(pyproject, 'project') ?? tableAt(pyproject, 'tool', 'poetry')
  const name = header('name') ?? asText(declared?.get('name')) ?? configured(project, 'metadata', 'name')[0] ?? null
  const version = header('version') ?? asText(declared?.get('version'))
  const problems = [...(metadata || !project.built ? [] : ['there is no METADATA']), ...project.problems]
  const file = metadata?.file ?? ['pyproject.toml', 'setup.cfg', 'setup.py'].find((path) => files.has(path)) ?? null
  if (file === null) problems.unshift('there is no METADATA, PKG-INFO, pyproject.toml or setup.py')
  return {
    name: name === null ? null : canonicalName(name),
    version: version === null ? null : normalVersion(version),
    ...optional('description', header('summary') ?? asText(declared?.get('description'))),
    ...optional('homepage', urlOf(project, /^home ?page$/i) ?? header('home-page')),
    ...optional('repository', urlOf(project, /^(?:source(?: ?code)?|repository|code|git ?hub)$/i)),
    authors: authorsOf(project),
    dependencies: dependenciesOf(project, files),
    scripts: Object.fromEntries(project.entryPoints.filter(isCommand).map((point) => [point.name, point.target])),
    entryPoints: [...new Set(project.entryPoints.map((point) => point.target))],
    raw: { metadata: Object.fromEntries(metadata?.headers ?? []), pyproject: plain(pyproject) },
    file,
    problem: problems.length > 0 ? problems.join('; ') : null,
  }
}

export const isCommand = (point: { group: string }): boolean => point.group === 'console_scripts' || point.group === 'gui_scripts'

/** Everything an install may fetch: requirements with every extra, and what building needs. */
function dependenciesOf(project: Project, files: Files): Record<string, string> {
  const { metadata, pyproject } = project
  const declared = tableAt(pyproject, 'project')
  const built = project.built ? [] : [
    ...asTexts(tableAt(pyproject, 'build-system')?.get('requires')),
    ...configured(project, 'options', 'setup_requires'),
    ...configured(project, 'options', 'install_requires'),
    ...[...project.setupCfg.get('options.extras_require')?.values() ?? []].flatMap((value) => linesOf(value)),
    ...asTexts(declared?.get('dependencies')),
    ...[...asTable(declared?.get('optional-dependencies'))?.values() ?? []].flatMap(asTexts),
    ...[...files.keys()].filter((path) => /^(?:[^/]+\/)?[^/]+\.egg-info\/requires\.txt$/.test(path)).flatMap((path) => linesOf(textOf(files, path))),
  ]
  const egg = linesOf(textOf(files, 'EGG-INFO/requires.txt'))
  const poetry = project.built ? {} : poetryDependencies(project)
  return { ...poetry, ...readRequirements([...metadata?.headers.get('requires-dist') ?? [], ...egg, ...built]) }
}

/** `[tool.poetry.dependencies]`: `name = "^1"` or `name = {url = "…"}`. */
function poetryDependencies({ pyproject }: Project): Record<string, string> {
  const entries = [...tableAt(pyproject, 'tool', 'poetry', 'dependencies') ?? []].filter(([name]) => name !== 'python')
  return Object.fromEntries(entries.map(([name, value]) => {
    const table = asTable(value)
    const address = POETRY_ADDRESSES.flatMap(([key, scheme]) => (table?.has(key) ? [`${scheme}${asText(table.get(key)) ?? ''}`] : []))[0]
    return [canonicalName(name), asText(value) ?? address ?? asText(table?.get('version')) ?? '*']
  }))
}

const POETRY_ADDRESSES = [['url', ''], ['git', 'git+'], ['path', 'file:']] as const

function urlOf({ metadata, pyproject }: Project, label: RegExp): string | null {
  const listed = (metadata?.headers.get('project-url') ?? []).map((line) => line.split(',', 2).map((part) => part.trim()))
  const declared = [...tableAt(pyproject, 'project', 'urls') ?? []]
  return listed.find(([key]) => label.test(key ?? ''))?.[1] ?? asText(declared.find(([key]) => label.test(key))?.[1])
}

function authorsOf({ metadata }: Project): string[] {
  const keys = ['author', 'author-email', 'maintainer', 'maintainer-email']
  const values = keys.flatMap((key) => metadata?.headers.get(key) ?? []).filter((value) => value !== '' && value !== 'UNKNOWN')
  return [...new Set(values.map((value) => value.slice(0, 500)))]
}

function plain(value: Toml): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, inner]) => [key, plain(inner as Toml)]))
  return Array.isArray(value) ? (value as readonly Toml[]).map(plain) : value
}

const optional = <K extends string>(key: K, value: string | null): Partial<Record<K, string>> =>
  (value === null || value === '' || value === 'UNKNOWN' ? {} : { [key]: value } as Record<K, string>)
