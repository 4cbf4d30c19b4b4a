import { HostAnswers } from '../api/hosts-schemas.ts'
import type { HostAnswer } from '../api/hosts-schemas.ts'
import { wire } from '../api/wire.ts'
import type { HostEventQuery, Hosts } from '../host/ingest/hosts.ts'
import type { Call } from './watch-desk.ts'

/** What commands ask of machines that have told something, in a data folder or at a running gate. */
export interface HostsDesk {
  list(): Promise<HostAnswer<'hosts'>>
  status(): Promise<HostAnswer<'status'>>
  show(host: string, gone: boolean): Promise<HostAnswer<'host'>>
  events(query: HostEventQuery): Promise<HostAnswer<'events'>>
  remove(host: string): Promise<void>
}

export function localHostsDesk(hosts: Hosts): HostsDesk {
  return {
    list: async () => wire(await hosts.list()),
    status: async () => wire(await hosts.status()),
    show: async (host, gone) => wire(await hosts.show(host, { gone })),
    events: async (query) => wire(await hosts.events(query)) as unknown as HostAnswer<'events'>,
    remove: (host) => hosts.remove(host),
  }
}

export function remoteHostsDesk(call: Call): HostsDesk {
  const part = encodeURIComponent
  return {
    list: () => call(HostAnswers.hosts, 'hosts'),
    status: () => call(HostAnswers.status, 'hosts/status'),
    show: (host, gone) => call(HostAnswers.host, `hosts/${part(host)}${gone ? '?gone=true' : ''}`),
    events: (query) => call(HostAnswers.events, `hosts/events?${new URLSearchParams(Object.entries(query).filter(([, value]) => value !== undefined).map(([key, value]): [string, string] => [key, String(value)]))}`),
    async remove(host) {
      await call(HostAnswers.removed, `hosts/${part(host)}`, { method: 'DELETE' })
    },
  }
}
