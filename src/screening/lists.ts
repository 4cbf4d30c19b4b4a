import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { affects } from '../core/affects.ts'
import { sentence, SluiceError } from '../core/errors.ts'
import { oneLine } from '../core/text.ts'
import { ecosystems } from '../ecosystems/index.ts'
import { readList } from '../intel/lists.ts'
import type { List } from '../intel/lists.ts'
import type { Against, Asked } from './types.ts'

type Advisory = List['packages'][number]

export interface Lists {
  against(asked: Asked): Against[]
  /** How many packages and digests they name. */
  entries: number
  /** What of them could not be read. */
  problems: string[]
}

const MOST_PROBLEMS = 20

/** Published lists of others, as they are. Throws `usage` for a file that cannot be read, and `feed-invalid` for what is no list. */
export function readLists(files: readonly string[]): Lists {
  const packages = new Map<string, Advisory[]>()
  const digests = new Map<string, string>()
  const problems: string[] = []
  for (const file of files) {
    const list = readList(bytesAt(file), basename(file))
    for (const one of list.packages) {
      if (one.withdrawn) continue
      const key = `${one.ecosystem}:${one.name}`
      const known = packages.get(key)
      if (known) known.push(one)
      else packages.set(key, [one])
    }
    for (const { type, value } of list.indicators) if (/^[0-9a-f]{32,128}$/.test(value) && !['domain', 'wallet'].includes(type)) digests.set(value, basename(file))
    problems.push(...list.problems.slice(0, MOST_PROBLEMS).map(({ where, problem }) => `${where}: ${problem}`))
    if (list.problemsTotal > MOST_PROBLEMS) problems.push(`${basename(file)}: and ${list.problemsTotal - MOST_PROBLEMS} more lines that could not be read`)
  }
  return { entries: packages.size + digests.size, problems, against: (asked) => [...ofPackages(packages, asked), ...ofDigests(digests, asked)] }
}

function ofPackages(packages: ReadonlyMap<string, readonly Advisory[]>, { ecosystem, name, version }: Asked): Against[] {
  const { compareVersions } = ecosystems[ecosystem]
  const listed = packages.get(`${ecosystem}:${name}`) ?? []
  const speaking = listed.filter((one) => (version === null ? one.versions.length === 0 && one.ranges.every(({ fixed, lastAffected }) => fixed === undefined && lastAffected === undefined) : affects(one, version, compareVersions)))
  return speaking.map(({ id, malicious, summary, severity, url, source }) => ({
    kind: malicious ? 'listed' : 'vulnerable', reason: 'listed', id, says: summary, severity, url, source, at: null, accepted: null,
  }))
}

function ofDigests(digests: ReadonlyMap<string, string>, asked: Asked): Against[] {
  return asked.digests.flatMap((digest): Against[] => {
    const source = digests.get(digest.slice(digest.indexOf(':') + 1).toLowerCase())
    return source === undefined ? [] : [{ kind: 'listed', reason: 'listed', id: null, says: `the list names its digest ${oneLine(digest, 160)}`, severity: null, url: null, source, at: null, accepted: null }]
  })
}

function bytesAt(file: string): Uint8Array {
  try {
    return readFileSync(file)
  } catch (cause) {
    throw new SluiceError('usage', `the list ${oneLine(file, 200)} cannot be read: ${sentence(cause)}`, { cause })
  }
}
