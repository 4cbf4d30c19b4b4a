import { createHash, hash } from 'node:crypto'
import { createReadStream, readFileSync, statSync } from 'node:fs'
import type { Stats } from 'node:fs'
import { basename } from 'node:path'
import { SluiceError, sentence } from '../core/errors.ts'
import type { ArchiveFormat, ArtifactRef, Digest, EcosystemId, Outside } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import { invalid } from '../unpack/errors.ts'
import { unpack } from '../unpack/unpack.ts'
import type { Unpacked } from '../unpack/unpack.ts'
import { prepareUserRules } from '../yara/run.ts'
import { conclude, gather } from './examine.ts'
import type { Gathered } from './examine.ts'
import { readFolder } from './folder.ts'
import type { LocalJob, LocalResult } from './jobs.ts'

/**
 * An archive or a folder on this machine: finds out what it is, then examines it like an artifact.
 * Throws `usage` when it is no package, else what unpacking throws.
 */
export async function examineLocal(job: LocalJob): Promise<LocalResult> {
  const found = stat(job.path)
  const archive = found.isFile()
  const key = archive ? `${await digestOf(job.path, found.size)} ${JSON.stringify([job.path, job.ecosystem])}` : null
  const before = key !== null && kept?.key === key ? kept : null
  kept = null
  const read = before ?? (archive ? await readArchive(job) : readTree(job))
  const { ref, unpacked, left } = read
  const digest = key === null ? treeDigest(unpacked) : key.split(' ', 1)[0] as Digest
  let wantsHosts = false
  const outside: Outside = {
    registryManifest: null, advisories: [], ...(job.guarded ? { guarded: job.guarded } : {}),
    get ownHosts() {
      wantsHosts ||= job.ownHosts === null
      return job.ownHosts ?? []
    },
  }
  const artifact = {
    ref, digest, size: archive ? found.size : unpacked.bytes, publishedAt: null, firstSeenAt: job.now, upstream: `file:${job.path}`, outside,
    ...(job.userRules ? { userRules: job.userRules } : {}),
  }
  if (job.userRules) prepareUserRules(job.userRules)
  const gathered = before?.gathered ?? gather(artifact, unpacked)
  const result = await conclude(artifact, gathered, unpacked.bytes)
  if (wantsHosts && key !== null) kept = { key, gathered, ref, unpacked, left }
  return { ...result, ref, digest, left, wantsHosts }
}

function stat(path: string): Stats {
  try {
    const found = statSync(path)
    if (found.isFile() || found.isDirectory()) return found
  } catch (cause) {
    throw new SluiceError('not-found', `cannot read ${path}: ${sentence(cause)}`, { cause })
  }
  throw new SluiceError('usage', `${path} is neither a file nor a folder`)
}

interface Read { ref: ArtifactRef; unpacked: Unpacked; left: string[] }

/** An archive that is asked for again as soon as the registries' hosts are known: facts do not depend on them. */
let kept: (Read & { key: string; gathered: Gathered }) | null = null

function readTree({ path, ecosystem, files, name, version }: LocalJob): Read {
  const { left, ...unpacked } = readFolder(path, files)
  const known = ecosystem ?? recognise(basename(path), [...unpacked.files.keys()], 0)
  if (!known) throw unknown(path)
  const ref: ArtifactRef = { ecosystem: known, name: name ?? basename(path), version: version ?? '', file: basename(path) }
  return { ref: name === undefined ? named(ref, unpacked) : ref, unpacked, left }
}

async function readArchive({ path, ecosystem }: LocalJob): Promise<Read> {
  const file = basename(path)
  const whole = await unpack(path, { format: formatOf(file, path), root: { strip: 0 } })
  const paths = [...whole.files.keys()]
  const known = ecosystem ?? recognise(file, paths, 1)
  if (!known) throw unknown(path)
  // A module's name and version stand in every path of its zip (golang.org/ref/mod#zip-files).
  const [, module, version] = known === 'go' ? MODULE_PATH.exec(paths[0] ?? '') ?? [] : []
  const ref: ArtifactRef = { ecosystem: known, name: module ?? file, version: version ?? '', file }
  const root = ecosystems[known].packageRoot(ref)
  const unpacked = 'strip' in root && root.strip === 0 ? whole : await unpack(path, { format: ecosystems[known].archiveFormat(file), root })
  return { ref: module === undefined ? named(ref, unpacked) : ref, unpacked, left: [] }
}

const MODULE_PATH = /^([^@]{1,1000})@(v[^/]{1,200})\//

/** What tells a registry's packages: files at the package's root, or the archive's name. The first that fits counts. */
const SIGNS: readonly { ecosystem: EcosystemId; name?: RegExp; holds?: RegExp }[] = [
  { ecosystem: 'pypi', name: /\.(?:whl|egg)$/ },
  { ecosystem: 'go', holds: MODULE_PATH },
  { ecosystem: 'pypi', holds: /^PKG-INFO$/ },
  { ecosystem: 'npm', holds: /^package\.json$/ },
  { ecosystem: 'pypi', holds: /^(?:setup\.py|pyproject\.toml|setup\.cfg)$/ },
  { ecosystem: 'go', holds: /^go\.mod$/ },
]

function recognise(file: string, paths: readonly string[], depth: number): EcosystemId | null {
  const below = paths.map((path) => path.split('/').slice(depth).join('/'))
  return SIGNS.find(({ name, holds }) => name?.test(file) || (holds && (below.some((path) => holds.test(path)) || paths.some((path) => holds.test(path)))))?.ecosystem ?? null
}

/** By the ecosystem whose files end like this; they agree where their endings meet. */
function formatOf(file: string, path: string): ArchiveFormat {
  const format = ecosystems.pypi.archiveFormat(file)
  if (format === 'none') throw new SluiceError('usage', `${path} does not end like an archive`, { hint: 'name a .tgz, .tar.gz, .zip, .whl or a folder' })
  return format
}

const unknown = (path: string): SluiceError => new SluiceError('usage', `${path} holds no package.json, pyproject.toml, setup.py, PKG-INFO or go.mod at its root`, {
  hint: 'if it is a package all the same, say of which kind with --ecosystem npm, pypi or go',
})

function named(ref: ArtifactRef, { files }: Unpacked): ArtifactRef {
  const ecosystem = ecosystems[ref.ecosystem]
  const { name, version } = ecosystem.readManifest(ref, files)
  return { ...ref, name: name === null ? ref.name : ecosystem.canonicalName(name), version: version ?? ref.version }
}

async function digestOf(path: string, size: number): Promise<Digest> {
  try {
    if (size <= AT_ONCE) return `sha256:${hash('sha256', readFileSync(path), 'hex')}`
    const sum = createHash('sha256')
    for await (const chunk of createReadStream(path)) sum.update(chunk as Buffer)
    return `sha256:${sum.digest('hex')}`
  } catch (cause) {
    throw invalid('the archive cannot be opened', cause)
  }
}

/** Streams take longer to get ready than such a file takes. */
const AT_ONCE = 1024 * 1024

/** Of all paths and contents, in order: a folder has no bytes of its own. */
function treeDigest({ files }: Unpacked): Digest {
  const sum = createHash('sha256')
  for (const { path, sha256 } of files.values()) sum.update(`${sha256}  ${path}\n`)
  return `sha256:${sum.digest('hex')}`
}
