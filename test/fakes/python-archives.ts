import { createHash } from 'node:crypto'
import { tarGz, zip } from './archive-writers.ts'

/** One file of a project. The simplest one is `{version: '1.0'}`: a wheel with one module. */
export interface FakeFile {
  version: string
  kind?: 'wheel' | 'sdist'
  /** Path → content, besides metadata; for sdists relative to its folder. Default: a module that knows its version. */
  files?: Readonly<Record<string, string | Uint8Array>>
  /** Requires-Dist lines. */
  requires?: readonly string[]
  requiresPython?: string
  /** More lines of METADATA or PKG-INFO. */
  headers?: readonly string[]
  /** Sdists: built by a back end inside, so that an install needs nothing else. Default: by setuptools. */
  buildsItself?: boolean
  /** Wheels: contents of entry_points.txt. */
  entryPoints?: string
  /** Wheels: build number and tags, `py3-none-any`. */
  tag?: string
  /** As it is, in place of all that; with a name of its own where it is to be neither wheel nor `.tar.gz`. */
  bytes?: Uint8Array
  file?: string
  yanked?: boolean | string
  /** ISO 8601; null: the index does not say. Default 2020-01-01. */
  uploadTime?: string | null
  /** `false`: no metadata file beside it. Default: wheels have one. */
  metadata?: boolean
  /** Hashes the index promises, where they are to differ from the truth; {}: none. */
  hashes?: Readonly<Record<string, string>>
  provenance?: boolean
}

export interface BuiltFile {
  spec: FakeFile
  file: string
  bytes: Buffer
  metadata: Buffer | null
  hashes: Readonly<Record<string, string>>
}

export function buildFile(project: string, spec: FakeFile): BuiltFile {
  const sdist = spec.kind === 'sdist' || spec.file?.endsWith('.tar.gz') === true
  const metadata = Buffer.from(coreMetadata(project, spec))
  const bytes = Buffer.from(spec.bytes ?? (sdist ? sdistBytes(project, spec, metadata) : wheelBytes(project, spec, metadata)))
  return {
    spec, bytes,
    file: spec.file ?? (sdist ? `${escaped(project)}-${spec.version}.tar.gz` : `${escaped(project)}-${spec.version}-${spec.tag ?? 'py3-none-any'}.whl`),
    metadata: spec.metadata ?? (!sdist && spec.bytes === undefined) ? metadata : null,
    hashes: spec.hashes ?? { sha256: sha256(bytes, 'hex') },
  }
}

/** A wheel that real installers accept: RECORD has every file's hash (PEP 376, 427). */
function wheelBytes(project: string, spec: FakeFile, metadata: Buffer): Buffer {
  const info = `${escaped(project)}-${spec.version}.dist-info`
  const entries = Object.entries({
    ...spec.files ?? { [`${escaped(project)}/__init__.py`]: `version = '${spec.version}'\n` },
    [`${info}/METADATA`]: metadata,
    [`${info}/WHEEL`]: `Wheel-Version: 1.0\nGenerator: fake\nRoot-Is-Purelib: true\nTag: ${spec.tag ?? 'py3-none-any'}\n`,
    ...spec.entryPoints === undefined ? {} : { [`${info}/entry_points.txt`]: spec.entryPoints },
  }).map(([path, body]) => ({ path, body: Buffer.from(body) }))
  const record = entries.map(({ path, body }) => `${path},sha256=${sha256(body, 'base64url')},${body.byteLength}\n`).join('')
  return zip([...entries, { path: `${info}/RECORD`, body: `${record}${info}/RECORD,,\n` }])
}

/** Built by setuptools, unless it builds itself or `files` brings a pyproject.toml of its own. */
function sdistBytes(project: string, spec: FakeFile, metadata: Buffer): Buffer {
  const root = `${escaped(project)}-${spec.version}`
  const setup = `from setuptools import setup\nsetup(name=${JSON.stringify(project)}, version=${JSON.stringify(spec.version)}, `
    + `packages=[${JSON.stringify(escaped(project))}], install_requires=${JSON.stringify(spec.requires ?? [])})\n`
  const files = {
    'PKG-INFO': metadata,
    ...spec.buildsItself ? selfBuilding(project, spec, metadata) : spec.files?.['pyproject.toml'] ? {} : { 'setup.py': setup },
    ...spec.files ?? { [`${escaped(project)}/__init__.py`]: `version = '${spec.version}'\n` },
  }
  return tarGz(Object.entries(files).map(([path, body]) => ({ path: `${root}/${path}`, body })))
}

/** A back end (PEP 517) that hands out a wheel made beforehand. */
function selfBuilding(project: string, spec: FakeFile, metadata: Buffer): Record<string, string> {
  const wheel = wheelBytes(project, { ...spec, tag: 'py3-none-any' }, metadata).toString('base64')
  const name = `${escaped(project)}-${spec.version}-py3-none-any.whl`
  return {
    'pyproject.toml': '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
    'backend.py': `import base64, os\n\ndef build_wheel(folder, settings=None, metadata=None):\n`
      + `    with open(os.path.join(folder, '${name}'), 'wb') as out:\n        out.write(base64.b64decode('${wheel}'))\n    return '${name}'\n`,
  }
}

function coreMetadata(project: string, { version, requires = [], requiresPython, headers = [] }: FakeFile): string {
  return [
    'Metadata-Version: 2.1', `Name: ${project}`, `Version: ${version}`,
    ...requiresPython === undefined ? [] : [`Requires-Python: ${requiresPython}`],
    ...requires.map((line) => `Requires-Dist: ${line}`), ...headers, '', 'A fake.', '',
  ].join('\n')
}

/** A project's name as file names have it (PEP 427, 625). */
const escaped = (project: string): string => project.replace(/[-_.]+/g, '_').toLowerCase()

export const sha256 = (bytes: Uint8Array | string, encoding: 'hex' | 'base64url'): string => createHash('sha256').update(bytes).digest(encoding)
