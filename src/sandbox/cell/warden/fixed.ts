import { chmodSync, lstatSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { BoxBind } from './box.ts'

/** Files of the system: read-only. Those of `/etc` are one folder, the others lie over whatever is there. */
export class Fixed {
  readonly #folder: string
  readonly #binds: BoxBind[] = []
  readonly #mounted: readonly string[]
  #files = 0

  /** `mounted` are paths where something of the machine will lie; in `/etc` there has to be something to lie on. */
  constructor(folder: string, mounted: readonly string[]) {
    this.#folder = folder
    this.#mounted = mounted
    mkdirSync(join(folder, 'etc'))
    mkdirSync(join(folder, 'files'))
    for (const path of mounted.filter((one) => one.startsWith('/etc/'))) {
      const at = join(folder, path)
      mkdirSync(dirname(at), { recursive: true })
      if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) mkdirSync(at, { recursive: true })
      else writeFileSync(at, '')
    }
  }

  write({ path, bytes, mode }: { path: string; bytes: Uint8Array; mode: number }): void {
    const inEtc = path.startsWith('/etc/') && !this.#mounted.some((at) => path === at || path.startsWith(`${at}/`))
    const from = inEtc ? join(this.#folder, path) : join(this.#folder, 'files', String(this.#files++))
    mkdirSync(dirname(from), { recursive: true })
    writeFileSync(from, bytes)
    chmodSync(from, mode & 0o777)
    if (!inEtc) this.#binds.push({ from, to: path, writable: false })
  }

  get binds(): readonly BoxBind[] {
    return [{ from: join(this.#folder, 'etc'), to: '/etc', writable: false }, ...this.#binds]
  }
}
