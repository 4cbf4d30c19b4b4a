/** The tables of `ports/domain-tables.ts`. `int` and `counter` as in `migrations.ts`. */
export const domainTables = ({ int, counter }: { int: string; counter: string }): string[] => [
  `create table domain_targets (
    target text primary key, because text not null, "by" text not null, first_at ${int} not null, due_at ${int}, checked_at ${int}, state text not null,
    reasons text not null, state_since ${int} not null, down_at ${int}, failures ${int} not null)`,
  'create index domain_targets_due on domain_targets (due_at) where due_at is not null',
  `create table domain_observations (
    seq ${counter}, target text not null, at ${int} not null, told_at ${int} not null, source text not null, digest text not null, content text, "by" text)`,
  'create index domain_observations_target on domain_observations (target, source, seq)',
]
