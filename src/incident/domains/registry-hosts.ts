import { text } from 'node:stream/consumers'
import type { PublicSource } from '../../admission/sources.ts'
import type { EcosystemId } from '../../core/types.ts'
import { ecosystems } from '../../ecosystems/index.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Database } from '../../ports/database.ts'
import type { Upstream } from '../../ports/upstream.ts'

export interface RegistryParts {
  database: Database
  upstream: Upstream
  clock: Clock
  sources: Readonly<Record<EcosystemId, PublicSource>>
}

/** A package that every registry of its kind has, for the links in its document. */
const EVERYWHERE: Readonly<Partial<Record<EcosystemId, string>>> = { npm: 'npm', pypi: 'pip' }
const KEPT_FOR = 7 * 24 * 3_600_000
const LARGEST = 8 * 1024 * 1024
const FILES = 500
const HOSTS = 20

/**
 * The registries' own hosts: of their settings, and of the files that their documents point at. Nothing is named in the program. One
 * document is asked for where no file was had yet, at most once a week; where that fails, what is known counts.
 */
export async function registryHosts(parts: RegistryParts): Promise<string[]> {
  const { database, sources } = parts
  const files = await database.query.selectFrom('artifacts').select('upstream').where('source', '=', 'public').orderBy('first_seen_at', 'desc').limit(FILES).execute()
  const found = new Set(files.flatMap(({ upstream }) => hostOf(upstream)))
  for (const ecosystem of Object.keys(sources) as EcosystemId[]) {
    const source = sources[ecosystem]
    if (source.url === null) continue
    for (const host of [...hostOf(source.url), ...(source.sumdb === null ? [] : hostOf(`https://${source.sumdb}`)), ...await linked(parts, ecosystem, source.url)]) found.add(host)
  }
  return [...found]
}

async function linked({ database, upstream, clock }: RegistryParts, ecosystem: EcosystemId, base: string): Promise<readonly string[]> {
  const name = EVERYWHERE[ecosystem]
  if (name === undefined) return []
  const key = `domains:hosts:${ecosystem}`
  const kept = await database.query.selectFrom('settings').select('value').where('key', '=', key).executeTakeFirst()
  const known = kept === undefined ? null : JSON.parse(kept.value) as { base: string; hosts: string[]; at: number }
  if (known?.base === base && clock.now().getTime() - known.at < KEPT_FOR) return known.hosts
  const { path, accept } = ecosystems[ecosystem].indexRequest(name, false)
  try {
    const answer = await upstream.fetch(new URL(path.replace(/^\//, ''), base.endsWith('/') ? base : `${base}/`).href, { headers: { accept }, limit: LARGEST, timeout: 10_000 })
    const hosts = answer.status === 200 ? hostsOfFiles(await text(answer.body), answer.url) : (answer.body.destroy(), [])
    if (hosts.length === 0) return known?.hosts ?? []
    const value = JSON.stringify({ base, hosts, at: clock.now().getTime() })
    await database.query.insertInto('settings').values({ key, value }).onConflict((conflict) => conflict.column('key').doUpdateSet({ value })).execute()
    return hosts
  } catch {
    return known?.hosts ?? []
  }
}

/** Hosts of the archives that a document links to. It is not parsed: only where it points at counts. */
export function hostsOfFiles(document: string, base: string): string[] {
  const hosts = new Set<string>()
  for (const [, link] of document.matchAll(/["'=]((?:https?:)?\/\/[^\s"'<>#?]{1,500}?\.(?:tgz|tar\.gz|whl|zip))/g)) {
    for (const host of hostOf(URL.parse(link as string, base)?.href ?? '')) hosts.add(host)
    if (hosts.size >= HOSTS) break
  }
  return [...hosts]
}

const hostOf = (url: string): string[] => {
  const host = URL.parse(url)?.hostname
  return host === undefined || host === '' ? [] : [host]
}
