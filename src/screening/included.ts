import { realpathSync, readFileSync, statSync } from 'node:fs'
import { join, posix, sep } from 'node:path'
import { decode } from '../host/lockfiles/decode.ts'
import { formatOf, LARGEST } from '../host/lockfiles/index.ts'
import type { GivenFile } from '../host/lockfiles/index.ts'
import { includedFiles, requirementsTxt } from '../host/lockfiles/requirements-txt.ts'

const MOST = 500

/**
 * Files of a folder with those that requirements among them ask for (`-r base.txt`), whatever these are called. Only what lies in
 * the folder: a file of strangers must not have any file of this machine read and shown.
 */
export function withIncluded(files: readonly GivenFile[], folder: string): GivenFile[] {
  const all = [...files]
  const known = new Set(all.map(({ path }) => posix.normalize(path)))
  for (let at = 0; at < all.length && all.length - files.length < MOST; at++) {
    const { path, bytes, as } = all[at] as GivenFile
    if (as !== requirementsTxt.name && formatOf(path, '') !== requirementsTxt) continue
    for (const name of includedFiles(decode(bytes).text)) {
      const inner = posix.join(posix.dirname(path), name.replaceAll('\\', '/'))
      if (known.has(inner) || inner.startsWith('..')) continue
      known.add(inner)
      const found = bytesIn(folder, inner)
      if (found) all.push({ path: inner, bytes: found, as: requirementsTxt.name })
    }
  }
  return all
}

/** null: it is not there, not in there, or no file; whoever asks for it then says that it is missing. */
function bytesIn(folder: string, inner: string): Uint8Array | null {
  try {
    const real = realpathSync(join(folder, inner))
    const found = statSync(real)
    return real.startsWith(`${realpathSync(folder)}${sep}`) && found.isFile() && found.size <= LARGEST ? readFileSync(real) : null
  } catch {
    return null
  }
}
