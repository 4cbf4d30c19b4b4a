import type { ArchiveFormat, ArchiveOddity, PackageFile } from '../core/types.ts'
import { invalid } from './errors.ts'
import { bunzip2 } from './bunzip2.ts'
import { gunzip } from './gzip.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import type { UnpackLimits } from './limits.ts'
import { Notes } from './notes.ts'
import { Paths } from './paths.ts'
import type { Root } from './paths.ts'
import { Shelf } from './shelf.ts'
import { CHUNK, openSource } from './source.ts'
import type { Source } from './source.ts'
import { Tar } from './tar.ts'
import { unxz } from './xz.ts'
import { Zip } from './zip.ts'

export interface Unpacked {
  /** By path inside the package. Opaque files keep only their beginning (`truncated`) and are not missing. */
  files: Map<string, PackageFile>
  oddities: ArchiveOddity[]
  /** What could not be looked at, one line each. */
  missing: string[]
  /** Unpacked size. */
  bytes: number
}

/**
 * Reads an archive into memory, within limits. Only reads: nothing is executed, written, or followed out of the archive;
 * time is the worker pool's to limit. Archives inside the archive are files like others and stay closed.
 * Throws `archive-invalid` (not such an archive, damaged, cut off) and `archive-limit`, nothing else.
 */
export async function unpack(
  source: string | Uint8Array,
  options: { format: ArchiveFormat; root: Root; limits?: Partial<UnpackLimits> },
): Promise<Unpacked> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const opened = openSource(source)
  try {
    const notes = new Notes()
    const paths = new Paths(options.root, limits, notes)
    const shelf = new Shelf({ limits, notes, paths, packed: opened.size })
    if (options.format === 'zip') await new Zip(opened, { shelf, paths, notes }).read()
    else await untar(opened, options.format, { tar: new Tar(shelf, paths, notes), notes })
    return { files: shelf.files, oddities: notes.oddities, missing: notes.missing(), bytes: shelf.bytes }
  } finally {
    opened.close()
  }
}

async function untar(source: Source, format: ArchiveFormat, { tar, notes }: { tar: Tar; notes: Notes }): Promise<void> {
  const write = (chunk: Uint8Array): void => tar.write(chunk)
  if (format === 'tar.gz') await gunzip(source, notes, write)
  else if (format === 'tar.bz2') bunzip2(source, notes, write)
  else if (format === 'tar.xz') await unxz(source, write)
  else if (format === 'tar') {
    for (let at = 0; at < source.size; at += CHUNK) write(source.read(at, Math.min(CHUNK, source.size - at)))
  } else throw invalid('not an archive')
  tar.end()
}
