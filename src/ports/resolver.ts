export type DnsType = 'A' | 'AAAA' | 'CNAME' | 'NS' | 'MX' | 'TXT' | 'SOA'

/**
 * What DNS says of a name at this moment. `no-name`: there is no such name (NXDOMAIN); `no-data`: there is, with no records of this type;
 * `failed`: nobody could say (SERVFAIL, REFUSED, no answer), which says nothing of the name.
 */
export interface DnsAnswer {
  outcome: 'found' | 'no-data' | 'no-name' | 'failed'
  /** As text, sorted, names in lower case without the dot at the end: `192.0.2.1`, `10 mail.example`, `ns.example hostmaster.example`. */
  records: readonly string[]
  /** Of a failure: a few words. */
  why: string | null
}

/** Asks DNS. What it answers is written by the owner of the name, who may be an attacker: nothing is followed. */
export interface Resolver {
  /** `name` as DNS has it. Never rejects. */
  resolve(name: string, type: DnsType): Promise<DnsAnswer>
}
