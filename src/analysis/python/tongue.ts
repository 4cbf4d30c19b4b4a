import { posix } from 'node:path'
import { HOME, ROOT } from '../desk.ts'
import { remembered } from '../flow/table.ts'
import type { Tongue, Unit } from '../flow/tongue.ts'
import { NOTHING, known, outside } from '../flow/value.ts'
import type { Value } from '../flow/value.ts'
import { secretIn } from '../secrets.ts'
import { SOURCES } from '../taint.ts'
import { lowerPython } from './lower.ts'
import { knows, rule } from './rules.ts'

/** What the flow engine must know of Python 2 and 3. */
export const python: Tongue = {
  id: 'python',
  lower: lowerPython,
  knows: (root) => knows(root.split('.', 1)[0] ?? root),
  rule: remembered(rule),
  special,
  locate,
  exported: (_unit, top) => ({ ...NOTHING, fields: top }),
  entry: (kind) => (kind === 'install-hook' ? HOOKS : []),
}

/** What an installer calls in a back end that lies in the archive (PEP 517, PEP 660). */
const HOOKS = [
  'build_wheel', 'build_sdist', 'build_editable', 'get_requires_for_build_wheel', 'get_requires_for_build_sdist', 'get_requires_for_build_editable', 'prepare_metadata_for_build_wheel',
  'prepare_metadata_for_build_editable',
]

const HOMES: Readonly<Record<string, string>> = {
  HOME, USERPROFILE: HOME, HOMEPATH: HOME, APPDATA: `${HOME}/AppData/Roaming`, appdata: `${HOME}/AppData/Roaming`, LOCALAPPDATA: `${HOME}/AppData/Local`, localappdata: `${HOME}/AppData/Local`,
  TEMP: '/tmp', TMP: '/tmp', temp: '/tmp', TMPDIR: '/tmp',
}

function special(ref: string, unit: Unit): Value | null {
  switch (ref) {
    case '__file__': return known(`${ROOT}/${unit.source.path}`)
    case '__name__': return known('__main__')
    case 'sys.executable': return { ...known('python'), refs: [ref] }
    case 'os.environ': return outside(ref, SOURCES.environment)
    default: return ref.startsWith('os.environ.') ? variable(ref.slice('os.environ.'.length)) : null
  }
}

const OWNERS = /^(?:USER|USERNAME|LOGNAME|COMPUTERNAME|HOSTNAME|USERDOMAIN|USERDNSDOMAIN)$/i

/** One environment variable, or a method of them all. */
function variable(name: string): Value | null {
  if (/^(?:copy|items|values|keys)$/.test(name)) return outside(`os.environ.${name}`, SOURCES.environment)
  if (/^(?:get|pop|setdefault|update)$/.test(name)) return outside(`os.environ.${name}`)
  const home = Object.hasOwn(HOMES, name) ? HOMES[name] : undefined
  if (home !== undefined) return { ...known(home), refs: [`os.environ.${name}`] }
  return outside(`os.environ.${name}`.slice(0, 200), secretIn(name) ? SOURCES.secret : OWNERS.test(name) ? SOURCES.host : 0)
}

const ENDINGS = ['/__init__.py', '.py']
const PLAIN = /^\w+(?:\/\w+)*$/

/** Modules of the package: next to the importer, at the root, or below `src`. */
function locate(spec: string, from: string, files: ReadonlyMap<string, unknown>): string | null {
  const dots = /^\.*/.exec(spec)?.[0].length ?? 0
  const tail = spec.slice(dots).replaceAll('.', '/')
  let folder = posix.dirname(from)
  for (let up = 1; up < dots; up++) folder = posix.dirname(folder)
  const folders = dots > 0 ? [folder] : [folder, '.', 'src']
  // Most names are plain ones: their paths need no tidying.
  const plain = PLAIN.test(tail)
  for (const base of folders) {
    // A package goes before a module of the same name.
    for (const ending of ENDINGS) {
      const module = tail === '' ? ending.slice(1) : tail + ending
      const path = !plain ? posix.join(base, module) : base === '.' ? module : `${base}/${module}`
      if (path !== from && files.has(path)) return path
    }
  }
  return null
}
