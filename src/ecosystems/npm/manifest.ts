import { sentence } from '../../core/errors.ts'
import type { Manifest, PackageFile } from '../../core/types.ts'
import { asText, isObject, parseJson, texts } from './json.ts'
import type { Json } from './json.ts'

const FILE = 'package.json'

/** Groups that an install of the package fetches, later ones winning: npm lets optional ones override. */
const GROUPS = ['peerDependencies', 'dependencies', 'optionalDependencies'] as const

/** What `package.json` in the archive declares. Never throws: what cannot be read is said in `problem`. */
export function readManifest(files: ReadonlyMap<string, PackageFile>): Manifest {
  const { raw, problem } = readJson(files.get(FILE))
  const declared = isObject(raw) ? raw : {}
  return {
    name: asText(declared.name),
    version: asText(declared.version),
    ...optional('description', asText(declared.description)),
    ...optional('homepage', asText(declared.homepage)),
    ...optional('repository', asText(isObject(declared.repository) ? declared.repository.url : declared.repository)),
    authors: people(declared),
    dependencies: dependencyGroups(declared),
    scripts: texts(declared.scripts),
    entryPoints: [...new Set([...mains(declared), ...Object.values(bins(declared))])],
    raw: isObject(raw) ? raw : null,
    file: files.has(FILE) ? FILE : null,
    problem: problem ?? (isObject(raw) ? null : 'package.json is not a JSON object'),
  }
}

/** The content of a JSON file of the package, or why there is none. */
export function readJson(file: PackageFile | undefined): { raw: unknown; problem: string | null } {
  if (!file) return { raw: null, problem: 'there is no package.json' }
  if (file.truncated) return { raw: null, problem: `${file.path} is too large to read` }
  try {
    return { raw: parseJson(file.bytes), problem: null }
  } catch (thrown) {
    return { raw: null, problem: `${file.path} is not JSON: ${sentence(thrown)}` }
  }
}

/** Name → range or direct reference of every dependency an install of this version fetches. */
export function dependencyGroups(declared: Json): Record<string, string> {
  return Object.fromEntries(GROUPS.flatMap((group) => Object.entries(texts(declared[group]))))
}

/** Command → file. A `bin` that is a text is called after the package. */
export function bins(declared: Json): Record<string, string> {
  if (typeof declared.bin !== 'string') return texts(declared.bin)
  return { [(asText(declared.name) ?? 'bin').replace(/^@[^/]*\//, '')]: declared.bin }
}

/** Files that loading the package may run: `main`, `module`, `browser` and every target of `exports` and `imports`. */
export function mains(declared: Json): string[] {
  return [...new Set([declared.main, declared.module, declared.browser, declared.exports, declared.imports].flatMap(targets))]
}

const MOST_TARGETS = 10_000

/** Every text in a tree of conditions, breadth first and bounded. */
function targets(tree: unknown): string[] {
  const found: string[] = []
  const queue: unknown[] = [tree]
  for (let at = 0; at < queue.length && at < MOST_TARGETS; at++) {
    const node = queue[at]
    if (typeof node === 'string') found.push(node)
    else if (typeof node === 'object' && node !== null) queue.push(...Object.values(node).slice(0, MOST_TARGETS))
  }
  return found
}

function people(declared: Json): string[] {
  const listed = [declared.author, declared.contributors, declared.maintainers]
    .flatMap((value): unknown[] => (Array.isArray(value) ? value.slice(0, 100) : [value]))
  return [...new Set(listed.map(person).filter((value) => value !== null))]
}

function person(value: unknown): string | null {
  if (!isObject(value)) return asText(value)
  const parts = [asText(value.name), asText(value.email) && `<${asText(value.email)}>`, asText(value.url) && `(${asText(value.url)})`]
  return parts.filter(Boolean).join(' ') || null
}

const optional = <K extends string>(key: K, value: string | null): Partial<Record<K, string>> =>
  (value === null ? {} : { [key]: value } as Record<K, string>)
