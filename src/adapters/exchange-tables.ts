/** The tables of `ports/exchange-tables.ts`, and what advisories need to be handed on. `int` as in `migrations.ts`. */
export const exchangeTables = ({ int }: { int: string }): string[] => [
  "alter table advisories add column tlp text not null default 'clear'",
  `alter table advisories add column seq ${int} not null default 0`,
  `update advisories set seq = numbered.at from (select id, ecosystem, name, row_number() over (order by id, ecosystem, name) as at from advisories) as numbered
    where numbered.id = advisories.id and numbered.ecosystem = advisories.ecosystem and numbered.name = advisories.name`,
  'create index advisories_seq on advisories (seq)',
  `create table intel_feeds (
    name text primary key, location text not null, format text, tlp text not null, every ${int} not null, configured ${int} not null, trusted ${int} not null,
    "by" text not null, added_at ${int} not null, state text not null)`,
  `create table intel_imports (id text primary key, source text not null, file text not null, at ${int} not null)`,
  `create table statements (
    key text primary key, seq ${int} not null, tlp text not null, bulletin text not null, modified ${int} not null, withdrawn ${int})`,
  'create index statements_seq on statements (seq)',
  "create index verdicts_malicious on verdicts (ecosystem, name) where level = 'malicious'",
]
