import { constants, gunzipSync } from 'node:zlib'
import { fromBuffer } from 'yauzl'

const BLOCK = 512
const TYPE_PAX = 'x'.charCodeAt(0)
const LARGEST = 512 * 1024 * 1024

/**
 * The newest time of any entry, as the author's tools set it: archives were collected in a few large batches, often
 * years after they were published, so that a collector's dates say little. null where it cannot be read.
 */
export async function newestEntry(archive: Buffer): Promise<Date | null> {
  try {
    const times = isZip(archive) ? await zipTimes(archive) : tarTimes(archive)
    return times.length === 0 ? null : new Date(times.reduce((newest, time) => Math.max(newest, time.getTime()), 0))
  } catch {
    return null
  }
}

export const isZip = (archive: Uint8Array): boolean => archive[0] === 0x50 && archive[1] === 0x4b

/** Headers alone (POSIX ustar and pax): size at byte 124, mtime at 136, both octal. Cut-off archives tell what they still hold. */
function tarTimes(archive: Buffer): Date[] {
  const tar = gunzipSync(archive, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: LARGEST })
  const times: Date[] = []
  for (let at = 0; at + BLOCK <= tar.length;) {
    const octal = (from: number): number => parseInt(tar.toString('latin1', at + from, at + from + 12), 8) || 0
    // Python writes fractions of seconds into a pax record, and 0 into the header.
    const pax = tar[at + 156] === TYPE_PAX ? / mtime=(\d+)/.exec(tar.toString('latin1', at + BLOCK, at + 2 * BLOCK))?.[1] : undefined
    const seconds = Number(pax ?? octal(136))
    if (seconds > 0) times.push(new Date(seconds * 1000))
    at += BLOCK * (1 + Math.ceil(octal(124) / BLOCK))
  }
  return times
}

function zipTimes(archive: Buffer): Promise<Date[]> {
  return new Promise((resolve, reject) => {
    fromBuffer(archive, { lazyEntries: true }, (error, zip) => {
      if (error) {
        reject(error)
        return
      }
      const times: Date[] = []
      zip.on('error', reject)
      zip.on('end', () => resolve(times))
      zip.on('entry', (entry) => {
        times.push(entry.getLastModDate())
        zip.readEntry()
      })
      zip.readEntry()
    })
  })
}
