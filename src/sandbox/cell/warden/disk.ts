import { chmodSync, lstatSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { toBytes } from './names.ts'


/**
 * The folders of the box that can be written to, all on one disk of limited size, and where that lies outside. Nothing below
 * was made by us alone: every name in a path may be a trap, and is looked at without following it.
 */
export class Disk {
  readonly #roots: readonly (readonly [inside: string, outside: string])[]

  constructor(stage: string, home: string) {
    this.#roots = [
      [home, join(stage, 'disk/home')], ['/tmp', join(stage, 'disk/tmp')], ['/var/tmp', join(stage, 'disk/vartmp')],
      ['/dev/shm', join(stage, 'disk/shm')],
    ]
  }

  make(): void {
    for (const [inside, outside] of this.#roots) {
      mkdirSync(outside)
      chmodSync(outside, /^\/(?:tmp|var\/tmp|dev\/shm)$/.test(inside) ? 0o1777 : 0o755)
    }
  }

  binds(): { from: string; to: string; writable: boolean }[] {
    return this.#roots.map(([to, from]) => ({ from, to, writable: true }))
  }

  /** A path of the box as it is here, if it lies in a writable folder and leads through real folders only. */
  outside(inside: string): string | null {
    const path = posix.normalize(inside)
    const root = this.#roots.filter(([at]) => path === at || path.startsWith(`${at}/`)).sort(([a], [b]) => b.length - a.length)[0]
    if (!root || inside.includes('\0')) return null
    const names = path.slice(root[0].length).split('/').filter((name) => name !== '')
    let at = root[1]
    for (const name of names.slice(0, -1)) {
      at = `${at}/${name}`
      if (!isFolder(at)) return null
    }
    return names.length === 0 ? at : `${at}/${names.at(-1)}`
  }

  /** Makes it if that can be done without going through anything but folders. */
  folder(inside: string): void {
    const missing: string[] = []
    for (let path = posix.normalize(inside); ; path = dirname(path)) {
      const at = this.outside(path)
      if (at && isFolder(at)) break
      if (path === '/' || (at && existsAtAll(at))) return
      missing.push(path)
    }
    for (const path of missing.reverse()) {
      const at = this.outside(path)
      if (at) mkdirSync(at)
    }
  }

  /** False: it lies in no writable folder. */
  write(file: { path: string; bytes: Uint8Array; mode: number }): boolean {
    this.folder(dirname(file.path))
    const at = this.outside(file.path)
    if (!at) return false
    writeFileSync(at, file.bytes, { flag: 'wx' })
    chmodSync(at, file.mode & 0o777)
    return true
  }
}

function isFolder(path: string): boolean {
  try {
    return lstatSync(toBytes(path)).isDirectory()
  } catch {
    return false
  }
}

const existsAtAll = (path: string): boolean => lstatSync(toBytes(path), { throwIfNoEntry: false }) !== undefined
