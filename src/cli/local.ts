import { userInfo } from 'node:os'
import { wire } from '../api/wire.ts'
import type { Config } from '../config.ts'
import { parsePackage } from '../core/package-spec.ts'
import type { Desk } from './desk.ts'
import { localHuntDesk } from './hunt-desk.ts'
import { localHostsDesk } from './hosts-desk.ts'
import { localInventoryDesk } from './inventory-desk.ts'
import type { Opened } from './opened.ts'
import { localDownloadsDesk } from './downloads-desk.ts'
import { localSandboxDesk } from './sandbox-desk.ts'
import { localReviewsDesk } from './reviews-desk.ts'
import { localRecallDesk } from './recall-desk.ts'
import { localDomainDesk } from './domains-desk.ts'
import { localIncidentDesk } from './incident-desk.ts'
import { localExchangeDesk } from './exchange-desk.ts'
import { localWatchDesk } from './watch-desk.ts'

/** The desk of a data folder on this machine; safe beside a gate that runs on it. */
export function localDesk(opened: Opened): Desk {
  const { operator, lookout, reviews, hunter, tokens } = opened.app
  const config = opened.config()
  return {
    where: `the data folder ${config.data}`,
    origin: originOf(config),
    watch: localWatchDesk(lookout, whoami),
    exchange: localExchangeDesk(opened.app.exchange, whoami),
    domains: localDomainDesk(opened.app.domains, whoami),
    incidents: localIncidentDesk(opened.app.incidents, whoami),
    recalls: localRecallDesk(opened.app, whoami),
    reviews: localReviewsDesk(reviews, whoami),
    hunt: localHuntDesk(hunter),
    inventory: localInventoryDesk(opened.app.inventory, whoami),
    hosts: localHostsDesk(opened.app.hosts),
    downloads: localDownloadsDesk(opened.app.downloads, whoami),
    sandbox: localSandboxDesk(opened.app.sandbox.desk, whoami),
    status: async () => wire(await operator.status()),
    checkup: async () => wire(await operator.checkup()),
    order: async ({ package: spec, ...request }) => wire(await operator.order({ ...request, ...parsePackage(spec), by: whoami() })),
    orders: async () => wire(await operator.orders()),
    trace: async (asked, options) => wire(await operator.trace(asked, { ...options, limit: 1_000 })),
    forget: async (person, because) => wire(await operator.forget(person, { because, by: whoami() })),
    policy: () => Promise.resolve(wire(operator.policy())),
    testPolicy: async (text, since) => wire(await operator.testPolicy(opened.parsePolicy(text), since)),
    head: () => operator.head(),
    verifyLedger: async (head, progress) => wire(await operator.verifyLedger({ progress, ...(head ? { head: { ...head, where: 'the head given' } } : {}) })),
    importFeed: async (path, progress) => wire(await operator.importFeed(path, progress)),
    scan: async (target, options) => wire(await operator.scan(target, options)),
    tokens: async () => wire(await tokens.list()),
    createToken: async (wanted) => wire(await tokens.create(wanted)),
    revokeToken: (id) => tokens.revoke(id),
    close: () => opened.app.close(),
  }
}

/** The address clients use, as far as configuration tells. */
function originOf({ server }: Config): string {
  if (server.publicUrl !== null) return server.publicUrl.replace(/\/$/, '')
  const any = server.host === '0.0.0.0' || server.host === '::'
  const host = any ? '127.0.0.1' : server.host.includes(':') ? `[${server.host}]` : server.host
  return `${server.tls ? 'https' : 'http'}://${host}:${server.port}`
}

/** The account's name; an account need not have one (containers with a bare number). */
function whoami(): string {
  try {
    return userInfo().username
  } catch {
    return `user ${process.getuid?.() ?? 'unknown'}`
  }
}
