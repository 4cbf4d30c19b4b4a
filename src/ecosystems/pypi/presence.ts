import { oneLine } from '../../core/text.ts'
import type { Found, Once, Statement } from '../../core/presence.ts'
import type { PresenceReading } from '../ecosystem.ts'
import { companionOf } from './companions.ts'
import type { ListedFile, Listing } from './listing.ts'
import { readIndex } from './read-index.ts'
import { UPSTREAM_ACCEPT } from './variants.ts'
import { compareVersions, normalVersion } from './versions.ts'

/**
 * PyPI takes files and whole projects off the page; a project under suspicion is quarantined (PEP 792) and lists no files. The page
 * has one address; `max-age=0`, which pip sends as well, asks caches to look anew.
 */
export const presence: PresenceReading = {
  request: (name) => ({ path: `${name}/`, accept: UPSTREAM_ACCEPT }),
  read(document, wanted) {
    const listing = readIndex(document)
    const files = new Map(listing.files.map((one) => [one.release.file, one]))
    const versions = Map.groupBy(listing.files, ({ release }) => release.version)
    const known = new Set(listing.versions?.map(normalVersion))
    const ordered = [...versions.keys()].sort(compareVersions)
    return {
      whole: wholeOf(listing), listed: versions.size, newest: ordered.at(-1) ?? null,
      found: wanted.map((one) => findIn({ files, versions, known, ordered }, one)),
    }
  },
}

function wholeOf({ status }: Listing): Statement | null {
  if (status === null) return null
  const kind = (['quarantined', 'archived', 'deprecated'] as const).find((one) => one === status.status)
  return kind === undefined ? null : { kind, says: `the index says ${kind}${status.reason === null ? '' : `: ${oneLine(status.reason, 200)}`}` }
}

interface Page { files: ReadonlyMap<string, ListedFile>; versions: ReadonlyMap<string, readonly ListedFile[]>; known: ReadonlySet<string>; ordered: readonly string[] }

function findIn({ files, versions, known, ordered }: Page, { version, file }: Once): Found {
  // Documents beside a file come and go with it.
  if (file !== null && companionOf(file)) return { there: null, pledge: null, url: null, remembered: false, mark: null, line: null }
  const found = file === null ? versions.get(sameAs(ordered, version) ?? '')?.[0] : files.get(file)
  if (!found) return { there: false, pledge: null, url: null, remembered: known.has(normalVersion(version)), mark: null, line: null }
  const { release, yanked } = found
  return {
    there: true, pledge: release.pledge, url: release.url, remembered: true,
    mark: yanked === false ? null : { kind: 'yanked', says: `yanked${yanked === true ? '' : `: ${oneLine(yanked, 200)}`}` },
    line: oneLine(JSON.stringify({ filename: release.file, hashes: release.pledge.hashes, ...(yanked === false ? {} : { yanked }) }), 400),
  }
}

/** `2.0` is `2.0.0` (PEP 440), and lockfiles write either. */
function sameAs(ordered: readonly string[], version: string): string | null {
  let low = 0
  let high = ordered.length
  while (low < high) {
    const middle = (low + high) >> 1
    const order = compareVersions(ordered[middle] as string, version)
    if (order === 0) return ordered[middle] as string
    if (order < 0) low = middle + 1
    else high = middle
  }
  return null
}
