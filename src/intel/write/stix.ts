import { oneLine } from '../../core/text.ts'
import { everyVersion } from '../bulletin.ts'
import type { Bulletin, BulletinPackage, Publisher } from '../bulletin.ts'
import type { Tlp } from '../tlp.ts'
import { TLP_WORDS } from '../tlp.ts'
import { writePurl } from './purl.ts'
import { fileObject, observed, patternOf, softwareObject } from './stix-observables.ts'
import type { StixObject } from './stix-observables.ts'
import { OWN_NAMESPACE, uuid5 } from './uuid.ts'

export type { StixObject } from './stix-observables.ts'

/** Published by OASIS (cti-stix-common-objects, tlp-2.0); every producer uses these. */
const MARKINGS: Readonly<Record<Tlp, string>> = {
  clear: 'marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487', green: 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb',
  amber: 'marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421', 'amber+strict': 'marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003',
  red: 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1',
}
const EXTENSION = 'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d'
const NETWORK = new Set(['domain', 'onion', 'url', 'webhook', 'ipv4', 'ipv6'])
/** Versions of one package that are told as software of their own. */
const MOST_VERSIONS = 1_000

const marking = (tlp: Tlp): StixObject => ({
  type: 'marking-definition', spec_version: '2.1', id: MARKINGS[tlp], created: '2022-10-01T00:00:00.000Z', name: `TLP:${tlp.toUpperCase()}`,
  extensions: { [EXTENSION]: { extension_type: 'property-extension', tlp_2_0: tlp } },
})

/** Objects of some bulletins, each once, those that others point to first. */
export function stixObjects(bulletins: readonly Bulletin[], publisher: Publisher): StixObject[] {
  const objects = new Map<string, StixObject>()
  const put = (one: StixObject): void => {
    const before = objects.get(one.id)
    // The same thing in two bulletins is as confidential as the one that says less to others.
    if (!before || tlpOf(one) < tlpOf(before)) objects.set(one.id, one)
  }
  for (const bulletin of bulletins) for (const one of objectsOf(bulletin, publisher)) put(one)
  return [...objects.values()]
}

/** A bundle whose id is made of what is in it. */
export function stixBundle(bulletins: readonly Bulletin[], publisher: Publisher): { type: 'bundle'; id: string; objects?: StixObject[] } {
  const objects = stixObjects(bulletins, publisher)
  const content = objects.map(({ id, modified }) => `${id} ${String(modified ?? '')}`).join('\n')
  return { type: 'bundle', id: `bundle--${uuid5(OWN_NAMESPACE, `${publisher.id}\n${content}`)}`, ...(objects.length > 0 ? { objects } : {}) }
}

const tlpOf = ({ object_marking_refs: refs }: StixObject): number => TLP_WORDS.findIndex((tlp) => Array.isArray(refs) && refs.includes(MARKINGS[tlp]))

function objectsOf(bulletin: Bulletin, publisher: Publisher): StixObject[] {
  const { key, title, text, tlp, created, modified, withdrawn, packages, indicators, campaign, references } = bulletin
  const identity = identityOf(publisher)
  const seal = { object_marking_refs: [MARKINGS[tlp]] }
  const idOf = (type: string, of: string): string => `${type}--${uuid5(OWN_NAMESPACE, `${publisher.id}\n${type}\n${key}\n${of}`)}`
  const made = (type: string, of: string, more: Record<string, unknown>): StixObject => ({
    type, spec_version: '2.1', id: idOf(type, of), created_by_ref: identity.id, created: created.toISOString(), modified: modified.toISOString(),
    ...(withdrawn ? { revoked: true } : {}), ...more, ...seal,
  })
  const sealed = (one: StixObject): StixObject => ({ ...one, ...seal })
  const tie = (from: StixObject, type: string, to: StixObject): StixObject => made('relationship', `${from.id} ${type} ${to.id}`, { relationship_type: type, source_ref: from.id, target_ref: to.id })
  const outside = references.map(({ kind, url }) => ({ source_name: kind, url }))

  const told: StixObject[] = []
  const malware = packages.map((one) => {
    const files = one.files.map((file) => sealed(fileObject(file.name, file.sha256)))
    const software = versionsOf(one).map((version) => sealed(softwareObject(one.name, version, writePurl(one.ecosystem, one.name, version))))
    const bad = made('malware', `${one.ecosystem}/${one.name}`, {
      name: `${one.ecosystem}:${one.name}`, description: text, malware_types: ['unknown'], is_family: false,
      ...(files.length > 0 ? { sample_refs: files.map(({ id }) => id) } : {}),
      external_references: [...purlsOf(one).map((purl) => ({ source_name: 'purl', external_id: purl })), ...outside],
    })
    told.push(...files, ...software, bad, ...software.map((thing) => tie(bad, 'related-to', thing)))
    return bad
  })
  const places: StixObject[] = []
  for (const indicator of indicators) {
    const pattern = patternOf(indicator)
    const thing = observed(indicator)
    if (pattern === null || !thing) continue
    const sign = made('indicator', `${indicator.type} ${indicator.value}`, {
      name: `${indicator.type} of ${oneLine(title, 200)}`, ...(indicator.says === '' ? {} : { description: indicator.says }),
      indicator_types: ['malicious-activity'], pattern, pattern_type: 'stix', pattern_version: '2.1', valid_from: created.toISOString(),
    })
    told.push(sign, ...malware.map((bad) => tie(sign, 'indicates', bad)))
    if (NETWORK.has(indicator.type)) places.push(sealed(thing))
  }
  // An indicator by itself has no story.
  const lone = text === '' && packages.length === 0 && !campaign
  if (places.length > 0 && !lone) {
    const infrastructure = made('infrastructure', '', { name: `Infrastructure of ${oneLine(title, 200)}`, infrastructure_types: ['unknown'] })
    told.push(...places, infrastructure, ...places.map((place) => tie(infrastructure, 'consists-of', place)), ...malware.map((bad) => tie(bad, 'uses', infrastructure)))
  }
  if (campaign) {
    const whole: StixObject = {
      type: 'campaign', spec_version: '2.1', id: `campaign--${uuid5(OWN_NAMESPACE, `${publisher.id}\ncampaign\n${campaign.id}`)}`, created_by_ref: identity.id,
      created: created.toISOString(), modified: modified.toISOString(), name: campaign.name,
      ...(campaign.firstSeen ? { first_seen: campaign.firstSeen.toISOString() } : {}), ...(campaign.lastSeen ? { last_seen: campaign.lastSeen.toISOString() } : {}), ...seal,
    }
    told.push(whole, ...malware.map((bad) => tie(whole, 'uses', bad)))
  }
  if (lone) return [marking(tlp), identity, ...told]
  const report = made('report', '', {
    name: oneLine(title, 300), description: text, report_types: malware.length > 0 ? ['malware'] : ['indicator'], published: created.toISOString(),
    object_refs: told.length > 0 ? told.map(({ id }) => id) : [identity.id], ...(outside.length > 0 ? { external_references: outside } : {}),
  })
  return [marking(tlp), identity, ...told, report]
}

/** When a publisher began is nobody's business, and must stay the same: the day TLP 2.0 came out does. */
const identityOf = ({ id, name }: Publisher): StixObject => ({
  type: 'identity', spec_version: '2.1', id: `identity--${uuid5(OWN_NAMESPACE, id)}`, created: '2022-10-01T00:00:00.000Z', modified: '2022-10-01T00:00:00.000Z', name, identity_class: 'system',
})

const versionsOf = (one: BulletinPackage): (string | null)[] => (everyVersion(one) || one.versions.length === 0 ? [null] : one.versions.slice(0, MOST_VERSIONS))
const purlsOf = (one: BulletinPackage): string[] => versionsOf(one).map((version) => writePurl(one.ecosystem, one.name, version))
