import { oneLine } from '../../core/text.ts'
import type { Found, Mark, Once } from '../../core/presence.ts'
import type { PresenceReading } from '../ecosystem.ts'
import { readIndex } from './listing.ts'
import { readGoMod } from './manifest.ts'
import { urlPart } from './modules.ts'
import { compareVersions, isPseudo } from './versions.ts'

/**
 * A proxy keeps what it once had, so a version that is gone from it was taken out on purpose. The list has tagged versions only:
 * of the others `.info` tells. Owners take versions back in the go.mod of their highest one (golang.org/ref/mod#go-mod-file-retract).
 */
export const presence: PresenceReading = {
  request: (name) => ({ path: `${urlPart(name)}/@v/list`, accept: 'text/plain, */*' }),
  read(document, wanted) {
    const versions = new Map(readIndex(document).releases.map((release) => [release.version, release]))
    const found = wanted.map((one): Found => {
      if (one.file !== null && one.file !== `${one.version}.zip`) return unknown
      const release = versions.get(one.version)
      if (!release) return { ...unknown, there: isPseudo(one.version) ? null : false }
      return { there: true, pledge: release.pledge, url: release.url, remembered: true, mark: null, line: one.version }
    })
    return { whole: null, listed: versions.size, newest: [...versions.keys()].sort(compareVersions).at(-1) ?? null, found }
  },
  versionPath: (name, version) => `${urlPart(name)}/@v/${urlPart(version)}.info`,
  retractions: {
    path: (name, newest) => `${urlPart(name)}/@v/${urlPart(newest)}.mod`,
    read(body, wanted) {
      const { mod } = readGoMod(new TextDecoder().decode(body))
      return wanted.map((one) => retraction(mod.retract, one))
    },
  },
}

const unknown: Found = { there: null, pledge: null, url: null, remembered: false, mark: null, line: null }

function retraction(retracted: readonly { low: string; high: string; because: string }[], { version }: Once): Mark | null {
  const found = retracted.find(({ low, high }) => compareVersions(version, low) >= 0 && compareVersions(version, high) <= 0)
  return found ? { kind: 'retracted', says: `retracted${found.because === '' ? '' : `: ${oneLine(found.because, 200)}`}` } : null
}
