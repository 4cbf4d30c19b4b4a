import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { canonicalName, isName } from '../../ecosystems/pypi/names.ts'
import type { Act } from '../../tracing/act.ts'
import type { HostPackage } from '../events/event.ts'
import { packageAt } from './package-of.ts'
import { entries, Versions } from './version-at.ts'

/** What became of a package's folder. */
export interface Change {
  what: 'installed' | 'removed'
  package: HostPackage
  place: string
}

const MOST = 50_000
const CHANGES: ReadonlySet<Act['kind']> = new Set(['write', 'rename', 'link', 'delete'])
const DIST_INFO = /^(.*\/(?:site|dist)-packages)\/([^/]+)\.dist-info(?:\/|$)/
const GO_ZIP = /^(.*\/pkg\/mod)\/cache\/download\/(.+)\/@v\/(v[^/]+)\.(?:zip|ziphash)$/

/**
 * Notices which packages came and went: acts say where to look, the disk afterwards says what is there. A client writes a
 * package.json in many ways (temporary names, links into a store, whole folders renamed); only where it ends up counts.
 */
export class Installs {
  /** Folders of packages that were touched, with whether something was there before. */
  readonly #npm = new Map<string, boolean>()
  readonly #python = new Set<string>()
  readonly #go = new Map<string, HostPackage>()
  readonly #versions = new Versions()
  overflow = 0

  see(act: Act): void {
    if (!CHANGES.has(act.kind) || !act.done) return
    this.#path(act.target, act.kind === 'delete' || act.kind === 'rename')
    if (act.kind === 'rename' && act.other !== undefined) this.#path(act.other, false)
  }

  #path(path: string, goes: boolean): void {
    const [, site, dist] = DIST_INFO.exec(path) ?? []
    if (site !== undefined && dist !== undefined) return void (this.#room(this.#python.size) && this.#python.add(`${site}/${dist}`))
    if (GO_ZIP.test(path)) return this.#module(path)
    // Of a package its manifest, or its whole folder under its new or old name.
    const owner = packageAt(path)
    if (owner === null || owner.package.ecosystem !== 'npm' || (path !== `${owner.place}/package.json` && path !== owner.place)) return
    if (!this.#npm.has(owner.place) && this.#room(this.#npm.size)) this.#npm.set(owner.place, goes)
  }

  #module(path: string): void {
    const [, , module = '', version = ''] = GO_ZIP.exec(path) ?? []
    const owner = packageAt(`${path.slice(0, path.indexOf('/cache/download/'))}/${module}@${version}`)
    if (owner !== null && this.#room(this.#go.size)) this.#go.set(path.replace(/\.ziphash$/, '.zip'), owner.package)
  }

  #room(size: number): boolean {
    if (size < MOST) return true
    this.overflow++
    return false
  }

  /** Looks at what was touched since the last time, and forgets it. */
  settle(): Change[] {
    const changes: Change[] = []
    for (const [place, before] of this.#npm) {
      const owner = packageAt(place)
      if (owner === null) continue
      this.#versions.forget(place)
      const version = this.#versions.of(owner)
      if (version !== null || before) changes.push({ what: version === null ? 'removed' : 'installed', package: { ...owner.package, version }, place })
    }
    for (const dist of this.#python) changes.push(...pythonChange(dist))
    for (const [zip, module] of this.#go) if (existsSync(zip)) changes.push({ what: 'installed', package: module, place: dirname(zip) })
    this.#npm.clear()
    this.#python.clear()
    this.#go.clear()
    return changes
  }
}

/** `NAME-VERSION.dist-info` (PyPA, "Recording installed projects"): both are in the folder's name. */
function pythonChange(dist: string): Change[] {
  const [, name = '', version = ''] = /^(.+?)-([^-/]+)$/.exec(dist.slice(dist.lastIndexOf('/') + 1)) ?? []
  if (!isName(name) || version === '') return []
  const place = `${dist}.dist-info`
  const there = entries(place).includes('METADATA') || existsSync(join(place, 'RECORD'))
  return [{ what: there ? 'installed' : 'removed', package: { ecosystem: 'pypi', name: canonicalName(name), version, digest: null }, place }]
}
