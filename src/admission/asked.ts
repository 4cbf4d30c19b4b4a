import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { EcosystemId } from '../core/types.ts'
import { parseEntry } from '../ledger/entry.ts'
import type { Tables } from '../ports/database.ts'

/** A package in the ledger's traffic, with every file that was delivered or refused. */
export interface AskedPackage {
  ecosystem: EcosystemId
  name: string
  files: readonly AskedFile[]
}

interface AskedFile {
  version: string
  file: string
  requests: number
  lastAt: Date
  /** As far as the gate knows it: from the file it has, or from the line that refused one it never fetched. */
  published: { at: Date | null; before: Date | null } | null
}

const PACKAGES = 500
const LINES = 500

/** What clients asked for since then, package by package, so that a long ledger takes no memory. */
export async function* asked(query: Kysely<Tables>, since: Date): AsyncGenerator<AskedPackage> {
  for (let last = { ecosystem: '', name: '' }; ;) {
    const { ecosystem: after, name: beyond } = last
    const page = await requests(query, since).select(['ecosystem', 'name'])
      .where(({ eb, refTuple, tuple }) => eb(refTuple('ecosystem', 'name'), '>', tuple(after, beyond)))
      .groupBy(['ecosystem', 'name']).orderBy('ecosystem').orderBy('name').limit(PACKAGES).execute()
    for (const { ecosystem, name } of page) {
      last = { ecosystem: ecosystem as string, name: name as string }
      yield { ecosystem: ecosystem as EcosystemId, name: last.name, files: await filesOf(query, { ecosystem: last.ecosystem, name: last.name }, since) }
    }
    if (page.length < PACKAGES) return
  }
}

const requests = (query: Kysely<Tables>, since: Date) => query.selectFrom('ledger')
  .where('kind', 'in', ['served', 'denied']).where('at', '>=', since.getTime())
  .where('name', 'is not', null).where('file', 'is not', null).where('version', 'is not', null)

async function filesOf(query: Kysely<Tables>, { ecosystem, name }: { ecosystem: string; name: string }, since: Date): Promise<AskedFile[]> {
  const rows = await requests(query, since).where('ecosystem', '=', ecosystem).where('name', '=', name)
    .select(['version', 'file']).select(({ fn }) => [fn.countAll<number>().as('requests'), fn.max('at').as('last_at')])
    .select(sql<number | null>`max(case when kind = 'denied' then seq end)`.as('refused'))
    .groupBy(['version', 'file']).orderBy('version').orderBy('file').execute()
  const artifacts = await query.selectFrom('artifacts').select(['file', 'published_at', 'first_seen_at'])
    .where('ecosystem', '=', ecosystem).where('name', '=', name).execute()
  const held = new Map(artifacts.map((row) => [row.file, { at: dateOf(row.published_at), before: dateOf(row.first_seen_at) }]))
  const refused = await told(query, rows.flatMap((row) => (row.refused === null || held.has(row.file as string) ? [] : [Number(row.refused)])))
  return rows.map((row) => ({
    version: row.version as string, file: row.file as string, requests: Number(row.requests), lastAt: new Date(Number(row.last_at)),
    published: held.get(row.file as string) ?? refused.get(Number(row.refused)) ?? null,
  }))
}

/** When files were published, as the lines that refused them tell. By line. */
async function told(query: Kysely<Tables>, lines: readonly number[]): Promise<Map<number, NonNullable<AskedFile['published']>>> {
  const found = new Map<number, NonNullable<AskedFile['published']>>()
  for (let from = 0; from < lines.length; from += LINES) {
    const rows = await query.selectFrom('ledger').select(['seq', 'entry']).where('seq', 'in', lines.slice(from, from + LINES)).execute()
    for (const { seq, entry } of rows) {
      const { facts } = parseEntry(entry) ?? {}
      const [at, before] = [dateOf(facts?.['publishedAt']), dateOf(facts?.['publishedBefore'])]
      if (at || before) found.set(Number(seq), { at, before })
    }
  }
  return found
}

function dateOf(value: unknown): Date | null {
  if (value === null || value === undefined) return null
  const date = new Date(typeof value === 'string' ? value : Number(value))
  return Number.isNaN(date.getTime()) ? null : date
}
