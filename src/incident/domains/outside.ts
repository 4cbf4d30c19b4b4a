import { text } from 'node:stream/consumers'
import { SluiceError } from '../../core/errors.ts'
import type { Upstream } from '../../ports/upstream.ts'
import type { CertificateFacts, PassiveFacts } from './facts.ts'
import { list, moment, things, words, at, wordList } from './rdap/json.ts'
import type { Thing } from './rdap/json.ts'

/** Services that know the past of a name, where the operator named one: each learns what is looked at. */

const LARGEST = 16 * 1024 * 1024
const PATIENCE = 30_000
const MOST = 200

/** A log of certificates that answers as crt.sh does: a JSON list with `issuer_name`, `name_value`, `not_before`. Throws SluiceError. */
export async function certificatesOf(upstream: Upstream, template: string, domain: string): Promise<CertificateFacts> {
  const all = things(wholeList(parsed(await get(upstream, template, domain), domain))).flatMap((one) => {
    const [from, to] = [moment(at(one, 'not_before')), moment(at(one, 'not_after'))]
    const written = [...String(at(one, 'name_value') ?? '').slice(0, 10_000).split(/[\s,]+/), words(at(one, 'common_name')) ?? '']
    const names = [...new Set(written.map((name) => name.toLowerCase()))].filter((name) => NAME.test(name)).slice(0, 50).toSorted()
    if (from === null || names.length === 0) return []
    return [{ serial: words(at(one, 'serial_number')) ?? words(at(one, 'id')) ?? '', names, issuer: organisation(words(at(one, 'issuer_name')) ?? ''), from: from.toISOString(), to: to?.toISOString() ?? '' }]
  })
  const once = [...new Map(all.map((one) => [`${one.serial} ${one.from} ${one.names.join()}`, one])).values()].toSorted((a, b) => (a.from + a.serial > b.from + b.serial ? -1 : 1))
  return { certificates: once.slice(0, MOST), cut: once.length > MOST }
}

const NAME = /^(?:\*\.)?[a-z0-9_-]{1,63}(?:\.[a-z0-9-]{1,63})+$/
const organisation = (issuer: string): string => (/O="?([^",]+)/.exec(issuer)?.[1] ?? issuer).slice(0, 100)

/** Passive DNS in the common output format (draft-dulaunoy-dnsop-passive-dns-cof): a JSON object a line, or a list. Throws SluiceError. */
export async function passiveOf(upstream: Upstream, template: string, domain: string): Promise<PassiveFacts> {
  const body = await get(upstream, template, domain)
  const lines = /^\s*\[/.test(body) ? wholeList(parsed(body, domain)) : body.split('\n').filter((line) => line.trim() !== '').slice(0, 10_000).map((line) => parsed(line, domain))
  const all = things(lines).flatMap((one) => {
    const [name, type] = [words(at(one, 'rrname')), words(at(one, 'rrtype'))]
    const written = at(one, 'rdata')
    const values = typeof written === 'string' ? wordList([written]) : wordList(written)
    const data = values.map((value) => value.toLowerCase().replace(/\.$/, '')).slice(0, 50).toSorted()
    if (name === null || type === null || data.length === 0) return []
    return [{ name: name.toLowerCase().replace(/\.$/, ''), type: type.toUpperCase(), data, first: seconds(one, 'first'), last: seconds(one, 'last') }]
  }).toSorted((a, b) => ((a.first ?? '') + a.name + a.type < (b.first ?? '') + b.name + b.type ? -1 : 1))
  return { records: all.slice(0, MOST), cut: all.length > MOST }
}

/** `time_first`, or `zone_time_first`, in seconds since 1970. */
function seconds(one: Thing, which: 'first' | 'last'): string | null {
  const value = Number(at(one, `time_${which}`) ?? at(one, `zone_time_${which}`) ?? Number.NaN)
  return Number.isFinite(value) && value > 0 && value < 1e11 ? new Date(value * 1_000).toISOString() : null
}

const wholeList = (value: unknown): unknown[] => (Array.isArray(value) ? value.slice(0, 10_000).flatMap((one) => list([one])) : [])

async function get(upstream: Upstream, template: string, domain: string): Promise<string> {
  const url = template.replaceAll('{domain}', encodeURIComponent(domain))
  const answer = await upstream.fetch(url, { headers: { accept: 'application/json' }, limit: LARGEST, timeout: PATIENCE })
  if (answer.status === 404) {
    answer.body.destroy()
    return '[]'
  }
  if (answer.status !== 200) {
    answer.body.destroy()
    throw new SluiceError('upstream-status', `${new URL(url).origin} answers ${answer.status}`)
  }
  return text(answer.body)
}

function parsed(body: string, domain: string): unknown {
  try {
    return JSON.parse(body)
  } catch (cause) {
    throw new SluiceError('upstream-wrong-type', `asked about ${domain}, the service answers with ${/^\s*</.test(body) ? 'a web page' : 'something that is not JSON'}`, { cause })
  }
}
