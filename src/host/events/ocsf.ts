import { purlOf } from '../../screening/purl.ts'
import type { HostEvent, HostPackage } from './event.ts'
import { classOf, evidenceOf, processOf } from './ocsf-act.ts'
import { eventSaid, problemOf, trim, unmappedSaid } from './said.ts'

type Fields = Record<string, unknown>

/** One event of the Open Cybersecurity Schema Framework, 1.8.0. `unmapped.sluice` has what no attribute of its class takes. */
export interface OcsfEvent {
  metadata: Fields & { uid: string; version: string }
  time: number
  class_uid: number
  category_uid: number
  activity_id: number
  type_uid: number
  severity_id: number
  message: string
  unmapped: { sluice: Fields }
  [attribute: string]: unknown
}

/** A reader's answer: the event with its place in the spool, or why it is none. */
export type Read = { event: HostEvent; sequence: number | null } | { problem: string }

const VERSION = '1.8.0'
const HIGH: readonly HostEvent['kind'][] = ['alarm', 'blocked']

/** What a machine tells, for any receiver of OCSF. What is beyond the limits of `said.ts` is cut, and `metadata.is_truncated` says so. */
export function toOcsf(whole: HostEvent, sequence?: number): OcsfEvent {
  const { event, cut } = trim(whole)
  const { class: uid, activity, fields } = bodyOf(event)
  const actor = actorOf(event)
  return {
    metadata: {
      uid: event.id, version: VERSION, product: { name: 'Sluice', vendor_name: 'Sluice', feature: { name: event.source } }, profiles: ['host', ...(HIGH.includes(event.kind) ? ['security_control'] : [])],
      ...(event.session === null ? {} : { correlation_uid: event.session }), ...(sequence === undefined ? {} : { sequence }), ...(cut ? { is_truncated: true } : {}),
    },
    time: event.at.getTime(), class_uid: uid, category_uid: Math.floor(uid / 1000), activity_id: activity, type_uid: uid * 100 + activity, severity_id: severityOf(event.kind), message: event.says,
    ...(event.count === undefined ? {} : { count: event.count }), ...(event.act === null || HIGH.includes(event.kind) ? {} : { status_id: event.act.done ? 1 : 2, ...(event.act.error === undefined ? {} : { status_code: event.act.error }) }),
    device: { hostname: event.host, type_id: 0 }, actor, ...fields,
    unmapped: { sluice: { kind: event.kind, package: event.package, place: event.place, act: event.act, process: event.process } },
  }
}

/** Reads what `toOcsf` wrote, and believes nothing else: whatever is beyond its limits, or not of its form, is a problem. */
export function fromOcsf(value: unknown): Read {
  const { metadata, time, device, actor, message, count, unmapped } = record(value)
  const { uid, product, correlation_uid: session, sequence } = record(metadata)
  const rest = unmappedSaid.safeParse(record(unmapped)['sluice'])
  if (!rest.success) return { problem: record(unmapped)['sluice'] === undefined ? 'not an event of Sluice: unmapped.sluice is missing' : problemOf(rest.error) }
  const user = record(record(actor)['user'])['name']
  const read = eventSaid.safeParse({
    ...rest.data, id: uid, at: typeof time === 'number' && Number.isFinite(time) ? new Date(time) : time, host: record(device)['hostname'], user: user ?? null, session: session ?? null, says: message,
    source: record(record(product)['feature'])['name'], ...(count === undefined ? {} : { count }),
  })
  if (!read.success) return { problem: problemOf(read.error) }
  return { event: read.data as HostEvent, sequence: Number.isSafeInteger(sequence) && (sequence as number) >= 0 ? sequence as number : null }
}

function bodyOf(event: HostEvent): { class: number; activity: number; fields: Fields } {
  const { kind, act, source, package: had, place, process } = event
  if (HIGH.includes(kind)) {
    const evidence = act ? evidenceOf(act) : place === null ? {} : { file: { name: place.split('/').at(-1) || place, path: place, type_id: 0 } }
    return { class: 2004, activity: 1, fields: {
      finding_info: { uid: event.id, title: event.says, analytic: { name: source, type_id: 2 } }, is_alert: true, status_id: 1, ...(kind === 'blocked' ? { action_id: 2, disposition_id: 2 } : { action_id: 3 }),
      evidences: [{ ...(process ? { process: processOf(process) } : {}), ...(Object.keys(evidence).length === 0 && !process ? { device: { hostname: event.host, type_id: 0 } } : evidence) }],
    } }
  }
  if (kind === 'installed' && had) {
    const { name, version, digest } = had
    const hash = digest === null ? {} : { hash: { algorithm_id: 3, value: digest.slice(7) } }
    return { class: 5020, activity: source === 'inventory' ? 2 : 1, fields: { sbom: { package: { name, version: version ?? 'unknown', purl: purl(had), type_id: 1, package_manager: had.ecosystem, ...hash }, software_components: [] } } }
  }
  if ((kind === 'removed' || kind === 'ran') && had) {
    return { class: 6002, activity: kind === 'ran' ? 3 : 2, fields: { app: { name: had.name, ...(had.version === null ? {} : { version: had.version }), uid: purl(had), ...(place === null ? {} : { path: place }) } } }
  }
  return act ? classOf(act) : { class: 0, activity: 99, fields: {} }
}

const purl = (had: HostPackage): string => purlOf({ ...had, version: had.version?.toWellFormed() ?? null })

function actorOf({ user, process, act, source }: HostEvent): Fields {
  const doer = process ? processOf(process) : act ? { pid: act.pid } : null
  return { ...(user === null ? {} : { user: { name: user } }), ...(doer ? { process: doer } : {}), ...(user === null && !doer ? { app_name: source } : {}) }
}

/** Informational, medium for what was lost, high for what policy minds. */
const severityOf = (kind: HostEvent['kind']): number => (HIGH.includes(kind) ? 4 : kind === 'lost' ? 3 : 1)

const record = (value: unknown): Readonly<Record<string, unknown>> => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : {})

