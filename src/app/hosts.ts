import { privateName } from '../core/policy.ts'
import type { Policy } from '../core/policy.ts'
import { HOST_DEFAULTS } from '../host/ingest/forget.ts'
import type { HostRetention } from '../host/ingest/forget.ts'
import { Hosts } from '../host/ingest/hosts.ts'
import { HostIngest } from '../host/ingest/ingest.ts'
import type { Parts } from './parts.ts'

/** What machines tell, coming in and as people see it. */
export function hostRooms({ database, clock, notifier, hosts, retention }: Parts, policy: () => Policy): { hosts: Hosts; hostIngest: HostIngest } {
  const keep: HostRetention = { ...(hosts ?? HOST_DEFAULTS), users: retention?.users ?? null, hosts: retention?.hosts ?? null }
  return {
    hosts: new Hosts({ database, clock, retention: keep }),
    hostIngest: new HostIngest({ database, clock, notifier, keep, isPrivate: (ecosystem, name) => privateName(policy(), ecosystem, name) !== null }),
  }
}
