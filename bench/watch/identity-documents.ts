import type { EcosystemId } from '../../src/core/types.ts'
import type { Identity } from '../../src/core/watch.ts'
import { ecosystems } from '../../src/ecosystems/index.ts'

const DAY = 86_400_000

/** One side of a pair, as short as it can be typed. */
export interface Side {
  name: string
  /** Accounts that may publish it. PyPI named none before 2025: leave it out for what is older. */
  accounts?: readonly string[]
  emails?: readonly string[]
  /** `owner/name` on the code host; null: it names none. */
  repository: string | null
  description: string
  /** Its newest version at that time. */
  version: string
  /** Releases so far; 1: it is new. */
  releases: number
  readme?: string
  /** Days between releases; 14. */
  every?: number
}

const host = (repository: string | null): string | undefined => (repository === null ? undefined : `https://github.com/${repository}`)

/** Versions that lead up to the newest: its predecessors by their last number, or earlier minors. */
function versionsOf({ version, releases }: Side): string[] {
  const [major = '0', minor = '0', patch = '0'] = version.split(/[.-]/)
  const before = Array.from({ length: releases - 1 }, (_, at) => releases - 1 - at)
    .map((back) => (Number(patch) - back >= 0 ? `${major}.${minor}.${Number(patch) - back}` : Number(minor) - back >= 0 ? `${major}.${Number(minor) - back}.0` : `0.0.${1_000 - back}`))
  return [...new Set([...before.filter((one) => one !== version), version])]
}

const timesOf = (side: Side, at: Date): [string, string][] => {
  const versions = versionsOf(side)
  return versions.map((version, index) => [version, new Date(at.getTime() - (versions.length - 1 - index) * (side.every ?? 14) * DAY - 3_600_000).toISOString()])
}

/** A packument. */
function npmDocument(side: Side, at: Date): unknown {
  const { name, description, accounts = [], emails = [], readme = `# ${name}\n\n${description}\n\n    npm install ${name}\n` } = side
  const maintainers = accounts.map((account, index) => ({ name: account, email: emails[index] ?? emails[0] ?? `${account}@users.noreply.github.com` }))
  const times = timesOf(side, at)
  const repository = side.repository === null ? {} : { repository: { type: 'git', url: `git+${host(side.repository)}.git` } }
  return {
    _id: name, name, 'dist-tags': { latest: side.version }, description, maintainers, readme, ...repository,
    'versions': Object.fromEntries(times.map(([version]) => [version, { name, version, description, maintainers, _npmUser: maintainers[0], ...repository, dist: { shasum: 'a'.repeat(40), tarball: `https://npm.registry.example/${name}/-/x-${version}.tgz` } }])),
    'time': { created: times[0]?.[1], modified: times.at(-1)?.[1], ...Object.fromEntries(times) },
  }
}

/** A project's JSON document. */
function pypiDocument(side: Side, at: Date): unknown {
  const { name, description, accounts, emails = [], readme = `${name}\n===\n\n${description}\n\n    pip install ${name}\n` } = side
  const url = host(side.repository)
  return {
    info: {
      name, version: side.version, summary: description, author: emails[0] ?? '', author_email: emails.join(', '), maintainer_email: null, home_page: url ?? '', description: readme,
      description_content_type: 'text/markdown', project_urls: url === undefined ? null : { Homepage: url, Source: url }, requires_dist: null, classifiers: [], license: 'MIT', yanked: false,
    },
    last_serial: 1, vulnerabilities: [], urls: [],
    ...(accounts ? { ownership: { roles: accounts.map((user) => ({ role: 'Owner', user })), organization: null } } : {}),
    releases: Object.fromEntries(timesOf(side, at).map(([version, time]) => [version, [{ filename: `${name}-${version}.tar.gz`, packagetype: 'sdist', upload_time: time.slice(0, 19), upload_time_iso_8601: time, digests: { sha256: 'a'.repeat(64) }, yanked: false }]])),
  }
}

/** Read as the registry would send it at that time. */
export function identityAt(ecosystem: EcosystemId, side: Side, at: Date): Identity {
  const document = ecosystem === 'npm' ? npmDocument(side, at) : pypiDocument(side, at)
  return ecosystems[ecosystem].readIdentity(side.name, Buffer.from(JSON.stringify(document)))
}
