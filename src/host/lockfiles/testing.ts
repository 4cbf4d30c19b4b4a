import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readProject } from './index.ts'
import type { Dependency, ProjectFile } from './project-file.ts'

const samples = join(dirname(fileURLToPath(import.meta.url)), '../../../test/lockfiles')

/** A folder of test/lockfiles as its files. */
const sample = (folder: string) => readdirSync(join(samples, folder)).map((path) => ({ path, bytes: readFileSync(join(samples, folder, path)) }))

/** One file of a sample folder, read with the others beside it. */
export function readSample(folder: string, path: string): ProjectFile {
  return readProject(sample(folder)).find((file) => file.path === path) as ProjectFile
}

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

export const read = (path: string, text: string): ProjectFile => readProject({ path, bytes: bytesOf(text) })[0] as ProjectFile

/** `name (as written) version <range> direct|of a > b dev source line`, with what is not known left out. */
export function shown({ name, written, version, range, direct, path, source, dev, line }: Dependency): string {
  const { kind, host, url, fileHosts } = source
  return [
    name, written && `(${written})`, version, range && `<${range}>`, direct === true ? 'direct' : direct === false ? 'indirect' : null,
    path.length > 0 ? `of ${path.join(' > ')}` : null, dev ? 'dev' : null,
    kind === 'registry' ? host && `at ${host}` : `${kind} ${url}`, fileHosts.length > 0 ? `files at ${fileHosts.join(' ')}` : null, line && `:${line}`,
  ].filter((part) => part !== null).join(' ')
}
