import { lstatSync, opendirSync } from 'node:fs'
import type { Dirent } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { sentence } from '../../core/errors.ts'
import { readMounts } from './mounts.ts'
import type { Mounts } from './mounts.ts'

/** A folder in which packages lie. */
export interface Place {
  kind: 'node' | 'python' | 'go-cache'
  path: string
}

/** How far a walk has come: what is needed to go on. */
export interface WalkState {
  /** Folders still to be gone into. */
  open: string[]
  places: Place[]
  /** Folders with programs. */
  programs: string[]
  /** What was left out on purpose, or could not be read. */
  left: { path: string; says: string }[]
  /** More were left out than are listed. */
  leftMore: number
  folders: number
}

export interface WalkOptions {
  /** Told often, with what the walk has come to. */
  progress?: (state: Readonly<WalkState>) => void
  /** Ends the walk; what it has come to is kept. */
  stop?: () => boolean
  mounts?: Mounts | null
}

/** Folders one walk looks into: the home folders of large machines have some hundred thousand. */
const MOST_FOLDERS = 1_000_000
const DEEPEST = 64
const MOST_ENTRIES = 200_000
const MOST_LEFT = 200
const OFTEN = 256

/** What has no packages that are installed: histories, and what clients keep to install from. */
const SKIPPED = new Set(['.git', '.hg', '.svn', '_cacache', '.cache', '.cargo', '.rustup', '.Trash', '.Trash-1000', '.snapshots', 'lost+found', '.mozilla', '.pnpm-store', '.gradle', '.m2'])

export const begin = (roots: readonly string[]): WalkState => ({ open: [...new Set(roots.map((root) => resolve(root)))].reverse(), places: [], programs: [], left: [], leftMore: 0, folders: 0 })

/**
 * Walks folders for places in which packages are installed; never through a link, never into another file system. `state` is
 * changed as it goes, so that it can be kept and gone on with. Whether it came to its end.
 */
export function walk(state: WalkState, roots: ReadonlySet<string>, { progress, stop, mounts = readMounts() }: WalkOptions = {}): boolean {
  const left = (path: string, says: string): void => {
    if (state.left.length < MOST_LEFT) state.left.push({ path, says })
    else state.leftMore += 1
  }
  const devices = new Map([...roots].map((root) => [root, deviceOf(root)]))
  for (let folder = state.open.at(-1); folder !== undefined; folder = state.open.at(-1)) {
    if (state.folders % OFTEN === 0) {
      progress?.(state)
      if (stop?.()) return false
    }
    state.open.pop()
    state.folders += 1
    if (state.folders > MOST_FOLDERS) {
      left(folder, `only the first ${MOST_FOLDERS} folders were looked into`)
      state.open.length = 0
      break
    }
    const other = roots.has(folder) ? null : otherFileSystem(folder, mounts, devices)
    if (other !== null) left(folder, other)
    else into(folder, state, left)
  }
  progress?.(state)
  return true
}

function into(folder: string, state: WalkState, left: (path: string, says: string) => void): void {
  const name = basename(folder)
  if (name === 'node_modules') return void state.places.push({ kind: 'node', path: folder })
  if (name === 'site-packages' || name === 'dist-packages') return void state.places.push({ kind: 'python', path: folder })
  const entries = list(folder, left)
  if (isModuleCache(folder, entries)) return void state.places.push({ kind: 'go-cache', path: folder })
  if (name === 'bin' || name === 'sbin') state.programs.push(folder)
  if (folder.split(/[/\\]/).length > DEEPEST) return entries.some((one) => one.isDirectory()) ? left(folder, `folders below this lie deeper than ${DEEPEST}`) : undefined
  for (const entry of entries.toReversed()) if (entry.isDirectory() && !SKIPPED.has(entry.name)) state.open.push(join(folder, entry.name))
}

const isModuleCache = (folder: string, entries: readonly Dirent[]): boolean =>
  basename(folder) === 'mod' && entries.some((one) => one.name === 'cache' && one.isDirectory()) && lstatOf(join(folder, 'cache', 'download'))?.isDirectory() === true

/** In one order on every machine. */
function list(folder: string, left: (path: string, says: string) => void): Dirent[] {
  const entries: Dirent[] = []
  try {
    const opened = opendirSync(folder, { bufferSize: 128 })
    try {
      for (let entry = opened.readSync(); entry !== null; entry = opened.readSync()) {
        if (entries.length === MOST_ENTRIES) {
          left(folder, `only the first ${MOST_ENTRIES} entries were looked at`)
          break
        }
        entries.push(entry)
      }
    } finally {
      opened.closeSync()
    }
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code
    if (code !== 'ENOENT' && code !== 'ENOTDIR') left(folder, code === 'EACCES' || code === 'EPERM' ? 'may not be read by this user' : sentence(thrown))
  }
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
}

function otherFileSystem(folder: string, mounts: Mounts | null, devices: ReadonlyMap<string, number | null>): string | null {
  if (mounts) {
    const kind = mounts.at(folder)
    return kind === null ? null : `another file system (${kind}) begins here: name it to have it looked into`
  }
  const device = deviceOf(folder)
  const known = [...devices.values()]
  return device === null || known.includes(device) ? null : 'another file system begins here: name it to have it looked into'
}

const deviceOf = (path: string): number | null => lstatOf(path)?.dev ?? null

function lstatOf(path: string) {
  try {
    return lstatSync(path)
  } catch {
    return null
  }
}
