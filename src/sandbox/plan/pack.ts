import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open, opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { SluiceError } from '../../core/errors.ts'
import type { ArtifactRef } from '../../core/types.ts'
import { ecosystems } from '../../ecosystems/index.ts'
import type { Target } from './plan.ts'

const LEFT_OUT = new Set(['.git', '.hg', '.svn', 'node_modules', '.venv', '__pycache__'])
const MOST_FILES = 20_000
const MOST_BYTES = 256 * 1024 * 1024

/**
 * A folder as the archive that its registry would have of it, without running anything of it (`npm pack` would). Version control
 * and other packages are left out, links are not followed. Throws `archive-limit`.
 */
export async function packFolder(folder: string, found: ArtifactRef): Promise<Target> {
  const ref = named(found)
  const files = await walk(folder)
  const bytes = ref.ecosystem === 'go' ? await zipped(`${ref.name}@${ref.version}`, files) : await tarred(ref.ecosystem === 'npm' ? 'package' : ref.file.slice(0, -'.tar.gz'.length), files)
  return { ref, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`, bytes }
}

/** A folder may say no version, and has no file name. */
function named(ref: ArtifactRef): ArtifactRef {
  const { ecosystem, name } = ref
  const major = /\/v(\d{1,6})$/.exec(name)?.[1] ?? '0'
  const version = ref.version !== '' ? ref.version : ecosystem === 'go' ? `v${major}.0.0` : '0.0.0'
  const plain = (name.split('/').at(-1) ?? '').replace(/[^\w.-]/g, '-') || 'package'
  const file = ecosystem === 'go' ? `${version}.zip` : ecosystem === 'npm' ? `${plain}-${version}.tgz` : `${plain.replaceAll('-', '_')}-${version}.tar.gz`
  return { ...ref, version: ecosystems[ecosystem].canonicalVersion(version), file }
}

interface Entry { path: string; bytes: Buffer; mode: number }

async function walk(root: string): Promise<Entry[]> {
  const found: Entry[] = []
  let total = 0
  const visit = async (below: string): Promise<void> => {
    for await (const entry of await opendir(join(root, below))) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`
      if (entry.isDirectory() && !LEFT_OUT.has(entry.name)) await visit(path)
      if (!entry.isFile()) continue
      // What was a file a moment ago may be a link or a pipe now.
      const handle = await open(join(root, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
      try {
        const { size, mode } = await handle.stat()
        total += size
        if (total > MOST_BYTES || found.length >= MOST_FILES) throw new SluiceError('archive-limit', `${root} is too large to be run`, { hint: 'name an archive of the package itself' })
        found.push({ path, bytes: await handle.readFile(), mode: mode & 0o777 })
      } finally {
        await handle.close()
      }
    }
  }
  await visit('')
  return found.toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

async function tarred(root: string, files: readonly Entry[]): Promise<Buffer> {
  const tar = pack()
  for (const { path, bytes, mode } of files) tar.entry({ name: `${root}/${path}`, mode, mtime: new Date(499_162_500_000) }, bytes)
  tar.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of tar) chunks.push(chunk as Buffer)
  return gzipSync(Buffer.concat(chunks), { level: 1 })
}

async function zipped(root: string, files: readonly Entry[]): Promise<Buffer> {
  const { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } = await import('@zip.js/zip.js')
  const zip = new ZipWriter(new Uint8ArrayWriter(), { level: 1, useWebWorkers: false })
  for (const { path, bytes } of files) await zip.add(`${root}/${path}`, new Uint8ArrayReader(bytes))
  return Buffer.from(await zip.close())
}
