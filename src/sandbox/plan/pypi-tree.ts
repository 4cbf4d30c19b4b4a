import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sentence } from '../../core/errors.ts'
import type { ArtifactRef } from '../../core/types.ts'
import { ecosystems } from '../../ecosystems/index.ts'
import { readIndex } from '../../ecosystems/pypi/read-index.ts'
import type { ListedFile } from '../../ecosystems/pypi/listing.ts'
import { rankOf } from './best.ts'
import { inTurns, keepsPromise } from './get.ts'
import type { Getter } from './get.ts'
import { markerHolds } from './markers.ts'
import type { Requirement } from './markers.ts'
import type { MirroredFile, Tally } from './mirror.ts'
import type { PythonFacts } from './python.ts'
import { requirementsOf } from './requirements.ts'

const { compareVersions, isName, isPrerelease, satisfies } = ecosystems.pypi

interface Project {
  page: Promise<readonly ListedFile[] | null>
  /** All ranges that were asked for so far. */
  ranges: Set<string>
  extras: Set<string>
  /** File → what an install needs besides it; fetched. */
  files: Map<string, { mirrored: MirroredFile; requirements: readonly Requirement[] }>
}

const AT_ONCE = 6
const FILE = 1024 * 1024 * 1024

/**
 * What an install of these requirements may choose: per project the newest version that fits everything asked of it so far, as a
 * wheel for this interpreter where there is one, else as an sdist with what its building needs. Where later requirements don't fit
 * an earlier choice, both are kept, and pip in the box settles it. Addresses are not followed: building them would run them.
 */
export class PypiTree {
  readonly #get: Getter
  readonly #base: string
  readonly #tally: Tally
  readonly #python: PythonFacts
  readonly #rank: ReadonlyMap<string, number>
  readonly #projects = new Map<string, Project>()

  constructor({ get, base, tally, python }: { get: Getter; base: string; tally: Tally; python: PythonFacts }) {
    this.#get = get
    this.#base = base
    this.#tally = tally
    this.#python = python
    this.#rank = new Map(python.tags.map((tag, index) => [tag, index]))
  }

  async fetch(requirements: readonly Requirement[], folder: string): Promise<void> {
    let wave = requirements.map((requirement) => ({ requirement, extras: [] as readonly string[] }))
    for (let rounds = 0; wave.length > 0 && rounds < 60; rounds++) {
      const next: typeof wave = []
      await inTurns(wave, AT_ONCE, async ({ requirement, extras }) => {
        if (!markerHolds(requirement.marker, this.#python.markers, extras)) return
        const found = await this.#choose(requirement, folder)
        if (found) next.push(...found.map((one) => ({ requirement: one, extras: requirement.extras })))
      })
      wave = next
    }
    for (const [name, { files }] of this.#projects) {
      if (files.size > 0) await writeFile(join(folder, 'pypi', name, 'index.json'), JSON.stringify([...files.values()].map(({ mirrored }) => mirrored)))
    }
  }

  /** What the chosen file needs itself; null: nothing new. */
  async #choose({ name, range, extras, address }: Requirement, folder: string): Promise<readonly Requirement[] | null> {
    if (address !== null || !isName(name)) {
      this.#tally.lack(`${name}: only the registry's packages are fetched, not ${(address ?? name).slice(0, 100)}`)
      return null
    }
    let project = this.#projects.get(name)
    if (!project) {
      project = { page: this.#page(name), ranges: new Set(), extras: new Set(), files: new Map() }
      this.#projects.set(name, project)
    }
    const news = !project.ranges.has(range) || extras.some((extra) => !project.extras.has(extra))
    project.ranges.add(range)
    for (const extra of extras) project.extras.add(extra)
    const page = await project.page
    if (!page || !news) return null
    const chosen = this.#pick(page, [...project.ranges]) ?? this.#pick(page, [range])
    if (!chosen) {
      this.#tally.lack(`${name} ${range}: no version fits`)
      return null
    }
    const had = project.files.get(chosen.release.file)
    if (had) return extras.length > 0 ? had.requirements : null
    return this.#store(name, chosen, { project, folder })
  }

  async #page(name: string): Promise<readonly ListedFile[] | null> {
    try {
      const { status, body, contentType, url } = await this.#get.get(`${this.#base}${name}/`, { accept: 'application/vnd.pypi.simple.v1+json, text/html;q=0.5' })
      if (status === 200) return readIndex({ name, body, contentType, base: url }).files
      this.#tally.lack(`${name}: the registry answers ${status}`)
    } catch (thrown) {
      this.#tally.lack(`${name}: ${sentence(thrown)}`)
    }
    return null
  }

  /** As pip chooses: the newest version, prereleases and yanked ones only where nothing else fits; of it, the best wheel. */
  #pick(page: readonly ListedFile[], ranges: readonly string[]): ListedFile | null {
    const python = this.#python.markers['python_full_version'] ?? ''
    const fits = (version: string, loose: boolean): boolean => ranges.every((range) => satisfies(version, loose && isPrerelease(version) ? `${range}${range === '' ? '' : ','}>=0a0` : range) === true)
    const rank = ({ release }: ListedFile): number => rankOf(release.file, this.#rank)
    const usable = page.filter((file) => rank(file) < Infinity && (file.requiresPython === null || satisfies(python, file.requiresPython) !== false))
    for (const [loose, yanked] of [[false, false], [true, false], [true, true]] as const) {
      const all = usable.filter((file) => (yanked || file.yanked === false) && fits(file.release.version, loose))
      const best = all.sort((a, b) => compareVersions(b.release.version, a.release.version) || rank(a) - rank(b))[0]
      if (best) return best
    }
    return null
  }

  async #store(name: string, { release, requiresPython }: ListedFile, { project, folder }: { project: Project; folder: string }): Promise<readonly Requirement[] | null> {
    if (this.#tally.packages >= this.#tally.most) {
      this.#tally.lack(`more than ${this.#tally.most} packages`)
      return null
    }
    // Named before it is fetched, so that two who want it fetch it once.
    const mirrored = { file: release.file, sha256: '', requiresPython }
    const entry = { mirrored, requirements: [] as readonly Requirement[] }
    project.files.set(release.file, entry)
    try {
      const { status, body } = await this.#get.get(release.url, { referrer: this.#base, limit: FILE })
      if (status !== 200) throw new Error(`the registry answers ${status}`)
      if (!keepsPromise(body, release.pledge.hashes ?? {})) throw new Error('its bytes are not those that the registry promised')
      mirrored.sha256 = createHash('sha256').update(body).digest('hex')
      await mkdir(join(folder, 'pypi', name), { recursive: true })
      await writeFile(join(folder, 'pypi', name, release.file), body)
      this.#tally.add(body.byteLength)
      const ref: ArtifactRef = { ecosystem: 'pypi', name, version: release.version, file: release.file }
      entry.requirements = await requirementsOf(ref, body)
      return entry.requirements
    } catch (thrown) {
      project.files.delete(release.file)
      this.#tally.lack(`${release.file}: ${sentence(thrown)}`)
      return null
    }
  }
}

