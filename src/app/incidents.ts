import type { Context } from '../admission/context.ts'
import { order } from '../admission/orders.ts'
import type { Downloads } from '../downloads/downloads.ts'
import { Clockwork } from '../incident/clockwork.ts'
import { lookAtContent } from '../incident/content.ts'
import { Domains } from '../incident/domains/domains.ts'
import { factsFor, relatedTo } from '../incident/domains/for-cases.ts'
import { Incidents } from '../incident/face.ts'
import { Response } from '../incident/response.ts'
import type { Parts } from './parts.ts'

export interface IncidentRooms {
  domains: Domains
  incidents: Incidents
  clockwork: Clockwork
}

/** Cases, letters, and the names of attackers, each asking the other. */
export function incidentRooms(parts: Parts, context: Context, downloads: Downloads): IncidentRooms {
  const { clock, database, log, notifier, response: settings } = parts
  const domains = new Domains({ ...parts, ...parts.domains, notify: (notice) => notifier.notify(notice) })
  const response = new Response({
    database, clock, ledger: context.ledger, evidence: parts.evidence, carry: settings.carry,
    order: (request) => order(context, request), facts: (type, value) => factsFor(domains, type, value), related: (value) => relatedTo(domains, value),
    downloads: (of) => downloads.read(of), settings: { ...settings, rule: () => context.policy().reports },
  })
  const clockwork = new Clockwork({
    database, clock, domains, response, content: settings.looksAtContent ? (url) => lookAtContent(context.upstream, url) : null,
    notify: (notice) => notifier.notify(notice), log: (says) => log.warn(says),
  })
  return { domains, clockwork, incidents: new Incidents({ clock, publisher: settings.publisher, response }) }
}
