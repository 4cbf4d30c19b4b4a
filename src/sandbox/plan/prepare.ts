import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Manifest, PackageFile } from '../../core/types.ts'
import { ecosystems } from '../../ecosystems/index.ts'
import { escapeCase, pathProblem } from '../../ecosystems/go/modules.ts'
import type { Upstream } from '../../ports/upstream.ts'
import { unpack } from '../../unpack/unpack.ts'
import { Getter } from './get.ts'
import type { Bases } from './get.ts'
import { fetchGoTree } from './go-tree.ts'
import { NpmTree } from './npm-tree.ts'
import { Tally } from './mirror.ts'
import type { Mirror, MirroredFile } from './mirror.ts'
import type { Prepared, Target } from './plan.ts'
import { PypiTree } from './pypi-tree.ts'
import { sourceRequirements } from './requirements.ts'
import type { Tools } from './tools.ts'

export interface Fetching {
  upstream: Pick<Upstream, 'fetch'>
  bases: Bases
  tools: Tools
  /** Ours, empty, readable for everybody: a `mirror` is made in it, and whatever is only needed meanwhile. */
  scratch: string
  timeMs: number
  signal: AbortSignal
}

const MOST_PACKAGES = 3_000
const MOST_BYTES = 2 * 1024 ** 3
const MB = 1024 * 1024

/** Reads an archive; nothing is fetched. Throws `archive-*`. */
export async function prepare(target: Target): Promise<Prepared> {
  const { ref, bytes } = target
  const ecosystem = ecosystems[ref.ecosystem]
  const { files } = await unpack(bytes, { format: ecosystem.archiveFormat(ref.file), root: ecosystem.packageRoot(ref), limits: { keptBytes: 128 * MB, keptFileBytes: 8 * MB, opaqueBytes: MB, nativeHeadBytes: 1_024, opaqueHeadBytes: 1_024 } })
  return { target, files, manifest: ecosystem.readManifest(ref, files), named: isNamed(target) }
}

/** Whether a client would take the file from a registry by name and version. */
function isNamed({ ref: { ecosystem, name, version, file } }: Target): boolean {
  const { isName, canonicalVersion, compareVersions, versionOfFile } = ecosystems[ecosystem]
  if (!isName(name) || version === '' || canonicalVersion(version) !== version || compareVersions(version, '') <= 0) return false
  if (ecosystem === 'pypi') return VERSIONED.test(version) && pypiVersion(name, file) === version
  return ecosystem === 'npm' ? VERSIONED.test(version) : pathProblem(name) === null && versionOfFile?.(name, `${version}.zip`) === version
}

const VERSIONED = /^\d+(?:\.[\w!+.-]+)*$/

function pypiVersion(name: string, file: string): string | null {
  const page = Buffer.from(JSON.stringify({ meta: { 'api-version': '1.0' }, name, files: [{ filename: file, url: 'http://file.invalid/x', hashes: {} }] }))
  return ecosystems.pypi.readIndex({ name, body: page, contentType: 'application/json', base: 'http://file.invalid/' }).releases[0]?.version ?? null
}

/** Fetches what it depends on, and puts all of it with the package itself where registries in the box find it. */
export async function mirror({ target, manifest, files, named }: Prepared, { upstream, bases, tools, scratch, timeMs, signal }: Fetching): Promise<Mirror> {
  const folder = join(scratch, 'mirror')
  await mkdir(folder, { recursive: true })
  const tally = new Tally(MOST_PACKAGES)
  const late = AbortSignal.any([signal, AbortSignal.timeout(timeMs)])
  const get = new Getter({ upstream, signal: late, bytes: MOST_BYTES })
  const { ref } = target
  const base = bases[ref.ecosystem]
  const unreachable = (wants: boolean): void => { if (wants) tally.lack(`no registry is set for ${ref.ecosystem}: nothing it depends on is there`) }
  if (ref.ecosystem === 'npm') {
    const manifest = packageJson(files)
    if (base === null) unreachable(['dependencies', 'peerDependencies'].some((group) => Object.keys(Object(manifest[group])).length > 0))
    else await new NpmTree({ get, base, tally }).fetch(manifest, folder)
    if (named) await putNpm(target, files, folder)
  } else if (ref.ecosystem === 'pypi') {
    const requirements = sourceRequirements(files)
    if (base === null) unreachable(requirements.length > 0)
    else await new PypiTree({ get, base, tally, python: (await tools.python()).facts }).fetch(requirements, folder)
    if (named) await putPypi(target, manifest, folder)
  } else {
    const goMod = files.get('go.mod')
    const text = goMod ? new TextDecoder().decode(goMod.bytes) : `module ${ref.name}\n`
    const { program } = await tools.go()
    if (base === null) unreachable(/^\s*require\b/m.test(text))
    else await fetchGoTree(text, folder, { go: program, get, base, tally, scratch: join(scratch, 'go'), timeMs, signal: late })
    if (named) await putGo(target, text, folder)
  }
  signal.throwIfAborted()
  return { folder, lacking: tally.lacking, packages: tally.packages, bytes: tally.bytes }
}

function packageJson(files: ReadonlyMap<string, PackageFile>): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(new TextDecoder().decode(files.get('package.json')?.bytes ?? new Uint8Array()).replace(/^\ufeff/, ''))
    return typeof read === 'object' && read !== null && !Array.isArray(read) ? read as Record<string, unknown> : {}
  } catch {
    return {}
  }
}

/** Its own version takes the place of whatever the registry has of it. */
async function putNpm({ ref: { name, version }, bytes }: Target, files: ReadonlyMap<string, PackageFile>, folder: string): Promise<void> {
  const place = join(folder, 'npm', encodeURIComponent(name))
  await mkdir(place, { recursive: true })
  const file = `${name.split('/').at(-1)}-${version}.tgz`
  await writeFile(join(place, file), bytes)
  const manifest = packageJson(files)
  const scripts = manifest['scripts']
  const hooks = typeof scripts === 'object' && scripts !== null && ['preinstall', 'install', 'postinstall'].some((hook) => Object.hasOwn(scripts, hook)) || files.has('binding.gyp')
  const dist = { integrity: `sha512-${hash('sha512', bytes, 'base64')}`, shasum: hash('sha1', bytes, 'hex'), tarball: file }
  const known = await readFile(join(place, 'packument.json'), 'utf8').then((text) => JSON.parse(text) as { versions: object }, () => ({ versions: {} }))
  const versions = Object.fromEntries([...Object.entries(known.versions), [version, { ...manifest, name, version, ...(hooks ? { hasInstallScript: true } : {}), dist }]])
  await writeFile(join(place, 'packument.json'), JSON.stringify({ name, 'dist-tags': { latest: version }, versions }))
}

async function putPypi({ ref: { name, file }, bytes }: Target, manifest: Manifest, folder: string): Promise<void> {
  const place = join(folder, 'pypi', name)
  await mkdir(place, { recursive: true })
  await writeFile(join(place, file), bytes)
  const { metadata } = (manifest.raw ?? {}) as { metadata?: Record<string, readonly string[]> }
  const own: MirroredFile = { file, sha256: hash('sha256', bytes, 'hex'), requiresPython: metadata?.['requires-python']?.[0] ?? null }
  const known = await readFile(join(place, 'index.json'), 'utf8').then((text) => JSON.parse(text) as MirroredFile[], () => [])
  await writeFile(join(place, 'index.json'), JSON.stringify([...known.filter((one) => one.file !== file), own]))
}

async function putGo({ ref: { name, version }, bytes }: Target, goMod: string, folder: string): Promise<void> {
  const place = join(folder, 'go', escapeCase(name), '@v')
  await mkdir(place, { recursive: true })
  const stem = join(place, escapeCase(version))
  const listed = await readFile(join(place, 'list'), 'utf8').catch(() => '')
  await Promise.all([
    writeFile(`${stem}.zip`, bytes), writeFile(`${stem}.mod`, goMod), writeFile(`${stem}.info`, JSON.stringify({ Version: version, Time: '2026-01-01T00:00:00Z' })),
    writeFile(join(place, 'list'), [...new Set([...listed.split('\n').filter(Boolean), version])].join('\n')),
  ])
}

const hash = (algorithm: string, bytes: Uint8Array, encoding: 'hex' | 'base64'): string => createHash(algorithm).update(bytes).digest(encoding)
