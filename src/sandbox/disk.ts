import type { Cell, Listed } from './cell/cell.ts'
import { MOST_CHANGES } from './record.ts'
import type { DiskChange } from './record.ts'

/** Folders in which anything can be changed. */
export const writable = (home: string): string[] => [home, '/tmp', '/var/tmp', '/dev/shm']

const MOST_READ = 400
const MOST_BYTES = 8 * 1024 * 1024
const CONTENT = 64 * 1024

/**
 * What differs between two looks at the disk. Content is read of what is neither the package's own (`known`, digests of its files)
 * nor installed beside it, where it is text or a program: what was made, not what was put where it belongs.
 */
export async function changesOf(cell: Pick<Cell, 'read'>, before: readonly Listed[], after: readonly Listed[], known: ReadonlySet<string>): Promise<DiskChange[]> {
  const was = new Map(before.map((one) => [one.path, one]))
  const is = new Set<string>()
  const changes: Omit<DiskChange, 'content'>[] = []
  for (const one of after) {
    is.add(one.path)
    const old = was.get(one.path)
    if (!old) changes.push(changeOf(one, 'created'))
    else if (one.kind !== 'folder' && differs(old, one)) changes.push(changeOf(one, 'changed'))
  }
  for (const one of before) if (!is.has(one.path)) changes.push(changeOf(one, 'deleted'))
  // What matters most first: where there is too much, what was made is left out before what was there, and installed files before all.
  const crowded = changes.length > MOST_CHANGES
  const rank = ({ path, what }: Pick<DiskChange, 'path' | 'what'>): number => 2 * Number(isInstalled(path)) + Number(crowded && what === 'created')
  const kept = changes.toSorted((a, b) => rank(a) - rank(b)).slice(0, MOST_CHANGES)
  const wanted = kept.filter(({ what, kind, path, sha256, size }) => what !== 'deleted' && kind === 'file' && size > 0 && sha256 !== null && !known.has(sha256) && !(isInstalled(path) && !STARTS.test(path))).slice(0, MOST_READ)
  const contents = new Map<string, Uint8Array>()
  const read = await cell.read(wanted.map(({ path }) => path), CONTENT)
  let bytes = 0
  for (const [index, { path }] of wanted.entries()) {
    const content = read[index]
    if (!content || !isTelling(content) || (bytes += content.byteLength) > MOST_BYTES) continue
    contents.set(path, content)
  }
  return kept.map((change) => ({ ...change, content: contents.get(change.path) ?? null }))
}

const changeOf = ({ path, kind, size, mode, sha256 }: Listed, what: DiskChange['what']): Omit<DiskChange, 'content'> => ({ path, what, kind, size, mode, sha256 })

const differs = (a: Listed, b: Listed): boolean => a.kind !== b.kind || a.size !== b.size || a.mode !== b.mode || a.sha256 !== b.sha256 || (a.sha256 === null && a.kind === 'file' && (a.changed !== b.changed || a.inode !== b.inode))

/** Where clients put packages and keep what they fetched. */
const INSTALLED = /\/(?:node_modules|site-packages|__pycache__|\.venv\/(?:lib|include)|_cacache|_logs|go\/pkg|\.cache\/(?:go-build|pip|node|node-gyp))(?:\/|$)/
/** What starts by itself although it lies among them. */
const STARTS = /\/site-packages\/[^/]+\.(?:pth|py)$/
const isInstalled = (path: string): boolean => INSTALLED.test(path)

const PROGRAMS = ['7f454c46', '504b0304', 'cffaedfe', 'cafebabe', '4d5a']

/** Text, or a program: ELF, Mach-O, PE, archives of Java. */
function isTelling(bytes: Uint8Array): boolean {
  const magic = Buffer.from(bytes.subarray(0, 4)).toString('hex')
  return PROGRAMS.some((one) => magic.startsWith(one)) || !bytes.subarray(0, 4_096).includes(0)
}
