import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import { SluiceError } from '../core/errors.ts'
import type { Tables } from '../ports/database.ts'
import { caseTables } from './case-tables.ts'
import { callerTables } from './caller-tables.ts'
import { downloadTables } from './download-tables.ts'
import { domainTables } from './domain-tables.ts'
import { hostIndexes, hostTables } from './host-tables.ts'
import { recallTables } from './recall-tables.ts'
import { sandboxIndexes, sandboxTables } from './sandbox-tables.ts'
import { watchTables } from './watch-tables.ts'

/** The few words in which SQLite and PostgreSQL differ. */
interface Words {
  /** Whole numbers to 2^53. */
  int: string
  /** A number the database counts up, as primary key; never given twice. */
  counter: string
  /** Behind a table whose rows lie in its primary key, where the database has to be told. */
  clustered: string
}

const WORDS = {
  sqlite: { int: 'integer', counter: 'integer primary key autoincrement', clustered: 'without rowid' },
  postgres: { int: 'bigint', counter: 'bigint generated always as identity primary key', clustered: '' },
} satisfies Record<string, Words>

/**
 * Brings the tables to the newest version inside `tx`, which must hold a lock that other processes' migrations wait
 * for. Throws SluiceError `storage` when the tables are newer than this program.
 */
export async function applyMigrations(tx: Kysely<Tables>, dialect: keyof typeof WORDS): Promise<void> {
  await sql.raw('create table if not exists schema_version (version integer not null)').execute(tx)
  const { rows } = await sql.raw<{ version: number }>('select version from schema_version').execute(tx)
  const version = rows[0]?.version ?? 0
  if (version > MIGRATIONS.length) {
    throw new SluiceError('storage', `the data was written by a newer version of Sluice (its tables are at ${version}, this program knows ${MIGRATIONS.length})`,
      { hint: 'start the newer version, or point --data at another folder' })
  }
  if (version === MIGRATIONS.length) return
  for (const statements of MIGRATIONS.slice(version)) {
    for (const statement of statements(WORDS[dialect])) await sql.raw(statement).execute(tx)
  }
  await sql.raw('delete from schema_version').execute(tx)
  await sql.raw(`insert into schema_version (version) values (${MIGRATIONS.length})`).execute(tx)
}

/** Append only: a released migration never changes. */
const MIGRATIONS: readonly ((words: Words) => string[])[] = [
  ({ int, counter }) => [
    `create table documents (
      ecosystem text not null, name text not null, complete ${int} not null, status ${int} not null, etag text,
      last_modified text, content_type text not null, base text not null, source text not null, raw text not null,
      fetched_at ${int} not null, checked_at ${int} not null,
      primary key (ecosystem, name))`,
    'create index documents_raw on documents (raw)',

    `create table artifacts (
      ecosystem text not null, name text not null, file text not null, version text not null, digest text not null,
      size ${int} not null, upstream text not null, source text not null, published_at ${int}, first_seen_at ${int} not null,
      hashes text not null, purged ${int} not null default 0,
      primary key (ecosystem, name, file))`,
    'create index artifacts_digest on artifacts (digest)',

    `create table verdicts (
      ecosystem text not null, name text not null, file text not null, version text not null, digest text not null,
      level text not null, score ${int} not null, findings text not null, missing text not null, runs text not null,
      rules text not null, judged_at ${int} not null, elapsed_ms ${int} not null,
      primary key (ecosystem, name, file))`,

    `create table orders (
      seq ${counter}, id text not null unique, ecosystem text not null, name text not null, version text, digest text,
      action text not null, because text not null, "by" text not null, at ${int} not null, expires_at ${int})`,
    'create index orders_package on orders (ecosystem, name)',

    `create table advisories (
      id text not null, ecosystem text not null, name text not null, malicious ${int} not null, summary text not null,
      versions text not null, ranges text not null, severity text, url text, source text not null,
      modified ${int} not null, withdrawn ${int},
      primary key (ecosystem, name, id))`,
    'create index advisories_id on advisories (id)',

    `create table ledger (
      seq ${int} primary key, prev text not null, hash text not null, entry text not null, at ${int} not null,
      kind text not null, ecosystem text, name text, version text, file text, digest text, token text, address text,
      client text)`,
    'create index ledger_package on ledger (ecosystem, name, seq) where name is not null',
    'create index ledger_digest on ledger (digest, seq) where digest is not null',

    `create table tokens (
      id text primary key, name text not null, hash text not null unique, scopes text not null,
      created_at ${int} not null, expires_at ${int}, revoked_at ${int})`,

    `create table jobs (
      id text primary key, topic text not null, key text not null, payload text not null, state text not null,
      attempt ${int} not null, due_at ${int} not null, lease_until ${int}, reason text,
      unique (topic, key))`,
    'create index jobs_due on jobs (topic, state, due_at)',

    `create table changes (seq ${counter}, kind text not null, ecosystem text, name text, at ${int} not null)`,

    `create table checkpoints (ecosystem text not null, at ${int} not null, size ${int} not null, primary key (ecosystem, at))`,
    'create index checkpoints_size on checkpoints (ecosystem, size, at)',

    `create table records (
      ecosystem text not null, name text not null, version text not null, record ${int} not null, h1 text,
      primary key (ecosystem, name, version))`,

    'create table settings (key text primary key, value text not null)',
  ],
  () => ['alter table verdicts add column indicators text', 'alter table verdicts add column learned text'],
  () => [
    ...['profile', 'difference', 'repository'].map((column) => `alter table verdicts add column ${column} text`),
    'create index verdicts_repository on verdicts (ecosystem, repository) where repository is not null',
  ],
  watchTables,
  (words) => [...recallTables(words), ...callerTables(words), ...downloadTables(words)],
  (words) => [...caseTables(words), ...domainTables(words)],
  (words) => [...sandboxTables(words), ...hostTables(words)],
  hostIndexes,
  sandboxIndexes,
]
