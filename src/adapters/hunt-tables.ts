/** The tables of `ports/hunt-tables.ts`. `int` and `counter` as in `migrations.ts`; `clustered`: rows lie in the primary key itself. */
export const huntTables = ({ int, counter, clustered }: { int: string; counter: string; clustered: string }): string[] => [
  `create table judged_files (
    id ${counter}, ecosystem text not null, name text not null, file text not null, version text not null, level ${int} not null,
    score ${int} not null, published_at ${int} not null, judged_at ${int} not null, served ${int} not null, rules ${int} not null,
    swept ${int} not null, unique (ecosystem, name, file))`,
  'create index judged_files_served on judged_files (served, id)',
  `create table rule_sets (id ${counter}, rules text not null unique)`,
  `create table facts (fact ${int} not null, artifact ${int} not null, primary key (fact, artifact)) ${clustered}`,
  `create table indicator_hits (
    ecosystem text not null, name text not null, version text not null, file text not null, type text not null, value text not null,
    says text not null, alarm text, at ${int} not null, primary key (ecosystem, name, file, type, value))`,
  'create index indicator_hits_value on indicator_hits (type, value)',
  'create index indicator_hits_untold on indicator_hits (at) where alarm is null',
  'create index known_indicators_value on known_indicators (value)',
  'create index known_indicators_file on known_indicators (substr(value, 1, 16)) where length(value) = 64',
]
