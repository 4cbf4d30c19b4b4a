import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { BlobReader, Uint8ArrayWriter, ZipWriter } from '@zip.js/zip.js'
import { pack } from 'tar-stream'
import type { ArtifactRef, EcosystemId } from '../../../src/core/types.ts'

type Files = Readonly<Record<string, string>>

/** One artifact as a registry would have it. */
export interface Archive {
  ref: ArtifactRef
  digest: `sha256:${string}`
  bytes: Uint8Array
}

const archive = (ecosystem: EcosystemId, name: string, version: string, file: string, bytes: Uint8Array): Archive =>
  ({ ref: { ecosystem, name, version, file }, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`, bytes })

async function tgz(files: Files, root: string): Promise<Uint8Array> {
  const tar = pack()
  for (const [path, text] of Object.entries(files)) tar.entry({ name: `${root}/${path}`, mode: path.includes('bin/') ? 0o755 : 0o644, mtime: new Date(0) }, text)
  tar.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of tar) chunks.push(chunk as Buffer)
  return gzipSync(Buffer.concat(chunks))
}

async function zip(files: Files): Promise<Uint8Array> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), { level: 0, lastModDate: new Date(1_700_000_000_000) })
  for (const [path, text] of Object.entries(files)) await writer.add(path, new BlobReader(new Blob([text])))
  return writer.close()
}

export async function npmPackage(name: string, files: Files): Promise<Archive> {
  return archive('npm', name, '1.0.0', `${name}-1.0.0.tgz`, await tgz(files, 'package'))
}

export async function sdist(name: string, files: Files): Promise<Archive> {
  const metadata = `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0.0\n`
  return archive('pypi', name, '1.0.0', `${name.replaceAll('-', '_')}-1.0.0.tar.gz`, await tgz({ 'PKG-INFO': metadata, ...files }, `${name.replaceAll('-', '_')}-1.0.0`))
}

export async function wheel(name: string, files: Files, commands: Readonly<Record<string, string>> = {}): Promise<Archive> {
  const own = name.replaceAll('-', '_')
  const info = `${own}-1.0.0.dist-info`
  const scripts = Object.entries(commands).map(([command, call]) => `${command} = ${call}\n`).join('')
  const all: Record<string, string> = {
    ...files, [`${info}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0.0\n`, [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nGenerator: bench\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    ...(scripts === '' ? {} : { [`${info}/entry_points.txt`]: `[console_scripts]\n${scripts}` }),
  }
  const record = Object.entries(all).map(([path, text]) => `${path},sha256=${createHash('sha256').update(text).digest('base64url')},${Buffer.byteLength(text)}\n`).join('')
  return archive('pypi', name, '1.0.0', `${own}-1.0.0-py3-none-any.whl`, await zip({ ...all, [`${info}/RECORD`]: `${record}${info}/RECORD,,\n` }))
}

export async function goModule(name: string, files: Files): Promise<Archive> {
  const root = `${name}@v1.0.0`
  return archive('go', name, 'v1.0.0', 'v1.0.0.zip', await zip(Object.fromEntries(Object.entries(files).map(([path, text]) => [`${root}/${path}`, text]))))
}
