const KNOWN_BY = ['token', 'user', 'host', 'job', 'url', 'network', 'client'] as const

/** The tables of `ports/caller-tables.ts`. The ledger's indexes hold all that "who met this?" reads, so that no line is fetched for it. */
export const callerTables = ({ int, counter }: { int: string; counter: string }): string[] => [
  `create table callers (
    id ${counter}, period ${int} not null, mark text not null, lookup text unique, address text, forwarded text, network text, token text,
    "user" text, host text, job text, url text, client text, agent text, ci text, proofs text not null)`,
  'create index callers_period on callers (period)',
  ...KNOWN_BY.map((fact) => `create index callers_${fact} on callers ("${fact}", period) where "${fact}" is not null`),
  `create table same_callers (caller ${int} primary key, who ${int} not null)`,
  `create table caller_keys (period ${int} primary key, secret text not null)`,

  `alter table ledger add column caller ${int}`,
  'drop index ledger_package',
  'drop index ledger_digest',
  'create index ledger_package on ledger (ecosystem, name, seq, kind, version, caller, at) where name is not null',
  'create index ledger_digest on ledger (digest, seq, kind, caller, at) where digest is not null',
  'create index ledger_caller on ledger (caller, seq, kind, at) where caller is not null',
]
