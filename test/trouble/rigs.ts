import type { PublicSource } from '../../src/admission/sources.ts'
import type { EcosystemId } from '../../src/core/types.ts'
import { moduleZip, startFakeGo } from '../fakes/go.ts'
import type { FakeModule } from '../fakes/go.ts'
import type { Misbehaviour } from '../fakes/misbehave.ts'
import { startFakeNpm } from '../fakes/npm.ts'
import { startFakePypi } from '../fakes/pypi.ts'

/** One ecosystem's fake registry behind one set of verbs, so that a table of troubles runs on all three. */
export interface Rig {
  ecosystem: EcosystemId
  source: PublicSource
  /** Everything that listens, for `GateOptions.origins`. */
  origins: string[]
  /** As the ecosystem writes a package that a test calls `name`. */
  canonical(name: string): string
  /** `bytes` in place of an honest archive; what the registry promises is true of them. */
  publish(name: string, version: string, bytes?: Uint8Array): Promise<void>
  remove(name: string, version: string): void
  /** What an honest registry sends. */
  bytes(name: string, version: string): Buffer
  /** Paths below the gate's origin. */
  indexPath(name: string): string
  bytesPath(name: string, version: string): string
  /** Versions that an index document of the gate lists. */
  versions(body: string): string[]
  spoilIndex(name: string, bad: Misbehaviour): void
  spoilBytes(name: string, version: string, bad: Misbehaviour): void
  heal(name: string): void
  /** How often the bytes were asked for. */
  fetched(name: string, version: string): number
  close(): Promise<void>
}

export const rigs: Readonly<Record<EcosystemId, () => Promise<Rig>>> = { npm: npmRig, pypi: pypiRig, go: goRig }

async function npmRig(): Promise<Rig> {
  const fake = await startFakeNpm()
  const { behaviour } = fake
  return {
    ecosystem: 'npm', source: { url: fake.url, sumdb: null }, origins: [fake.url],
    canonical: (name) => name,
    publish: (name, version, bytes) => fake.addVersion({ name, version, ...(bytes ? { tarball: bytes } : {}) }),
    remove: (name, version) => fake.removeVersion(name, version),
    bytes: (name, version) => fake.tarball(name, version),
    indexPath: (name) => `/npm/${name}`,
    bytesPath: (name, version) => `/npm/${name}/-/${name}-${version}.tgz`,
    versions: (body) => Object.keys((JSON.parse(body) as { versions: object }).versions),
    spoilIndex: (name, bad) => void behaviour.set(`/${name}`, bad),
    spoilBytes: (name, version, bad) => void behaviour.set(fake.tarballPath(name, version), bad),
    heal: (name) => forget(behaviour, `/${name}`),
    fetched: (name, version) => fake.count(fake.tarballPath(name, version)),
    close: () => fake.close(),
  }
}

async function pypiRig(): Promise<Rig> {
  const fake = await startFakePypi()
  const { behaviour } = fake
  const file = (name: string, version: string): string => `${name.replaceAll('-', '_')}-${version}-py3-none-any.whl`
  return {
    ecosystem: 'pypi', source: { url: fake.index, sumdb: null }, origins: [fake.index, fake.files.url],
    canonical: (name) => name,
    publish: (name, version, bytes) => Promise.resolve(void fake.add(name, { version, ...(bytes ? { bytes, file: file(name, version) } : {}) })),
    remove: (name, version) => fake.remove(name, version),
    bytes: (name, version) => fake.file(name, file(name, version)).bytes,
    indexPath: (name) => `/pypi/simple/${name}/`,
    bytesPath: (name, version) => `/pypi/files/${name}/${file(name, version)}`,
    // A hidden file stays on the page, marked as yanked: installers then pass it over.
    versions: (body) => [...body.matchAll(/<a ([^>]*)>[a-z0-9_]+-([0-9.]+)-py3-none-any\.whl</g)]
      .flatMap(([, attributes = '', version = '']) => (attributes.includes('data-yanked') ? [] : [version])),
    spoilIndex: (name, bad) => void behaviour.set(`/simple/${name}/`, bad),
    spoilBytes: (name, version, bad) => void behaviour.set(fake.filePath(name, file(name, version)), bad),
    heal: (name) => forget(behaviour, `/simple/${name}/`, file(name, '')),
    fetched: (name, version) => fake.files.count(fake.filePath(name, file(name, version))),
    close: () => fake.close(),
  }
}

async function goRig(): Promise<Rig> {
  const bad = new Map<string, Misbehaviour>()
  const fake = await startFakeGo([], { behaviour: ({ path }) => bad.get(path) ?? null })
  const canonical = (name: string): string => `mod.example/${name}`
  const module = (name: string, version: string): FakeModule => ({ name: canonical(name), version: `v${version}` })
  const files = (name: string, version: string): string => `/${canonical(name)}/@v/v${version}.zip`
  return {
    ecosystem: 'go', source: { url: fake.url, sumdb: fake.sumdb.name }, origins: [fake.url],
    canonical,
    publish: (name, version, bytes) => Promise.resolve(fake.add({ ...module(name, version), ...(bytes ? { zip: bytes } : {}) })),
    remove: (name, version) => fake.remove(canonical(name), `v${version}`),
    bytes: (name, version) => moduleZip(module(name, version)),
    indexPath: (name) => `/go/${canonical(name)}/@v/list`,
    bytesPath: (name, version) => `/go${files(name, version)}`,
    versions: (body) => body.split('\n').filter(Boolean).map((line) => line.slice(1)),
    spoilIndex: (name, how) => void bad.set(`/${canonical(name)}/@v/list`, how),
    spoilBytes: (name, version, how) => void bad.set(files(name, version), how),
    heal: (name) => forget(bad, `/${canonical(name)}/`),
    fetched: (name, version) => fake.count(files(name, version)),
    close: () => fake.close(),
  }
}

/** Forgets what is spoiled at a path, below it, or under a file that begins so. */
function forget(behaviours: Map<string, Misbehaviour>, path: string, file = ''): void {
  const beginning = file === '' ? null : file.slice(0, file.indexOf('-') + 1)
  for (const key of behaviours.keys()) {
    if (key === path || key.startsWith(path.endsWith('/') ? path : `${path}/`)) behaviours.delete(key)
    else if (beginning !== null && key.slice(key.lastIndexOf('/') + 1).startsWith(beginning)) behaviours.delete(key)
  }
}
