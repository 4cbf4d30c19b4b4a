import type { Trigger } from '../../core/types.ts'
import { editorTriggers } from '../editor-files.ts'
import { buildTriggers } from './building.ts'
import { isCommand } from './manifest.ts'
import { fileOfModule, roots } from './modules.ts'
import { readProject, textOf } from './project.ts'
import type { Files, Project } from './project.ts'

/**
 * What makes code of the package run: building it (sdists only), every start of the interpreter (`.pth`, `sitecustomize`),
 * importing it, its commands, and plug-ins that other tools load.
 */
export function triggers(files: Files): Trigger[] {
  const project = readProject(files)
  return [
    ...(project.built ? [] : buildTriggers(project, files)),
    ...startups(files),
    ...points(project, files),
    ...scripts(files),
    ...imports(files),
    ...editorTriggers(files),
  ]
}

/**
 * Lines of a `.pth` file that begin with `import` are executed by every interpreter that starts (docs of `site`); so are the
 * two customisation modules. An installer may put such a file into place from anywhere in an archive, so folders do not matter.
 */
function startups(files: Files): Trigger[] {
  const found: Trigger[] = []
  for (const path of files.keys()) {
    const runs = path.endsWith('.pth') ? /^import[ \t]/m.test(textOf(files, path)) : CUSTOMISE.test(path)
    if (runs) found.push({ kind: 'startup', name: path.slice(path.lastIndexOf('/') + 1), file: path })
  }
  return found
}

const CUSTOMISE = /(?:^|\/)(?:sitecustomize|usercustomize)(?:\.py|\/__init__\.py)$/

/** Commands run when a person types them; other entry points when the tool that asks for their group loads its plug-ins. */
function points(project: Project, files: Files): Trigger[] {
  return project.entryPoints.map((point): Trigger => ({
    kind: isCommand(point) ? 'command' : point.group === 'pytest11' ? 'test' : 'import',
    name: isCommand(point) ? point.name : `${point.group} ${point.name}`,
    file: fileOfModule(point.target.split(':', 1)[0] as string, files),
  }))
}

/** Ready-made scripts of a wheel (PEP 427), put on the path as they are. */
function scripts(files: Files): Trigger[] {
  return [...files.keys()].flatMap((path): Trigger[] => {
    const name = /^[^/]+\.data\/scripts\/([^/]+)$/.exec(path)?.[1]
    return name === undefined ? [] : [{ kind: 'command', name, file: path }]
  })
}

/** The outermost `__init__.py` of each package, and modules that stand alone. */
function imports(files: Files): Trigger[] {
  const places = roots(files)
  return [...files.keys()].flatMap((path): Trigger[] => {
    const root = places.find((place) => path.startsWith(place))
    if (root === undefined || !path.endsWith('.py')) return []
    const parts = path.slice(root.length).split('/')
    const file = parts.at(-1) as string
    if (parts.length === 1) return NOT_MODULES.has(file) ? [] : [{ kind: 'import', name: file.slice(0, -3), file: path }]
    if (file !== '__init__.py' || within(parts.slice(0, -2), root, files)) return []
    return [{ kind: 'import', name: parts.slice(0, -1).join('.'), file: path }]
  })
}

/** Whether some folder above is a package itself. */
const within = (above: readonly string[], root: string, files: Files): boolean =>
  above.some((_part, at) => files.has(`${root}${above.slice(0, at + 1).join('/')}/__init__.py`))

const NOT_MODULES = new Set(['setup.py', 'conftest.py'])
