import { hash } from 'node:crypto'
import { lstat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { word } from '../../recall/clearing.ts'
import { cachePlace, matches } from './cache.ts'
import type { Cache, Leftover, Sought } from './cache.ts'
import { readPlain, walk } from './walk.ts'
import type { Bounds } from './walk.ts'

const LARGEST = 512 * 1024 * 1024
/** What a download has around its bytes in the cache of pip before 23.3 and of pdm: headers, and the framing of msgpack. */
const FRAMING = 64 * 1024

/** PEP 503. */
const normal = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-')

/**
 * pip: wheels it built by their names; downloads under the hash of their URL, so that only their content tells what they are:
 * `http-v2/…body` since 23.3, one file with headers and content before.
 */
export const pipCache: Cache = {
  client: 'pip', ecosystem: 'pypi',
  folders: (machine) => cachePlace(machine, { variable: 'PIP_CACHE_DIR', unix: 'pip', windows: 'pip/Cache' }),
  async* find(folder, sought, limits) {
    yield* byFileName(join(folder, 'wheels'), { client: 'pip', sought, clear: (file) => `pip cache remove ${word(file.split('-').slice(0, 2).join('-'))}` }, limits)
    for (const place of ['http', 'http-v2']) yield* downloads(join(folder, place), { client: 'pip', sought, clear: () => 'pip cache purge' }, limits)
  },
}

export const pdmCache: Cache = {
  client: 'pdm', ecosystem: 'pypi',
  folders: (machine) => cachePlace(machine, { variable: 'PDM_CACHE_DIR', unix: 'pdm', windows: 'pdm/Cache' }),
  async* find(folder, sought, limits) {
    for (const place of ['wheels', 'packages']) {
      yield* byFileName(join(folder, place), { client: 'pdm', sought, clear: (file) => (place === 'wheels' ? `pdm cache remove ${word(file)}` : 'pdm cache clear packages') }, limits)
    }
    yield* downloads(join(folder, 'http'), { client: 'pdm', sought, clear: () => 'pdm cache clear http' }, limits)
  },
}

/** poetry keeps what it downloaded by name below `artifacts`; its own command does not clear that. */
export const poetryCache: Cache = {
  client: 'poetry', ecosystem: 'pypi',
  folders: (machine) => cachePlace(machine, { variable: 'POETRY_CACHE_DIR', unix: 'pypoetry', windows: 'pypoetry/Cache' }),
  async* find(folder, sought, limits) {
    yield* byFileName(join(folder, 'artifacts'), { client: 'poetry', sought, clear: (_, path) => `rm ${word(path)}` }, limits)
    yield* downloads(join(folder, 'cache/repositories'), { client: 'poetry', sought, clear: () => 'poetry cache clear --all .' }, limits)
  },
}

/** uv: `wheels-vN/…/NAME/VERSION-TAGS…` and `sdists-vN/…/NAME/VERSION/` point into `archive-vN`, where packages lie unpacked. */
export const uvCache: Cache = {
  client: 'uv', ecosystem: 'pypi',
  folders: (machine) => cachePlace(machine, { variable: 'UV_CACHE_DIR', unix: 'uv', windows: 'uv/cache' }),
  async* find(folder, sought, limits) {
    const told = new Set<string>()
    for await (const { path, name: entry, depth, folder: isFolder } of walk(folder, limits, ({ name, depth: at }) => at > 0 || /^(?:wheels|sdists|archive)-v\d+$/.test(name))) {
      const info = isFolder && depth === 2 ? /^(.+)-([^-]+)\.dist-info$/.exec(entry) : null
      const [name, version] = info ? [normal(info[1] ?? ''), info[2] ?? null] : [normal(basename(dirname(path))), entry.split('-')[0]?.replace(/\.(?:lock|http|msgpack|rev)$/, '') ?? null]
      const at = info ? dirname(path) : `${dirname(path)}/${version}`
      if (told.has(at) || version === null || !/^\d/.test(version) || !matches(sought, name, version)) continue
      told.add(at)
      yield { client: 'uv', path, name, version, by: 'name', clear: `uv cache clean ${word(name)}` }
    }
  },
}

interface Look {
  client: string
  sought: readonly Sought[]
  clear(file: string, path: string): string
}

/** Wheels, `NAME-VERSION-…whl` (PEP 427), and sdists, `NAME-VERSION.tar.gz` (PEP 625) or as older tools wrote them. */
function fileOf(file: string): { name: string; version: string } | null {
  const wheel = /^([^-]+)-([^-]+)(?:-[^-]+)?-[^-]+-[^-]+-[^-]+\.whl$/.exec(file)
  const sdist = /^(.+)-(\d[^-]*)\.(?:tar\.gz|zip|tar\.bz2)$/.exec(file)
  const [, name, version] = wheel ?? sdist ?? []
  return name === undefined || version === undefined ? null : { name: normal(name), version }
}

async function* byFileName(folder: string, { client, sought, clear }: Look, limits: Bounds): AsyncGenerator<Leftover> {
  for await (const { path, name: file } of walk(folder, limits)) {
    // pdm's package cache has the folder of a wheel under the wheel's name.
    const found = fileOf(file) ?? fileOf(`${file}.whl`)
    if (found && matches(sought, found.name, found.version)) yield { client, path, ...found, by: 'name', clear: clear(file, path) }
  }
}

/** Files without a name: whole and of the digest sought, or with the wheel's own folder of metadata among the names in the zip. */
async function* downloads(folder: string, { client, sought, clear }: Look, limits: Bounds): AsyncGenerator<Leftover> {
  for await (const { path, folder: isFolder } of walk(folder, limits)) {
    if (isFolder) continue
    const size = (await lstat(path).catch(() => null))?.size ?? 0
    const candidates = sought.filter((one) => one.size === null || (size >= one.size && size <= one.size + FRAMING))
    if (candidates.length === 0) continue
    const bytes = await readPlain(path, LARGEST, limits)
    const digest = bytes && `sha256:${hash('sha256', bytes, 'hex')}`
    const one = bytes && candidates.find((candidate) => (candidate.digest !== null && (candidate.digest === digest || holds(bytes, candidate))) || isWheelOf(bytes, candidate))
    if (one) yield { client, path, name: one.name, version: one.version, by: one.digest !== null && one.digest === digest ? 'digest' : 'name', clear: clear('', path) }
  }
}

/** Whether the bytes sought are inside others, after their headers: their size is known, and where they end. */
function holds(bytes: Buffer, { size, digest }: Sought): boolean {
  if (size === null || size === 0 || digest === null || bytes.length === size) return false
  for (const magic of [Buffer.from('PK\x03\x04', 'latin1'), Buffer.from([0x1f, 0x8b, 0x08])]) {
    for (let at = bytes.indexOf(magic), tries = 0; at >= 0 && at + size <= bytes.length && tries < 8; at = bytes.indexOf(magic, at + 1), tries++) {
      if (`sha256:${hash('sha256', bytes.subarray(at, at + size), 'hex')}` === digest) return true
    }
  }
  return false
}

function isWheelOf(bytes: Buffer, { name, version }: Sought): boolean {
  if (name === null || version === null) return false
  // Names in a zip are not compressed, and wheels write theirs with underscores, most of them in lower case.
  return [`${name.replaceAll('-', '_')}-${version}.dist-info/`, `${name}-${version}.dist-info/`].some((folder) => bytes.includes(folder))
}
