import type { Place } from './act.ts'
import type { Frame } from './hooks.ts'

export interface PlaceOptions {
  /** What is under examination, as its registry names it. */
  subject?: string | null
  /** Folders that are known to be one package's, with a slash at the end. The longest that fits counts. */
  folders?: readonly { folder: string; package: string | null }[]
  /** Which distribution a Python module on the top level belongs to (its RECORD says). */
  modules?: ReadonlyMap<string, string>
}

/** Package managers and what they build with, as files of the machine's: what they do is not a package's doing. */
const TOOLS: ReadonlySet<string> = new Set(['pip', 'setuptools', 'wheel', 'pkg_resources', '_distutils_hack', 'pyproject_hooks', 'build'])

/** With all that they bring along. */
const NODE_TOOL = /^\/(?:usr|opt|root|nix|work|home)\b[^\0]*\/lib\/node_modules\/(npm|corepack)\//

const PYTHON = /^(.*)\/(?:site|dist)-packages\/(.+)$/s
const NODE = /^(.*)\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(.+)$/s
const GO = /\/pkg\/mod\/((?:[^@/]+\/)*[^@/]+)@([^/]+)\/(.+)$/s
/** pip unpacks a source distribution into a folder that has its name, or none where it was given as a file. */
const PIP = /\/pip-(?:install-[^/]+\/([^/]+?)(?:_[0-9a-f]{32})?|(?:req-build|wheel|unpack)-[^/]+)\/(.+)$/s

/** Whose line it is. */
export function placeOf([file, line, column]: Frame, { subject = null, folders = [], modules }: PlaceOptions): Place {
  const at = (name: string | null, rest: string): Place => ({ package: name, file: rest, line, column })
  const given = longest(folders.filter(({ folder }) => file.startsWith(folder)))
  if (given) return at(given.package, given.package === null ? file : file.slice(given.folder.length))
  const python = PYTHON.exec(file)
  if (python) {
    const rest = python[2] as string
    const top = (/^[^/]+/.exec(rest)?.[0] ?? rest).replace(/\.(?:py|pyc|pth|so)$|\..*\.so$|-[^-/]+\.(?:dist|egg)-info$/, '')
    const name = modules?.get(top) ?? top
    return TOOLS.has(top) && name !== subject ? at(null, file) : at(name, rest)
  }
  const tool = NODE_TOOL.exec(file)?.[1]
  if (tool !== undefined && tool !== subject) return at(null, file)
  const node = NODE.exec(file)
  if (node) {
    const [, , name = '', rest = ''] = node
    return at(name, rest)
  }
  const go = GO.exec(file)
  if (go) return at((go[1] as string).replaceAll(/!([a-z])/g, (_all, letter: string) => letter.toUpperCase()), go[3] as string)
  const pip = PIP.exec(file)
  if (pip) return at(pip[1] === undefined || sameProject(pip[1], subject) ? subject : pip[1], pip[2] as string)
  return at(null, file)
}

/** Whether it is a line of a package manager's own. */
export const isTool = (frame: Frame, options: PlaceOptions): boolean =>
  (NODE_TOOL.test(frame[0]) || PYTHON.test(frame[0])) && placeOf(frame, options).package === null

const longest = (fits: readonly { folder: string; package: string | null }[]) =>
  fits.reduce<(typeof fits)[number] | null>((best, one) => (best === null || one.folder.length > best.folder.length ? one : best), null)

const sameProject = (a: string, b: string | null): boolean => b !== null && normal(a) === normal(b)
const normal = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-')

/** All lines that led there, and the innermost that is a package's; else the innermost of all. */
export function attributed(stack: readonly Frame[], options: PlaceOptions): { by: Place | null; stack: Place[] } {
  const places = stack.map((frame) => placeOf(frame, options))
  return { by: places.find((place) => place.package !== null) ?? places[0] ?? null, stack: places }
}
