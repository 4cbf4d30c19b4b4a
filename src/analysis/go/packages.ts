import { posix } from 'node:path'

/** Files of the package, as far as their content is asked for. */
type Files = ReadonlyMap<string, unknown>

const BEGINNING = 65_536
const clauses = new WeakMap<object, string | null>()
const modules = new WeakMap<Files, string | null>()
const folders = new WeakMap<Files, ReadonlyMap<string, readonly string[]>>()

/** The other files of a folder that belong to the same package; a test sees the package and its other tests, never the reverse. */
export function together(path: string, files: Files): readonly string[] {
  const own = packageOf(files.get(path))
  const test = isTest(path)
  if (own === null) return []
  return inFolder(posix.dirname(path), files).filter((other) => other !== path && (test || !isTest(other)) && packageOf(files.get(other)) === own)
}

/**
 * The file that stands for the package an import names, below the module's own path or in `vendor`: the first that can be
 * imported. The others are `together` with it.
 */
export function locate(spec: string, _from: string, files: Files): string | null {
  const module = moduleOf(files)
  const own = module !== null && (spec === module || spec.startsWith(`${module}/`)) ? spec.slice(module.length + 1) || '.' : null
  const candidates = inFolder(own ?? `vendor/${spec}`, files).filter((path) => !isTest(path))
  return candidates.find((path) => packageOf(files.get(path)) !== 'main') ?? null
}

const isTest = (path: string): boolean => path.endsWith('_test.go')

function inFolder(folder: string, files: Files): readonly string[] {
  let found = folders.get(files)
  if (!found) {
    const all = new Map<string, string[]>()
    for (const path of files.keys()) {
      if (!path.endsWith('.go')) continue
      const parent = posix.dirname(path)
      const list = all.get(parent)
      if (list) list.push(path)
      else all.set(parent, [path])
    }
    for (const list of all.values()) list.sort()
    folders.set(files, found = all)
  }
  return found.get(posix.normalize(folder)) ?? []
}

function packageOf(file: unknown): string | null {
  if (typeof file !== 'object' || file === null) return null
  let clause = clauses.get(file)
  if (clause === undefined) {
    clauses.set(file, clause = clauseOf(beginning(file) ?? ''))
  }
  return clause
}

/** The package's name, behind whatever comments come first. */
function clauseOf(text: string): string | null {
  const between = /[\s\uFEFF]+|\/\/[^\n]*|\/\*[^]*?\*\//y
  let at = 0
  for (; between.test(text); at = between.lastIndex);
  const clause = /package\s+([\p{L}_][\p{L}\p{N}_]*)/uy
  clause.lastIndex = at
  return clause.exec(text)?.[1] ?? null
}

/** What go.mod's `module` line says. */
function moduleOf(files: Files): string | null {
  let module = modules.get(files)
  if (module === undefined) {
    const file = files.get('go.mod')
    const line = typeof file === 'object' && file !== null ? /^[ \t]*module[ \t]+("[^"\n]+"|`[^`\n]+`|[^\s/][^\s]*)/m.exec(beginning(file) ?? '') : null
    module = line?.[1]?.replace(/^["`]|["`]$/g, '') ?? null
    modules.set(files, module)
  }
  return module
}

function beginning(file: object): string | null {
  return 'bytes' in file && file.bytes instanceof Uint8Array ? new TextDecoder().decode(file.bytes.subarray(0, BEGINNING)) : null
}
