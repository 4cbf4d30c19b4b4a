import { exchangeTables } from './exchange-tables.ts'
import { huntTables } from './hunt-tables.ts'

/** The tables of `ports/recall-tables.ts`. `int` and `counter` as in `migrations.ts`. */
export const recallTables = (words: { int: string; counter: string; clustered: string }): string[] => [...exchange(words), ...inventory(words), ...recall(words), ...lookingBack(words), ...huntTables(words)]

const exchange = ({ int, counter }: { int: string; counter: string }): string[] => [
  `create table known_indicators (
    seq ${counter}, type text not null, value text not null, source text not null, record text, says text not null, tlp text not null,
    valid_until ${int}, withdrawn ${int}, modified ${int} not null, added_at ${int} not null, unique (type, value, source))`,
  ...exchangeTables({ int }),
]

const inventory = ({ int }: { int: string }): string[] => [
  `create table services (id text primary key, name text not null unique, added_at ${int} not null)`,
  `create table inventories (
    id text primary key, service text not null, source text not null, format text not null, digest text not null, revision text,
    packages ${int} not null, problems text not null, "by" text not null, first_at ${int} not null, last_at ${int} not null,
    unique (service, source))`,
  `create table inventory_items (
    inventory text not null, ecosystem text not null, name text not null, version text not null, direct ${int}, path text not null,
    digests text not null, first_at ${int} not null, last_at ${int} not null, gone_at ${int},
    primary key (inventory, ecosystem, name, version, first_at))`,
  'create index inventory_items_package on inventory_items (ecosystem, name, version)',
]

const recall = ({ int, counter }: { int: string; counter: string }): string[] => [
  `create table recalls (
    id text primary key, ecosystem text not null, name text not null, cause text not null, reference text not null, because text not null,
    "by" text not null, at ${int} not null, subjects text not null, totals text, quiet ${int} not null, told_at ${int})`,
  'create index recalls_package on recalls (ecosystem, name)',
  'create index recalls_reference on recalls (reference)',
  'create index recalls_at on recalls (at)',
  'create index recalls_untold on recalls (at) where told_at is null',
  `create table tombstones (
    seq ${counter}, recall text not null, ecosystem text not null, name text not null, version text not null, file text not null,
    digest text not null, size ${int} not null, step text not null, kept ${int}, at ${int} not null, until_at ${int}, due_at ${int} not null,
    attempt ${int} not null, problem text, lifted_at ${int}, lifted_because text, lifted_by text)`,
  `create unique index tombstones_open on tombstones (ecosystem, name, file, digest) where step in ('decided', 'recorded', 'withdrawn')`,
  `create index tombstones_pending on tombstones (due_at) where step in ('decided', 'recorded', 'lifting')`,
  'create index tombstones_recall on tombstones (recall)',
  'create index tombstones_digest on tombstones (digest)',
  'create index tombstones_until on tombstones (until_at) where until_at is not null',
  'create table recall_causes (order_id text primary key, kind text not null, reference text not null)',
]

const lookingBack = ({ int, counter }: { int: string; counter: string }): string[] => [
  `create table rechecks (
    ecosystem text not null, name text not null, class ${int} not null, due_at ${int} not null, looked_at ${int}, fingerprint text,
    failures ${int} not null, doubt text, state text not null, suspect text not null, primary key (ecosystem, name))`,
  'create index rechecks_due on rechecks (ecosystem, class, due_at)',
  `create table reviews (
    id text primary key, ecosystem text not null, name text not null, matter text not null, kind text not null, state text not null,
    severity text not null, versions text, says text not null, evidence text not null, alarm text, noticed_at ${int} not null,
    opened_at ${int} not null, changed_at ${int} not null, back_at ${int}, closed_at ${int}, outcome text, because text, "by" text)`,
  "create unique index reviews_open on reviews (ecosystem, name, matter) where state <> 'closed'",
  'create index reviews_changed on reviews (state, changed_at)',
  `create table review_bytes (
    review text not null, file text not null, digest text not null, at ${int} not null, primary key (review, file, digest))`,
  'create index review_bytes_digest on review_bytes (digest)',
  'create index artifacts_seen on artifacts (first_seen_at)',
  `create table judgements (seq ${counter}, ecosystem text not null, name text not null, file text not null, unique (ecosystem, name, file))`,
]
