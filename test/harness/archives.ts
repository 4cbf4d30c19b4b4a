import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { zip as writeZip } from '../fakes/archive-writers.ts'

/** Path → content. */
export type Files = Readonly<Record<string, string>>

/** A gzipped tar with every file below `root` (`package` for npm, `name-version` for an sdist). */
export async function tarball(root: string, files: Files): Promise<Buffer> {
  const tar = pack()
  for (const [path, content] of Object.entries(files)) tar.entry({ name: `${root}/${path}`, mtime: new Date(0) }, content)
  tar.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of tar) chunks.push(chunk as Buffer)
  return gzipSync(Buffer.concat(chunks))
}

const zip = (files: Files): Buffer => writeZip(Object.entries(files).map(([path, body]) => ({ path, body })))

export function wheel(name: string, version: string, options: { requires?: readonly string[]; files?: Files } = {}): Buffer {
  const info = `${name.replaceAll('-', '_')}-${version}.dist-info`
  const files: Record<string, string> = {
    ...(options.files ?? { [`${name.replaceAll('-', '_')}/__init__.py`]: `version = '${version}'\n` }),
    [`${info}/METADATA`]: metadata(name, version, options.requires),
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: sluice-test\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
  }
  const record = Object.entries(files).map(([path, content]) =>
    `${path},sha256=${createHash('sha256').update(content).digest('base64url')},${Buffer.byteLength(content)}\n`)
  return zip({ ...files, [`${info}/RECORD`]: `${record.join('')}${info}/RECORD,,\n` })
}

export const metadata = (name: string, version: string, requires: readonly string[] = []): string =>
  `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n${requires.map((line) => `Requires-Dist: ${line}\n`).join('')}`

export function goZip(module: string, version: string, files: Files): Buffer {
  return zip(Object.fromEntries(Object.entries(files).map(([path, content]) => [`${module}@${version}/${path}`, content])))
}

export const hex = (algorithm: string, bytes: Uint8Array): string => createHash(algorithm).update(bytes).digest('hex')
export const integrity = (bytes: Uint8Array): string => `sha512-${createHash('sha512').update(bytes).digest('base64')}`
