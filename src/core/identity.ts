import { createHash } from 'node:crypto'
import { repositoryOf, spellRepository } from './repository.ts'
import { oneLine } from './text.ts'
import type { EcosystemId } from './types.ts'
import type { Identity } from './watch.ts'

/** What a registry's document holds of an identity, before it is bounded and told apart. */
export interface RawIdentity {
  description?: unknown
  accounts?: readonly unknown[]
  publisher?: unknown
  /** Addresses as they are written, several in one text (`A <a@x.example>, B <b@x.example>`). */
  emails?: readonly unknown[]
  /** Addresses of a repository, the likeliest first: the first that names one counts. */
  repositories?: readonly unknown[]
  homepage?: unknown
  /** Versions with the time the registry gives each. */
  releases?: readonly { version: string; at: Date | null }[]
  readme?: unknown
}

const MOST_PEOPLE = 50
const MOST_VERSIONS = 20
const MOST_MENTIONS = 20
const README = 200_000

/** One identity out of what strangers wrote: bounded, one line each, addresses in lower case. */
export function identityOf(ecosystem: EcosystemId, name: string, raw: RawIdentity): Identity {
  const releases = (raw.releases ?? []).filter(({ version }) => version.length <= 256)
  const dated = releases.filter((one): one is { version: string; at: Date } => one.at !== null).sort((a, b) => b.at.getTime() - a.at.getTime())
  const ordered = dated.length > 0 ? dated : [...releases].reverse()
  const readme = text(raw.readme, README)
  return {
    ecosystem, name,
    description: oneLine(text(raw.description, 2_000) ?? '', 500),
    accounts: distinct((raw.accounts ?? []).map(account)),
    publisher: account(raw.publisher),
    emails: distinct((raw.emails ?? []).flatMap((written) => addressesIn(text(written, 5_000) ?? ''))),
    repository: repositoryIn(raw.repositories ?? []),
    homepage: text(raw.homepage, 500),
    createdAt: dated.at(-1)?.at ?? null,
    latest: ordered[0]?.version ?? null,
    latestAt: dated[0]?.at ?? null,
    releases: releases.length,
    versions: ordered.slice(0, MOST_VERSIONS).map(({ version }) => version),
    readme: readme === null ? null : createHash('sha256').update(readme).digest('hex'),
    mentions: readme === null ? [] : mentionsIn(readme),
    rank: null,
  }
}

/** An identity out of the JSON it was kept as. */
export function revived(json: string): Identity {
  const identity = JSON.parse(json) as Identity & { createdAt: string | null; latestAt: string | null }
  const date = (value: string | null): Date | null => (value === null ? null : new Date(value))
  return { ...identity, createdAt: date(identity.createdAt), latestAt: date(identity.latestAt) }
}

/** A time as registries write it; null for what is none. */
export function timeOf(value: unknown): Date | null {
  if (typeof value !== 'string' || value.length > 40) return null
  const date = new Date(value)
  return Number.isNaN(date.getTime()) ? null : date
}

function text(value: unknown, longest: number): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.slice(0, longest).trim() : null
}

const account = (value: unknown): string | null => {
  const written = text(value, 200)
  return written === null ? null : oneLine(written, 100)
}

const distinct = (values: readonly (string | null)[]): string[] =>
  [...new Set(values.filter((value): value is string => value !== null && value !== ''))].slice(0, MOST_PEOPLE)

function repositoryIn(written: readonly unknown[]): string | null {
  for (const one of written.slice(0, 30)) {
    const found = repositoryOf(text(one, 500))
    if (found) return spellRepository(found)
  }
  return null
}

const ADDRESS = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}/g

const addressesIn = (written: string): string[] => (written.match(ADDRESS) ?? []).map((address) => address.toLowerCase())

const INSTALLS = /\b(pip3?|uv (?:pip|add)|poetry|npm|pnpm|yarn|bun|npx)\s{1,3}(?:(?:install|add|i)\s{1,3})?((?:-{1,2}[\w-]{1,30}\s{1,3}){0,3})(@?[A-Za-z0-9][\w.-]{0,100}(?:\/[\w.-]{1,100})?)/g
/** Pages of packages, whatever the host. */
const PAGES = /\/(project|package)\/(@?[A-Za-z0-9][\w.-]{0,100}(?:\/[\w.-]{1,100})?)/g

function mentionsIn(readme: string): string[] {
  const found = new Set<string>()
  for (const [, tool = '', , raw = ''] of readme.matchAll(INSTALLS)) found.add(`${/^(?:pip|uv|poetry)/.test(tool) ? 'pypi' : 'npm'}:${plainName(raw)}`)
  for (const [, page = '', raw = ''] of readme.matchAll(PAGES)) found.add(`${page === 'project' ? 'pypi' : 'npm'}:${plainName(raw.startsWith('@') ? raw : raw.split('/')[0] ?? '')}`)
  return [...found].slice(0, MOST_MENTIONS)
}

const plainName = (raw: string): string => raw.replace(/[.\-_]+$/, '').toLowerCase()
