import type { Matter, Rendering, Sender } from './matter.ts'
import { defanged } from './letter.ts'

/** A recipient's form or API, filled in: the fields by their names there, for a person to paste or an adapter to post. */
export interface Filled {
  form: FormId
  /** In the order in which the form has them. */
  fields: readonly { name: string; value: string }[]
  /** The same as the API takes it, where the recipient has one. */
  json: unknown
  /** What to know before pressing the button. */
  beware: readonly string[]
}

export type FormId = 'cloudflare' | 'urlhaus' | 'threatfox' | 'netcraft' | 'pypi' | 'npm' | 'generic'

interface Filling {
  matter: Matter
  sender: Sender
  /** The letter's text as it may go there. */
  text: string
  rendering: Rendering
}

const LONGEST_CLOUDFLARE = 5_000
const MOST_URLS = 250

/** Fields and limits as each recipient documents them. `text` is already redacted where it has to be. */
export function fillForm(form: FormId, { matter, sender, text, rendering }: Filling): Filled {
  const { target } = matter
  const urls = urlsOf(matter)
  switch (form) {
    case 'cloudflare': {
      // One host a report.
      const host = hostOf(urls[0] ?? target.value)
      const own = urls.filter((url) => hostOf(url) === host).slice(0, MOST_URLS)
      const notify = rendering === 'redacted' ? 'send-anon' : 'send'
      const json = {
        act: 'abuse_threat', email: sender.contact, email2: sender.contact, name: sender.organisation, urls: (own.length > 0 ? own : [`https://${host}/`]).join('\n'),
        justification: cut(text, LONGEST_CLOUDFLARE), host_notification: notify, owner_notification: 'send-anon',
      }
      return {
        form, json, fields: pairs(json),
        beware: ['what is written there goes to the hosting provider and to the owner of the site: neither can be refused', 'an automatic answer comes at once and promises nothing'],
      }
    }
    case 'urlhaus': {
      const json = { anonymous: rendering === 'redacted' ? '1' : '0', submission: urls.map((url) => ({ url, threat: 'malware_download', tags: matter.packages.map(({ ecosystem }) => ecosystem) })) }
      return { form, json, fields: urls.map((value) => ({ name: 'url', value })), beware: ['takes only addresses that serve malware directly', 'what is entered is public at once'] }
    }
    case 'threatfox': {
      const type = target.type === 'ip' ? 'ip:port' : target.type === 'domain' ? 'domain' : 'url'
      const json = {
        query: 'submit_ioc', threat_type: target.role === 'command' ? 'botnet_cc' : 'payload_delivery', ioc_type: type, malware: 'unknown', confidence_level: 75,
        iocs: [type === 'ip:port' ? `${target.value}:${target.port ?? 443}` : target.value], anonymous: rendering === 'redacted' ? 1 : 0,
      }
      return { form, json, fields: pairs({ ...json, iocs: json.iocs.join('\n') }), beware: ['what is entered is public at once'] }
    }
    case 'netcraft': {
      const json = { email: sender.contact, reason: cut(text, 10_000), urls: urls.map((url) => ({ url, country: null })) }
      return { form, json, fields: pairs({ email: json.email, reason: json.reason, urls: urls.join('\n') }), beware: [] }
    }
    case 'pypi': {
      const [first] = matter.packages
      const deed = matter.deeds[0]
      const json = {
        kind: 'is_malware', summary: cut(text, 2_000),
        inspector_url: deed ? `${deed.file}#line.${deed.lines[0]}` : '', extra: { versions: first?.versions ?? [] },
      }
      return {
        form, json, fields: pairs({ project: first?.name ?? '', kind: json.kind, summary: json.summary, 'link to the offending file and line': json.inspector_url }),
        beware: ['a link to the offending line is required: open the file at the registry\'s inspector and take its address'],
      }
    }
    case 'npm': {
      const [first] = matter.packages
      return {
        form, json: null, fields: pairs({ package: first?.name ?? '', version: first?.versions.join(', ') ?? '', email: sender.contact, reason: 'malware', description: cut(text, 5_000) }), beware: [],
      }
    }
    case 'generic':
      return { form, json: null, fields: pairs({ 'e-mail': sender.contact, name: sender.organisation, address: urls.join('\n') || target.value, message: text }), beware: ['take it that the suspect reads what is written here'] }
  }
}

const urlsOf = ({ target }: Matter): string[] => (target.urls.length > 0 ? [...target.urls] : target.type === 'url' || target.type === 'webhook' ? [target.value] : [])

function hostOf(url: string): string {
  try {
    return new URL(url.includes('://') ? url : `https://${url}`).host
  } catch {
    return defanged(url)
  }
}

const cut = (text: string, limit: number): string => (text.length <= limit ? text : `${text.slice(0, limit - 2)}…\n`)

const pairs = (values: Readonly<Record<string, unknown>>): { name: string; value: string }[] => Object.entries(values).map(([name, value]) => ({ name, value: String(value) }))
