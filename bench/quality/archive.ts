import type { PackageFile } from '../../src/core/types.ts'
import { ecosystems } from '../../src/ecosystems/index.ts'
import { unpack } from '../../src/unpack/unpack.ts'
import { benign } from './benign.ts'
import { isZip } from './dates.ts'
import { malware } from './malware.ts'
import type { Sample } from './sample.ts'

export interface Shelf {
  /** Throws when there is no such archive. */
  sample(id: string): Sample
  /** Its files, in memory. Throws when it is not at hand or is no archive. */
  files(sample: Sample): Promise<ReadonlyMap<string, PackageFile>>
  close(): void
}

/** All corpora, to look into for people. */
export async function openShelf(corpora: string): Promise<Shelf> {
  const bad = await malware(corpora, () => {})
  const all = new Map([...bad.samples, ...benign(corpora, 'benign'), ...benign(corpora, 'hard')].map((one) => [one.id, one]))
  return {
    sample(id) {
      const sample = all.get(id)
      if (!sample) throw new Error(`no archive is called ${id}`)
      return sample
    },
    async files(sample) {
      const bytes = await sample.read()
      if (!bytes) throw new Error(`${sample.id} is not at hand`)
      const ecosystem = ecosystems[sample.ref.ecosystem]
      const format = isZip(bytes) ? 'zip' : ecosystem.archiveFormat(sample.ref.file)
      return (await unpack(bytes, { format, root: ecosystem.packageRoot(sample.ref) })).files
    },
    close: bad.close,
  }
}

/** Text of a file for a terminal, which control characters could drive. */
export const plain = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8').replaceAll('\r\n', '\n')
  .replace(/[^\P{C}\n\t]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
