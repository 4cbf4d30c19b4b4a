import { IN_A_HOME } from '../ports/host-tables.ts'

/** The tables of `ports/host-tables.ts`. `int` and `counter` as in `migrations.ts`. */
export const hostTables = ({ int, counter, clustered }: { int: string; counter: string; clustered: string }): string[] => [
  `create table hosts (
    id text primary key, name text not null unique, first_at ${int} not null, last_at ${int} not null, complete_at ${int},
    events ${int} not null, refused ${int} not null, unkept ${int} not null, problems text not null)`,
  `create table host_tokens (token text primary key, host text not null, at ${int} not null)`,
  'create index host_tokens_host on host_tokens (host)',
  `create table host_spools (host text not null, spool text not null, taken text not null, last_at ${int} not null, primary key (host, spool))`,
  `create table host_packages (
    host text not null, ecosystem text not null, name text not null, version text not null, place_hash text not null, place text not null,
    digest text, source text not null, session text, first_at ${int} not null, last_at ${int} not null, said_at ${int} not null, gone_at ${int},
    primary key (host, ecosystem, name, version, place_hash)) ${clustered}`,
  'create index host_packages_package on host_packages (ecosystem, name)',
  'create index host_packages_digest on host_packages (digest) where digest is not null',
  `create table host_runs (
    host text not null, ecosystem text not null, name text not null, version text not null, source text not null, digest text, place text,
    first_at ${int} not null, last_at ${int} not null, count ${int} not null, primary key (host, ecosystem, name, version, source)) ${clustered}`,
  'create index host_runs_package on host_runs (ecosystem, name)',
  `create table host_events (
    seq ${counter}, host text not null, id text not null, at ${int} not null, received_at ${int} not null, clock text, kind text not null,
    source text not null, ecosystem text, name text, version text, "user" text, session text, says text not null, event text not null,
    unique (host, id))`,
  'create index host_events_host on host_events (host, seq)',
  'create index host_events_package on host_events (ecosystem, name) where name is not null',
  'create index host_events_received on host_events (received_at)',
]

/** What lists of machines count, what is deleted when it has been gone for long, and whose name is to be forgotten. */
export const hostIndexes = (): string[] => [
  'create index host_packages_here on host_packages (host) where gone_at is null',
  'create index host_packages_gone on host_packages (gone_at) where gone_at is not null',
  ...['host_packages', 'host_runs'].map((table) => `create index ${table}_homes on ${table} (last_at) where ${IN_A_HOME}`),
]
