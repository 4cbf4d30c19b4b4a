import type { Manifest, PackageFile, Trigger } from '../../core/types.ts'
import { editorTriggers } from '../editor-files.ts'
import { asObject, texts } from './json.ts'
import type { Json } from './json.ts'
import { bins, mains, readJson } from './manifest.ts'

type Files = ReadonlyMap<string, PackageFile>

/** Run by every install from a registry, in this order (npm docs, "Life Cycle Scripts"). */
const INSTALL = ['preinstall', 'install', 'postinstall'] as const

/** Run when the package is built from its sources, as installs from git do. */
const BUILD = ['prepublish', 'preprepare', 'prepare', 'postprepare', 'prepack', 'postpack'] as const

const TEST = ['pretest', 'test', 'posttest'] as const

/**
 * What makes code of the package run: its own install scripts, those of the packages it bundles (npm runs them, too), the
 * `node-gyp rebuild` that npm adds for a `binding.gyp`, its commands, and what loading it runs.
 */
export function triggers(manifest: Manifest, files: Files): Trigger[] {
  const declared = asObject(manifest.raw) ?? {}
  return [
    ...hooks(declared, files, ''),
    ...bundled(files).flatMap((folder) => hooks(asObject(readJson(files.get(`${folder}package.json`)).raw) ?? {}, files, folder)),
    ...scripted('build', BUILD, { scripts: manifest.scripts, files, folder: '' }),
    ...scripted('test', TEST, { scripts: manifest.scripts, files, folder: '' }),
    ...Object.entries(bins(declared)).map(([name, path]): Trigger => ({ kind: 'command', name, file: resolve(path, files) ?? path })),
    ...imports(declared, files),
    ...editorTriggers(files),
  ]
}

function hooks(declared: Json, files: Files, folder: string): Trigger[] {
  const scripts = texts(declared.scripts)
  const found = scripted('install-hook', INSTALL, { scripts, files, folder })
  const gyp = `${folder}binding.gyp`
  if (files.has(gyp) && declared.gypfile !== false && !scripts.preinstall && !scripts.install) {
    found.push({ kind: 'install-hook', name: inFolder('install', folder), file: gyp, command: 'node-gyp rebuild' })
  }
  return found
}

interface Scripts { scripts: Readonly<Record<string, string>>; files: Files; folder: string }

function scripted(kind: Trigger['kind'], names: readonly string[], { scripts, files, folder }: Scripts): Trigger[] {
  return names.flatMap((name): Trigger[] => {
    const command = Object.hasOwn(scripts, name) ? scripts[name] : ''
    return command ? [{ kind, name: inFolder(name, folder), file: fileOf(command, files, folder), command }] : []
  })
}

const inFolder = (name: string, folder: string): string => (folder ? `${name} of ${folder.slice(0, -1)}` : name)

/** The file that a plain `node file` runs; other command lines are for the shell analysis to read. */
function fileOf(command: string, files: Files, folder: string): string | null {
  const match = /^node\s+(["']?)([\w@./-]+)\1\s*$/.exec(command.trim().slice(0, 500))
  return match ? resolve(folder + (match[2] as string).replace(/^\.\//, ''), files) : null
}

/** Folders of bundled packages, at any depth, each ending in `/`. */
function bundled(files: Files): string[] {
  return [...files.keys()].filter((path) => BUNDLED.test(path)).map((path) => path.slice(0, -'package.json'.length))
}

const BUNDLED = /(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/]+\/package\.json$/

/** Loading a package without `main` or `exports` runs `index.js`. */
function imports(declared: Json, files: Files): Trigger[] {
  const listed = mains(declared)
  const paths = listed.length > 0 ? listed : ['index.js']
  const found = new Set(paths.map((path) => resolve(path, files)).filter((path) => path !== null))
  return [...found].map((file): Trigger => ({ kind: 'import', name: file, file }))
}

/** Node's resolution of a path inside the package: the file, with an extension, or the folder's index. */
function resolve(path: string, files: Files): string | null {
  const plain = path.replace(/^(?:\.?\/)+/, '').replace(/\/+$/, '')
  const candidates = [plain, `${plain}.js`, `${plain}.json`, `${plain}.node`, `${plain ? `${plain}/` : ''}index.js`]
  return candidates.find((candidate) => files.has(candidate)) ?? null
}
