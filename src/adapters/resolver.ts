import { Resolver as Cares } from 'node:dns/promises'
import { sentence, SluiceError } from '../core/errors.ts'
import { oneLine } from '../core/text.ts'
import type { DnsAnswer, DnsType, Resolver } from '../ports/resolver.ts'

export interface ResolverOptions {
  /** `address` or `address:port`; empty: the machine's. */
  servers: readonly string[]
  /** Milliseconds for one try; each server is tried twice. */
  timeout?: number
}

const MOST = 100
const FAILURES: Readonly<Record<string, string>> = {
  ESERVFAIL: 'the name servers fail (SERVFAIL)', EREFUSED: 'the name servers refuse to answer', ETIMEOUT: 'nobody answered in time', ECONNREFUSED: 'no DNS server can be reached',
  EBADRESP: 'the answer is malformed', EFORMERR: 'the question was not understood', ENOTIMP: 'the server does not answer such questions', EBADNAME: 'not a name that DNS can have',
}

/** DNS over node's resolver, which asks the servers by itself and reads no file of hosts. Throws `config-invalid` for what is no server. */
export function createResolver({ servers, timeout = 3_000 }: ResolverOptions): Resolver {
  const cares = new Cares({ timeout, tries: 2 })
  try {
    if (servers.length > 0) cares.setServers([...servers])
  } catch (cause) {
    throw new SluiceError('config-invalid', `domains.resolvers: ${sentence(cause)}`, { cause, hint: 'write addresses like 192.0.2.53 or [2001:db8::53]:53' })
  }
  return {
    async resolve(name, type) {
      try {
        const records = [...new Set((await ask(cares, name, type)).slice(0, MOST).map((record) => oneLine(record, 500)))].toSorted()
        return records.length === 0 ? answer('no-data') : { outcome: 'found', records, why: null }
      } catch (thrown) {
        const { code = '' } = thrown as { code?: string }
        if (code === 'ENOTFOUND') return answer('no-name')
        if (code === 'ENODATA') return answer('no-data')
        return { outcome: 'failed', records: [], why: FAILURES[code] ?? sentence(thrown) }
      }
    },
  }
}

const answer = (outcome: 'no-data' | 'no-name'): DnsAnswer => ({ outcome, records: [], why: null })
const host = (name: string): string => name.toLowerCase().replace(/\.$/, '')

async function ask(cares: Cares, name: string, type: DnsType): Promise<string[]> {
  switch (type) {
    case 'A': return cares.resolve4(name)
    case 'AAAA': return cares.resolve6(name)
    case 'CNAME': return (await cares.resolveCname(name)).map(host)
    case 'NS': return (await cares.resolveNs(name)).map(host)
    case 'MX': return (await cares.resolveMx(name)).map(({ priority, exchange }) => `${priority} ${host(exchange)}`)
    case 'TXT': return (await cares.resolveTxt(name)).map((parts) => parts.join(''))
    // The serial number changes with whatever else does.
    case 'SOA': return [await cares.resolveSoa(name)].map(({ nsname, hostmaster }) => `${host(nsname)} ${host(hostmaster)}`)
  }
}
