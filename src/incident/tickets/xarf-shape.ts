import { z } from 'zod'

/**
 * The parts of XARF 4.2 (github.com/xarf/xarf-spec) that complaints here use, as strict as the published schemas where those say something,
 * and stricter where they leave it open: what is not listed here is not sent. `_internal` does not exist.
 */

const instant = z.iso.datetime()
const host = z.string().regex(/^([a-z0-9]+(-[a-z0-9]+)*\.)+[a-z]{2,}$/)
const contact = z.strictObject({ org: z.string().min(1).max(200), contact: z.email(), domain: host })
const evidence = z.strictObject({
  content_type: z.string().min(3).max(100), description: z.string().max(500), payload: z.base64(),
  hash: z.string().regex(/^sha256:[0-9a-f]{64}$/), size: z.int().min(0).max(5_242_880),
})

const core = {
  xarf_version: z.literal('4.2.0'), report_id: z.uuidv4(), timestamp: instant, reporter: contact, sender: contact,
  source_identifier: z.string().min(1).max(500), source_port: z.int().min(1).max(65_535).optional(),
  evidence_source: z.enum(['automated_scan', 'researcher_analysis']), evidence: z.array(evidence).max(50),
  tags: z.array(z.string().regex(/^[a-z0-9][a-z0-9_+-]*:[a-z0-9][a-z0-9_+-]*$/)).max(20),
  confidence: z.number().min(0).max(1).optional(), description: z.string().max(1_000),
}
const content = {
  ...core, category: z.literal('content'), url: z.url(), domain: host.optional(), registrar: z.string().max(200).optional(), nameservers: z.array(z.string().max(253)).max(20).optional(),
  dns_records: z.strictObject({ a: z.array(z.ipv4()).optional(), aaaa: z.array(z.ipv6()).optional() }).optional(),
  verified_at: instant.optional(), verification_method: z.enum(['manual', 'automated_crawler']).optional(), target_brand: z.string().max(200).optional(),
}

export const xarf = z.discriminatedUnion('type', [
  z.strictObject({
    ...content, type: z.literal('malware'), distribution_method: z.literal('supply_chain'),
    file_hashes: z.strictObject({ md5: z.string().regex(/^[0-9a-f]{32}$/), sha1: z.string().regex(/^[0-9a-f]{40}$/), sha256: z.string().regex(/^[0-9a-f]{64}$/) }).partial().optional(),
    c2_servers: z.array(z.strictObject({ address: z.string().max(253), port: z.int().min(1).max(65_535).optional(), protocol: z.enum(['http', 'https', 'tcp', 'udp', 'dns', 'other']).optional() })).max(50).optional(),
  }),
  z.strictObject({
    ...content, type: z.literal('suspicious_registration'), registration_date: instant, days_since_registration: z.int().min(0),
    suspicious_indicators: z.array(z.enum(['typosquatting', 'homograph_attack', 'brand_keyword', 'bulk_registration', 'other'])).min(1),
    targeted_brands: z.array(z.string().max(200)).max(20).optional(), predicted_usage: z.array(z.literal('malware')),
    related_domains: z.array(z.strictObject({
      domain: z.string().max(253), relationship: z.enum(['same_registrant', 'same_nameserver', 'same_ip', 'same_ssl_cert', 'similar_pattern', 'same_campaign']),
    })).max(20).optional(),
  }),
  z.strictObject({
    ...core, category: z.literal('infrastructure'), type: z.literal('botnet'), compromise_evidence: z.string().min(1).max(2_000), c2_server: z.string().max(2_000),
    c2_protocol: z.enum(['http', 'https', 'tcp', 'custom']).optional(),
  }),
])

export type Xarf = z.output<typeof xarf>
