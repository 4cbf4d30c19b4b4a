import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { listInstalled } from '../installed/listing.ts'
import type { InstalledListing } from '../installed/listing.ts'
import { digestAt, objectAt, PlainFolders, textAt } from './files.ts'
import type { Found } from './node.ts'
import type { Hook, InventoryPackage, InventoryTree } from './package.ts'

const SMALL = 64 * 1024
const LARGEST_RECORD = 32 * 1024 * 1024
/** What is told of one distribution whose files differ. */
const NAMED = 5

/** A `site-packages` with what installers recorded in it (PEP 376, 610, 627). `verify`: every file is hashed. Throws `archive-invalid` and `archive-limit`. */
export function pythonTree(path: string, { verify }: { verify: boolean }): Found<InventoryTree> {
  const listing = listInstalled(path) as InstalledListing
  const starts = startersIn(path)
  const folders = new PlainFolders(environmentOf(path))
  const owned = new Set<string>()
  const tree: InventoryTree = {
    kind: 'python', path, says: sayingOf(path), notes: [],
    packages: listing.packages.map((one): InventoryPackage => {
      const folder = join(path, one.place)
      const direct = objectAt(join(folder, 'direct_url.json'), SMALL)
      const record = verify || starts.size > 0 ? textAt(join(folder, 'RECORD'), LARGEST_RECORD) : null
      const rows = record === null ? [] : rowsOf(record)
      for (const { file } of rows) if (starts.has(file)) owned.add(file)
      const checked = verify ? verified(rows, { path, folders }) : { agreement: 'unknown' as const, says: null }
      return {
        ...one, ...checked, digests: digestsOf(direct), from: typeof direct?.['url'] === 'string' ? direct['url'].slice(0, 1_000) : null,
        hooks: rows.flatMap(({ file }): Hook[] => { const line = starts.get(file); return line === undefined ? [] : [{ name: 'start', command: line, runs: true }] }),
        installer: textAt(join(folder, 'INSTALLER'), 200)?.trim().split('\n', 1)[0]?.slice(0, 60) || null,
      }
    }),
  }
  // What runs at every start and was put there by no installer is what persists.
  for (const [file, line] of starts) if (!owned.has(file)) tree.notes.push(`${file} runs at every start of Python, and no installer put it there: ${line}`)
  return { unread: listing.unread, tree }
}

/** Files that Python runs when it starts, with their first line of code (docs.python.org, site: lines of `.pth` that begin with `import`, and two modules). */
function startersIn(path: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const name of namesIn(path)) {
    if (name === 'sitecustomize.py' || name === 'usercustomize.py') found.set(name, textAt(join(path, name), SMALL)?.split(/\r?\n/).find((one) => one.trim() !== '')?.slice(0, 500) ?? '')
    if (!name.endsWith('.pth')) continue
    const line = textAt(join(path, name), SMALL)?.split(/\r?\n/).find((one) => /^import[ \t]/.test(one))
    if (line !== undefined) found.set(name, line.slice(0, 500))
  }
  return found
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

interface Row { file: string; algorithm: string; digest: string }

/** `path,algorithm=urlsafe-base64,size`, CSV (PEP 376, PEP 427). */
function rowsOf(record: string): Row[] {
  const rows: Row[] = []
  for (const line of record.split('\n')) {
    const [, quoted, plain, algorithm, digest] = /^(?:"((?:[^"]|"")*)"|([^",]*)),(?:([\w-]+)=([\w-]*))?,/.exec(line) ?? []
    const file = quoted === undefined ? plain : quoted.replaceAll('""', '"')
    if (file !== undefined && file !== '') rows.push({ file, algorithm: algorithm ?? '', digest: digest ?? '' })
  }
  return rows
}

function verified(rows: readonly Row[], { path, folders }: { path: string; folders: PlainFolders }): Pick<InventoryPackage, 'agreement' | 'says'> {
  if (rows.length === 0) return { agreement: 'unrecorded', says: 'no RECORD says what belongs to it' }
  const wrong: string[] = []
  let unchecked = 0
  for (const { file, algorithm, digest } of rows) {
    if (algorithm !== 'sha256' && algorithm !== 'sha512') continue
    const at = folders.path(relativeTo(path, file))
    const found = at === null ? null : digestAt(at, algorithm)
    if (at === null) unchecked += 1
    else if (found === null) wrong.push(`${file} is missing`)
    else if (found.toString('base64url') !== digest) wrong.push(`${file} was changed`)
  }
  if (wrong.length > 0) return { agreement: 'differs', says: `${wrong.slice(0, NAMED).join(', ')}${wrong.length > NAMED ? `, and ${wrong.length - NAMED} more` : ''}`.slice(0, 600) }
  return unchecked > 0 ? { agreement: 'unknown', says: `${unchecked} of its files lie behind links or outside of the environment` } : { agreement: 'verified', says: null }
}

/** `lib/python3.12/site-packages` lies in an environment, whose `bin` distributions write into. */
const environmentOf = (path: string): string => {
  const up = /[/\\]lib(?:64)?[/\\](?:python[\d.]+|pypy[\d.]+)[/\\](?:site|dist)-packages$/.test(path) ? dirname(dirname(dirname(path))) : path
  return up === '/' ? path : up
}
const relativeTo = (path: string, file: string): string => (environmentOf(path) === path ? file : join(path.slice(environmentOf(path).length + 1), file))

function sayingOf(path: string): string {
  const environment = environmentOf(path)
  const settings = textAt(join(environment, 'pyvenv.cfg'), SMALL)
  const version = /^version(?:_info)?\s*=\s*([\d.]+)/m.exec(settings ?? '')?.[1]?.replace(/\.$/, '') ?? /python(\d[\d.]*)/.exec(path)?.[1] ?? null
  const of = version === null ? '' : `, Python ${version}`
  if (/[/\\]pipx[/\\]venvs[/\\]/.test(path)) return `pipx${of}`
  if (/[/\\]uv[/\\]tools[/\\]/.test(path)) return `a tool of uv${of}`
  if (settings !== null) return `virtual environment${of}`
  if (namesIn(join(environment, 'conda-meta')).length > 0) return `conda${of}`
  if (/[/\\]\.local[/\\]lib[/\\]/.test(path)) return `user's own${of}`
  return path.endsWith('dist-packages') || path.startsWith('/usr/') ? `the system's${of}` : `Python${version === null ? '' : ` ${version}`}`
}

function digestsOf(direct: Readonly<Record<string, unknown>> | null): string[] {
  const archive = direct?.['archive_info'] as { hashes?: Readonly<Record<string, unknown>>; hash?: unknown } | undefined
  const sha256 = archive?.hashes?.['sha256'] ?? (typeof archive?.hash === 'string' ? /^sha256=([0-9a-f]{64})$/.exec(archive.hash)?.[1] : undefined)
  return typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256) ? [`sha256:${sha256}`] : []
}
