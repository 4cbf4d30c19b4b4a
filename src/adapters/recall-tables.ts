/** The tables of `ports/recall-tables.ts`. `int` and `counter` as in `migrations.ts`. */
export const recallTables = (words: { int: string; counter: string }): string[] => [...exchange(words), ...inventory(words)]

const exchange = ({ int, counter }: { int: string; counter: string }): string[] => [
  `create table known_indicators (
    seq ${counter}, type text not null, value text not null, source text not null, record text, says text not null, tlp text not null,
    valid_until ${int}, withdrawn ${int}, modified ${int} not null, added_at ${int} not null, unique (type, value, source))`,
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
    primary key (inventory, ecosystem, name, version))`,
  'create index inventory_items_package on inventory_items (ecosystem, name, version)',
]
