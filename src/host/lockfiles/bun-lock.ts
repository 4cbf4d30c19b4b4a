import { fromSri } from './digests.ts'
import { readJson } from './json.ts'
import { addPackages } from './npm-graph.ts'
import type { FlatPackage, RootAsk } from './npm-graph.ts'
import { askedBy } from './package-json.ts'
import type { Draft, Format } from './project-file.ts'
import { fromRegistry, readNpmSpec, readResolved, REGISTRY } from './source.ts'
import { at, entriesOf, textAt, textOf } from './tree.ts'
import type { Located } from './tree.ts'

/** bun's text lockfile (docs of bun, `BunLockFile`): JSONC, packages by the way they are required, each a list that begins with `name@what`. */
export const bunLock: Format = {
  name: 'bun.lock',
  files: 'bun.lock',
  ecosystem: 'npm',
  matches: (name) => name === 'bun.lock',
  read(reading) {
    const root = readJson(reading, true)
    reading.called(`bun.lock ${textAt(root, 'lockfileVersion') ?? ''}`.trim())
    const packages = new Map<string, FlatPackage>()
    for (const [key, entry] of entriesOf(reading, at(root, 'packages'), 'packages')) {
      const draft = draftOf(key, entry)
      if (draft) packages.set(key, { draft, asks: [...askedBy(reading, infoOf(entry))].filter(({ dev }) => !dev).map(({ name, range }) => ({ name, ref: range })) })
      else reading.problem(entry.line, `packages: "${key.slice(0, 100)}" cannot be read as a package`)
    }
    const asked: RootAsk[] = []
    for (const [path, workspace] of entriesOf(reading, at(root, 'workspaces'), 'workspaces')) {
      const of = path === '' ? '' : textAt(workspace, 'name') ?? path
      for (const { name, range, dev } of askedBy(reading, workspace)) asked.push({ name, ref: of, range, dev })
    }
    const folders = new Folders(packages.keys())
    // What a workspace asks for may lie below its name: that is the reference of what it asks for.
    addPackages(reading, { packages, asked, resolve: (from, name, ref) => folders.find(from ?? ref, name) })
  },
}

/**
 * A package at `a/b` finds `c` at `a/b/c`, then `a/c`, then `c`. Folders are found once for each package that asks, not for
 * each thing it asks for, so that long locations cost what they are long.
 */
class Folders {
  readonly #children = new Map<string, Map<string, string>>()
  #asking: string | null = null
  #chain: ReadonlyMap<string, string>[] = []

  constructor(keys: Iterable<string>) {
    for (const key of keys) {
      const steps = stepsOf(key)
      const folder = steps.slice(0, -1).join('/')
      const children = this.#children.get(folder) ?? new Map<string, string>()
      this.#children.set(folder, children.set(steps.at(-1) ?? '', key))
    }
  }

  find(from: string, name: string): string | null {
    if (from !== this.#asking) {
      const steps = stepsOf(from)
      this.#asking = from
      this.#chain = steps.map((_, index) => steps.slice(0, steps.length - index).join('/')).concat('').flatMap((folder) => this.#children.get(folder) ?? [])
    }
    for (const children of this.#chain) {
      const key = children.get(name)
      if (key !== undefined) return key
    }
    return null
  }
}

/** Scopes are one step with the name after them. */
const stepsOf = (key: string): string[] => key.slice(0, 4_000).match(/(?:@[^/]+\/)?[^/]+/g)?.slice(0, 60) ?? []

const infoOf = ({ value }: Located): Located | undefined => (Array.isArray(value) ? value.find((item) => item.value instanceof Map) : undefined)

function draftOf(key: string, entry: Located): Draft | null {
  const list = Array.isArray(entry.value) ? entry.value : []
  const id = textOf(list[0]) ?? ''
  const mark = id.indexOf('@', 1)
  if (mark < 1) return null
  const [name, what] = [id.slice(0, mark), id.slice(mark + 1)]
  const alias = /(?:@[^/]+\/)?[^/]+$/.exec(key)?.[0] ?? name
  const spec = readNpmSpec(what.replace(/^root:/, 'workspace:'))
  const registry = spec.source.kind === 'registry'
  const address = registry ? textOf(list[1]) ?? '' : ''
  return {
    name, alias, line: entry.line,
    version: registry ? what : null,
    source: address === '' ? registry ? REGISTRY : spec.source : /\.t(?:ar\.)?gz(?:$|[?#])/.test(address) ? readResolved(address) : fromRegistry(address),
    digests: list.slice(1).flatMap((item) => (/^(?:sha\d+|md5)-/.test(textOf(item) ?? '') ? fromSri(textOf(item)) : [])),
  }
}
