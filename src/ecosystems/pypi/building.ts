import type { Trigger } from '../../core/types.ts'
import { fileOfModule } from './modules.ts'
import { asText, asTexts, configured, tableAt, textOf } from './project.ts'
import type { Files, Project } from './project.ts'
import type { TomlTable } from './toml.ts'

/** Back ends that run nothing of the project's but what is listed here: hooks, and for setuptools `setup.py`. */
const BACKENDS = new Set([
  'setuptools', 'flit_core', 'flit', 'hatchling', 'poetry', 'pdm', 'mesonpy', 'maturin', 'scikit_build_core', 'whey', 'uv_build', 'jupyter_packaging', 'sipbuild', 'enscons',
])

/** What an install of an sdist runs to build it (PEP 517): an install is a build, so these are install hooks. */
export function buildTriggers(project: Project, files: Files): Trigger[] {
  const system = tableAt(project.pyproject, 'build-system')
  const backend = asText(system?.get('build-backend')) ?? 'setuptools.build_meta:__legacy__'
  const setuptools = backend.startsWith('setuptools')
  return [
    ...setupPy(files, setuptools),
    ...commandClasses(project, files),
    ...backendTriggers(backend, asTexts(system?.get('backend-path')), files),
    ...hooks(project.pyproject, files),
    ...unread(project, files, system),
  ]
}

/**
 * Another back end leaves `setup.py` alone, older installers do not. In an archive whose files have no folder in common, pip
 * takes it from beside them.
 */
function setupPy(files: Files, setuptools: boolean): Trigger[] {
  const file = ['setup.py', '../setup.py'].find((path) => files.has(path))
  if (file === undefined) return []
  const kind = setuptools ? 'install-hook' : 'build'
  const found: Trigger[] = [{ kind, name: 'setup.py', file }]
  if (/\bcmdclass\b/.test(textOf(files, file))) found.push({ kind, name: 'cmdclass', file })
  return found
}

/** `cmdclass` without `setup.py`: `[options] cmdclass` of `setup.cfg`, `[tool.setuptools.cmdclass]`. */
function commandClasses(project: Project, files: Files): Trigger[] {
  const listed = [
    ...configured(project, 'options', 'cmdclass').map((line) => line.slice(line.indexOf('=') + 1)),
    ...[...tableAt(project.pyproject, 'tool', 'setuptools', 'cmdclass')?.values() ?? []].map((value) => asText(value) ?? ''),
  ]
  return listed.map((target): Trigger => {
    const path = target.trim()
    return { kind: 'install-hook', name: `cmdclass ${path}`, file: fileOfModule(path.slice(0, Math.max(0, path.lastIndexOf('.'))), files) }
  })
}

/** A back end inside the archive is the project's own code; one nobody knows is somebody's, fetched for this. */
function backendTriggers(backend: string, paths: readonly string[], files: Files): Trigger[] {
  const module = backend.split(':', 1)[0] as string
  const name = `build-backend ${backend}`
  if (paths.length > 0) {
    const places = paths.map((path) => `${path.replace(/^(?:\.?\/)+|\/+$|^\.$/g, '')}/`.replace(/^\/$/, ''))
    return [{ kind: 'install-hook', name, file: fileOfModule(module, files, places) ?? 'pyproject.toml' }]
  }
  return BACKENDS.has(module.split('.', 1)[0] as string) ? [] : [{ kind: 'install-hook', name, file: 'pyproject.toml' }]
}

/** Files that known back ends run for a project: Hatch's and PDM's build hooks, Poetry's build script. */
function hooks(pyproject: TomlTable, files: Files): Trigger[] {
  const hatch = tableAt(pyproject, 'tool', 'hatch', 'build')
  const targets = [...(hatch && tableAt(hatch, 'targets'))?.values() ?? []].map((target) => (target instanceof Map ? target as TomlTable : null))
  const custom = [hatch, ...targets].flatMap((table) => {
    const hook = table && tableAt(table, 'hooks', 'custom')
    return hook ? [asText(hook.get('path')) ?? 'hatch_build.py'] : []
  })
  const poetry = tableAt(pyproject, 'tool', 'poetry')
  const script = asText(poetry?.get('build')) ?? asText((poetry && tableAt(poetry, 'build'))?.get('script'))
  const pdm = asText(tableAt(pyproject, 'tool', 'pdm', 'build')?.get('custom-hook')) ?? 'pdm_build.py'
  const named = [...custom, ...(script ? [script] : []), ...(files.has(pdm) ? [pdm] : [])]
  return [...new Set(named)].map((file): Trigger => ({ kind: 'install-hook', name: `build hook ${file}`, file: files.has(file) ? file : null }))
}

/** A back end that is named but could not be read must not pass for the default one. */
function unread(project: Project, files: Files, system: TomlTable | null): Trigger[] {
  const named = system?.has('build-backend') === true
  if (named || project.problems.length === 0 || !/build-backend|backend-path/.test(textOf(files, 'pyproject.toml'))) return []
  return [{ kind: 'install-hook', name: 'build-backend (unreadable)', file: 'pyproject.toml' }]
}
