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
  `create table reports (
    id text primary key, kind text not null, ecosystem text not null, name text not null, versions text not null, evidence text not null, summary text not null,
    link text, observer text not null, contact text, state text not null, case_id text, at ${int} not null, repeats text, holds ${int} not null)`,
  'create index reports_package on reports (ecosystem, name, state)',
  'create index reports_at on reports (at)',
  'create index reports_observer on reports (observer)',
  `create table observers (id text primary key, machine ${int} not null, trusted ${int} not null, correct ${int} not null, wrong ${int} not null)`,
  `create table tickets (
    id text primary key, case_id text not null, party text not null, target_type text not null, target text not null, channel text not null, form text,
    state text not null, report_id text not null, sent_at ${int}, reminded ${int} not null, remind_days ${int} not null, escalate_days ${int} not null, due_told text, content text,
    created_at ${int} not null, changed_at ${int} not null)`,
  'create index tickets_case on tickets (case_id)',
  'create index tickets_state on tickets (state, changed_at)',
  `create table ticket_texts (
    ticket text not null, version ${int} not null, rendering text not null, subject text not null, text text not null, attachments text not null,
    digest text not null, written_at ${int} not null, written_by text not null, approved_at ${int}, approved_by text, sending_at ${int}, sent_at ${int},
    receipt text, primary key (ticket, version))`,
  `create table ticket_mail (
    ticket text not null, seq ${int} not null, at ${int} not null, told_at ${int} not null, "by" text not null, sender text not null, step text not null,
    text text not null, digest text not null, primary key (ticket, seq), unique (ticket, digest))`,
]
