import type { EcosystemId } from '../core/types.ts'
import { habitKey } from './delivery.ts'
import type { DeliveryClass, Visit } from './delivery.ts'

/** What somebody's behaviour says it is, whatever its user agent says. */
export interface Habit {
  class: Extract<DeliveryClass, 'mirror' | 'scanner'>
  because: string
}

/**
 * Where behaviour begins to say something. Installers take one file of a version, the versions a resolver looks at, and what a
 * project needs, often in the order of a sorted lockfile: their bounds are higher.
 */
const BOUNDS = {
  /** Files of one version within `together`, for more than one system. */
  files: 5, together: 60_000,
  /** Versions of one package within `resolving`. */
  versions: 20, versionsOfInstallers: 60, resolving: 600_000,
  /** Packages in the order of the alphabet, and how many of the steps must ascend. */
  sorted: 100, sortedOfInstallers: 2_000, ascending: 0.95,
  /** Packages altogether within a day or less. */
  packages: 5_000, day: 86_400_000,
  /** Packages within `fresh` of their publication, and which share of those whose age is known. */
  fed: 20, fresh: 600_000, share: 0.8,
  /** Packages of which only documents were read. */
  documents: 50,
}

/** What is remembered at most: callers, packages of one caller, versions of one package, files of one version; and versions in all. */
const ROOM = { callers: 200_000, packages: 6_000, versions: 100, files: 60, all: 2_000_000 }

/** Most people take one file of one version of a package: sets are made when there is a second one. */
interface Files { only: string; names: Set<string> | null; systems: number; first: number; last: number }
interface Package { version: string; files: Files; others: Map<string, Files> | null; first: number; last: number; whole: string | null; many: string | null }
interface Life {
  installer: boolean
  packages: Map<string, Package>
  indexed: Set<string>
  received: boolean
  last: string | null
  steps: number
  ascents: number
  dated: Set<string>
  fresh: Set<string>
  first: number
  end: number
  full: boolean
  /** What its whole life makes of it; undefined: not worked out since it was last seen. */
  judged: Habit | null | undefined
}

/**
 * Watches visits in the order of time and says what they make of whoever made them. Memory is bounded: callers past the first
 * 200,000 have no habits, and what one caller does past some thousand packages, or all of them past two million, changes nothing.
 */
export class Habits {
  readonly #lives = new Map<string, Life>()
  /** How many files of each version were seen at all, to tell who took every one. */
  readonly #files = new Map<string, string | Set<string>>()
  readonly #room = { left: ROOM.all }

  see(visit: Visit): void {
    const key = habitKey(visit.caller, visit.agent)
    let life = this.#lives.get(key)
    if (!life) {
      if (this.#lives.size >= ROOM.callers) return
      life = {
        installer: visit.agent.kind === 'installer', packages: new Map(), indexed: new Set(), received: false, last: null, steps: 0, ascents: 0,
        dated: new Set(), fresh: new Set(), first: visit.at, end: visit.at, full: false, judged: undefined,
      }
      this.#lives.set(key, life)
    }
    life.end = Math.max(life.end, visit.at)
    life.judged = undefined
    const name = `${visit.ecosystem}:${visit.name}`
    if (visit.contact === 'index') {
      if (life.indexed.size < ROOM.packages) life.indexed.add(name)
      return
    }
    if (visit.contact === 'beside' || visit.version === null || visit.file === null) return
    life.received = true
    this.#step(life, name)
    this.#date(life, name, visit)
    this.#take(life, name, visit.version, visit.file, visit)
  }

  /** What its behaviour makes of a caller with a tool, of this package first; null: nothing out of the ordinary. */
  of(key: string, about: { ecosystem: EcosystemId; name: string } | null = null): Habit | null {
    const life = this.#lives.get(key)
    if (!life) return null
    const here = about === null ? undefined : life.packages.get(`${about.ecosystem}:${about.name}`)
    if (life.judged === undefined) life.judged = wholeLife(life) ?? elsewhere(life)
    return habitIn(here, 'this package') ?? life.judged
  }

  #step(life: Life, name: string): void {
    if (life.last === name) return
    if (life.last !== null) {
      life.steps += 1
      if (name > life.last) life.ascents += 1
    }
    life.last = name
  }

  #date(life: Life, name: string, { at, publishedAt }: Visit): void {
    if (publishedAt === undefined || publishedAt === null || life.dated.size >= ROOM.packages) return
    life.dated.add(name)
    if (at - publishedAt <= BOUNDS.fresh && at >= publishedAt) life.fresh.add(name)
  }

  #take(life: Life, name: string, version: string, file: string, { at }: Visit): void {
    const files = filesOf(life, name, version, file, at, this.#room)
    const all = this.#known(name, version, file)
    if (!files) return
    const known = life.packages.get(name) as Package
    if (at - files.first > BOUNDS.together) Object.assign(files, newFiles(file, at))
    if (file !== files.only && !files.names?.has(file)) {
      files.names ??= new Set([files.only])
      if (files.names.size < ROOM.files) files.names.add(file)
      files.systems |= systemOf(file)
    }
    files.last = at
    known.last = at
    const count = files.names?.size ?? 1
    if (count >= BOUNDS.files && files.systems & (files.systems - 1)) {
      known.whole = `took ${count >= all ? `all ${all}` : `${count} of ${all}`} files of ${version} within ${seconds(files.last - files.first)}, also those for other systems`
    }
    const versions = 1 + (known.others?.size ?? 0)
    if (versions >= (life.installer ? BOUNDS.versionsOfInstallers : BOUNDS.versions)) known.many = `took ${versions} versions within ${seconds(known.last - known.first)}`
  }

  /** How many files of a version were seen, this one among them. */
  #known(name: string, version: string, file: string): number {
    const key = `${name}@${version}`
    const files = this.#files.get(key)
    if (files === undefined) {
      if (this.#files.size < ROOM.callers) this.#files.set(key, file)
      return 1
    }
    if (typeof files === 'string') {
      if (files === file) return 1
      this.#files.set(key, new Set([files, file]))
      return 2
    }
    if (files.size < ROOM.files) files.add(file)
    return files.size
  }
}

const newFiles = (file: string, at: number): Files => ({ only: file, names: null, systems: systemOf(file), first: at, last: at })

/** The files that somebody took of a version lately; null: more than is remembered. */
function filesOf(life: Life, name: string, version: string, file: string, at: number, room: { left: number }): Files | null {
  const known = life.packages.get(name)
  if (!known) {
    if (life.packages.size >= ROOM.packages || room.left <= 0) {
      life.full = true
      return null
    }
    room.left -= 1
    const files = newFiles(file, at)
    life.packages.set(name, { version, files, others: null, first: at, last: at, whole: null, many: null })
    return files
  }
  // Versions taken over days are updates: counting begins anew.
  if (at - known.first > BOUNDS.resolving) Object.assign(known, { version, files: known.version === version ? known.files : newFiles(file, at), others: null, first: at })
  if (known.version === version) return known.files
  const other = known.others?.get(version)
  if (other) return other
  if ((known.others?.size ?? 0) >= ROOM.versions || room.left <= 0) return null
  room.left -= 1
  const files = newFiles(file, at)
  known.others ??= new Map()
  known.others.set(version, files)
  return files
}

const habitIn = (known: Package | undefined, of: string): Habit | null => {
  const because = known?.whole ?? (known?.many ? `${known.many} of ${of}` : null)
  return because ? { class: 'mirror', because } : null
}

function wholeLife(life: Life): Habit | null {
  const { packages, steps, ascents, installer, indexed, received, dated, fresh } = life
  const took = `${packages.size.toLocaleString('en')}${life.full ? ' and more' : ''}`
  if (packages.size >= (installer ? BOUNDS.sortedOfInstallers : BOUNDS.sorted) && ascents >= steps * BOUNDS.ascending) {
    return { class: 'mirror', because: `took ${took} packages in the order of the alphabet` }
  }
  if (packages.size >= BOUNDS.packages && life.end - life.first <= BOUNDS.day) {
    return { class: 'mirror', because: `took ${took} different packages within ${seconds(life.end - life.first)}` }
  }
  if (fresh.size >= BOUNDS.fed && fresh.size >= dated.size * BOUNDS.share) {
    return { class: 'scanner', because: `took ${fresh.size} of ${dated.size} packages within ten minutes of their publication` }
  }
  if (!received && indexed.size >= BOUNDS.documents) return { class: 'scanner', because: `read the documents of ${indexed.size.toLocaleString('en')} packages and took none` }
  return null
}

/** Whoever copies one package whole copies this one, too. */
function elsewhere(life: Life): Habit | null {
  for (const [name, known] of life.packages) {
    const habit = habitIn(known, name)
    if (habit) return { class: habit.class, because: known.whole ? `${habit.because} (${name})` : habit.because }
  }
  return null
}

/** Bits for whom a wheel is: Linux, macOS, Windows, anybody (PEP 425 platform tags). Other archives are for anybody. */
function systemOf(file: string): number {
  if (/linux/i.test(file)) return 1
  if (/macosx/i.test(file)) return 2
  return /-win(?:32|_)/i.test(file) ? 4 : 8
}

function seconds(ms: number): string {
  if (ms < 120_000) return `${Math.max(1, Math.round(ms / 1_000))} s`
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`
}
