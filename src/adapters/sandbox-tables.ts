/** What was left, by when it is tried again. */
export const sandboxIndexes = (): string[] => ["create index sandbox_wants_left on sandbox_wants (due_at) where state = 'left'"]

/** The tables of `ports/sandbox-tables.ts`. `int` and `counter` as in `migrations.ts`. */
export const sandboxTables = ({ int, counter }: { int: string; counter: string; clustered: string }): string[] => [
  'alter table verdicts add column examined text',

  `create table sandbox_wants (
    ecosystem text not null, name text not null, file text not null, version text not null, digest text not null,
    reason text not null, says text not null, holds ${int} not null, urgency ${int} not null, state text not null,
    asked_at ${int} not null, due_at ${int} not null, attempt ${int} not null, problem text, run text, "by" text,
    primary key (ecosystem, name, file))`,
  "create index sandbox_wants_waiting on sandbox_wants (urgency, asked_at) where state = 'waiting'",
  'create index sandbox_wants_digest on sandbox_wants (digest)',

  `create table sandbox_runs (
    seq ${counter}, id text not null unique, ecosystem text not null, name text not null, version text not null, file text not null,
    digest text not null, reason text not null, status text not null, owner text not null, lease_until ${int} not null,
    backend text, versions text not null, started_at ${int} not null, elapsed_ms ${int}, says text,
    runs text not null, indicators text not null, missing text not null, phases text not null,
    record text, size ${int}, told ${int} not null)`,
  "create unique index sandbox_runs_single on sandbox_runs (digest) where status = 'running'",
  'create index sandbox_runs_digest on sandbox_runs (digest, seq)',
  'create index sandbox_runs_started on sandbox_runs (started_at)',
]
