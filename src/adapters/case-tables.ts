/** The tables of `ports/case-tables.ts`. `int` and `counter` as in `migrations.ts`. */
export const caseTables = ({ int, counter }: { int: string; counter: string }): string[] => [
  `create table cases (
    id text primary key, title text not null, severity text not null, tlp text not null, state text not null, outcome text, assignee text,
    opened_at ${int} not null, changed_at ${int} not null, closed_at ${int})`,
  'create index cases_changed on cases (state, changed_at)',
  `create table case_events (
    seq ${counter}, case_id text not null, id text not null, at ${int} not null, precision text not null, told_at ${int} not null,
    source text not null, "by" text not null, says text not null, fact text not null, unique (case_id, id))`,
  'create index case_events_case on case_events (case_id, seq)',
  'create table case_subjects (subject text not null, case_id text not null, primary key (subject, case_id))',
  'create index case_subjects_case on case_subjects (case_id)',
]
