/** The tables of `ports/watch-tables.ts`. `int` and `counter` as in `migrations.ts`. */
export const watchTables = ({ int, counter }: { int: string; counter: string }): string[] => [
  `create table feeds (
    ecosystem text primary key, feed text not null, cursor text, state text not null, checked_at ${int} not null)`,
  `create table events (
    seq ${counter}, ecosystem text not null, mark text not null, name text not null, version text, kind text not null,
    account text, at ${int}, seen_at ${int} not null, unique (ecosystem, mark))`,
  'create index events_package on events (ecosystem, name)',

  `create table identities (
    ecosystem text not null, name text not null, identity text, fetched_at ${int} not null, primary key (ecosystem, name))`,
  'create index identities_fetched on identities (fetched_at)',
  `create table watch_work (
    ecosystem text not null, name text not null, class ${int} not null, crowd text not null, facts text not null,
    added_at ${int} not null, due_at ${int} not null, attempt ${int} not null, primary key (ecosystem, name))`,
  'create index watch_work_turn on watch_work (ecosystem, class, crowd, added_at, due_at)',
  `create table popular (ecosystem text not null, rank ${int} not null, name text not null, primary key (ecosystem, rank))`,

  `create table names_used (ecosystem text not null, name text not null, source text not null, at ${int} not null, primary key (ecosystem, name))`,

  `create table suspicions (
    ecosystem text not null, name text not null, kind text not null, version text, says text not null, holds ${int} not null,
    alarm text, at ${int} not null, primary key (ecosystem, name, kind))`,
  `create table alarms (
    id text primary key, subject text not null, kind text not null, severity text not null, title text not null,
    facts text not null, size ${int} not null, campaign text, opened_at ${int} not null, changed_at ${int} not null, closed_at ${int})`,
  'create unique index alarms_open on alarms (subject) where closed_at is null',
  'create index alarms_changed on alarms (changed_at)',
  'create index alarms_subject on alarms (subject)',
  `create table watched (
    ecosystem text not null, actor text not null, because text not null, "by" text not null, at ${int} not null,
    primary key (ecosystem, actor))`,

  'alter table verdicts add column sketch text',
  `create table campaigns (
    id text primary key, into_id text, founded_at ${int} not null, changed_at ${int} not null, declared_at ${int}, announced ${int} not null,
    size ${int} not null, malicious ${int} not null, ill ${int} not null, copied ${int} not null, flood text, habits text not null,
    reasons text not null)`,
  'create index campaigns_into on campaigns (into_id) where into_id is not null',
  'create index campaigns_declared on campaigns (declared_at, changed_at)',
  `create table campaign_members (
    ecosystem text not null, name text not null, campaign text, account text, emails text not null, versions text not null,
    marks text not null, ties text not null, near ${int} not null, sketch text, malicious ${int}, imitates text, copied text,
    first_at ${int} not null, last_at ${int} not null, primary key (ecosystem, name))`,
  'create index campaign_members_campaign on campaign_members (campaign, first_at) where campaign is not null',
  'create index campaign_members_last on campaign_members (last_at)',
  `create table campaign_rulings (mark text primary key, because text not null, "by" text not null, at ${int} not null)`,
  `create table uploads (
    ecosystem text not null, actor text not null, name text not null, malicious ${int} not null, first_at ${int} not null,
    last_at ${int} not null, primary key (ecosystem, actor, name))`,
  'create index uploads_malicious on uploads (ecosystem, actor) where malicious = 1',
  'create index uploads_package on uploads (ecosystem, name)',

  'create index verdicts_judged on verdicts (judged_at)',
]
