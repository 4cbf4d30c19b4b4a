import { createReadStream } from 'node:fs'
import { open as openFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import type { z } from '@hono/zod-openapi'
import { Answers } from '../api/schemas.ts'
import { SluiceError, sentence } from '../core/errors.ts'
import { oneLine } from '../core/text.ts'
import { readFeed } from '../intel/records.ts'
import type { Desk } from './desk.ts'
import { remoteHuntDesk } from './hunt-desk.ts'
import { remoteDownloadsDesk } from './downloads-desk.ts'
import { remoteHostsDesk } from './hosts-desk.ts'
import { remoteInventoryDesk } from './inventory-desk.ts'
import { remoteSandboxDesk } from './sandbox-desk.ts'
import { remoteReviewsDesk } from './reviews-desk.ts'
import { remoteRecallDesk } from './recall-desk.ts'
import { remoteDomainDesk } from './domains-desk.ts'
import { remoteIncidentDesk } from './incident-desk.ts'
import { remoteExchangeDesk } from './exchange-desk.ts'
import { remoteWatchDesk } from './watch-desk.ts'

/** Long enough for a scan or the verification of a large ledger. */
const PATIENCE = 15 * 60_000

/** The desk of a running gate, through its API. `token` from `SLUICE_TOKEN`; null asks as nobody. */
export function remoteDesk(server: string, token: string | null): Desk {
  const base = baseOf(server)
  const call = <S extends z.ZodType>(answer: S, path: string, request: Request = {}): Promise<z.output<S>> => ask(base, token, { answer, path, ...request })
  return {
    hunt: remoteHuntDesk(Object.assign(call, { text: (path: string) => asText(base, token, path) })),
    exchange: remoteExchangeDesk(Object.assign(call, { text: (path: string) => asText(base, token, path) })),
    watch: remoteWatchDesk(Object.assign(call, { text: (path: string) => asText(base, token, path) })),
    domains: remoteDomainDesk(Object.assign(call, { text: (path: string) => asText(base, token, path) })),
    sandbox: remoteSandboxDesk(Object.assign(call, { text: (path: string) => asText(base, token, path) })),
    reviews: remoteReviewsDesk(Object.assign(call, { text: (path: string) => asText(base, token, path) })),
    inventory: remoteInventoryDesk(Object.assign(call, { text: (path: string) => asText(base, token, path) })),
    hosts: remoteHostsDesk(Object.assign(call, { text: (path: string) => asText(base, token, path) })),
    incidents: remoteIncidentDesk(Object.assign(call, { text: (path: string) => asText(base, token, path) })),
    downloads: remoteDownloadsDesk(Object.assign(call, { text: (path: string) => asText(base, token, path) })),
    recalls: remoteRecallDesk(Object.assign(call, { text: (path: string) => asText(base, token, path), bytes: (path: string, json: unknown) => asBytes(base, token, path, json) })),
    where: `the gate at ${base.origin}${base.pathname.replace(/\/$/, '')}`,
    origin: `${base.origin}${base.pathname.replace(/\/$/, '')}`,
    status: () => call(Answers.status, 'status'),
    checkup: () => call(Answers.checkup, 'checkup', { method: 'POST' }),
    order: ({ digest, expiresAt, ...rest }) => call(Answers.order, 'orders', {
      json: { ...rest, ...(digest === null ? {} : { digest }), ...(expiresAt === null ? {} : { expiresAt: expiresAt.toISOString() }) },
    }),
    orders: () => call(Answers.orders, 'orders'),
    trace: (asked, { kinds = [], since, until, cursor }) => call(Answers.trace, `trace?${new URLSearchParams([
      ...Object.entries({ ...asked, since: since?.toISOString(), until: until?.toISOString(), cursor, limit: '1000' }).filter(([, value]) => value !== undefined),
      ...kinds.map((kind) => ['kind', kind]),
    ] as [string, string][])}`),
    forget: (person, because) => call(Answers.forgot, 'ledger/forget', { json: { ...person, because } }),
    policy: () => call(Answers.policy, 'policy'),
    testPolicy: (text, since) => call(Answers.replay, 'policy/test', { json: { text, since: since.toISOString() } }),
    head: () => call(Answers.head, 'ledger/head'),
    verifyLedger: (head) => call(Answers.verification, 'ledger/verify', { json: head ? { head } : {} }),
    importFeed: (path, progress) => call(Answers.feed, `feeds?name=${encodeURIComponent(labelOf(path))}`, { lines: recordsOf(path, progress) }),
    scan: (target, { file }) => call(Answers.scan, 'scans', { json: { package: target, ...(file === undefined ? {} : { file }) } }),
    tokens: () => call(Answers.tokens, 'tokens'),
    createToken: ({ expiresAt, ...rest }) => call(Answers.newToken, 'tokens', { json: { ...rest, ...(expiresAt === null ? {} : { expiresAt: expiresAt.toISOString() }) } }),
    async revokeToken(id) {
      try {
        await call(Answers.revoked, `tokens/${encodeURIComponent(id)}`, { method: 'DELETE' })
        return true
      } catch (thrown) {
        if (thrown instanceof SluiceError && thrown.code === 'not-found') return false
        throw thrown
      }
    },
    close: () => Promise.resolve(),
  }
}

/** The API of a gate, for commands whose words stand in files of their own. Throws `usage` for what is no address. */
export function apiOf(server: string, token: string | null) {
  const base = baseOf(server)
  const origin = `${base.origin}${base.pathname.replace(/\/$/, '')}`
  const call = <S extends z.ZodType>(answer: S, path: string, request: Request = {}): Promise<z.output<S>> => ask(base, token, { answer, path, ...request })
  return { call, origin, where: `the gate at ${origin}` }
}

/** Whether a gate answers at this address. */
export async function answers(origin: string): Promise<boolean> {
  try {
    const response = await fetch(`${origin}/healthz`, { signal: AbortSignal.timeout(2_000), redirect: 'error' })
    return response.ok
  } catch {
    return false
  }
}

interface Request {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Posted as JSON. */
  json?: unknown
  /** Posted as it comes. */
  lines?: AsyncIterable<string>
  bytes?: Uint8Array
  /** Lines of JSON that were packed with gzip. */
  packed?: Uint8Array
}

function baseOf(server: string): URL {
  const url = URL.parse(server.includes('://') ? server : `http://${server}`)
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '') {
    throw new SluiceError('usage', `not the address of a gate: ${oneLine(server.replace(/\/\/[^/@]*@/, '//…@'), 200)}`, { hint: 'write it like --server http://127.0.0.1:4880; the token goes into SLUICE_TOKEN' })
  }
  url.pathname = url.pathname.replace(/\/*$/, '/')
  return url
}

async function ask<S extends z.ZodType>(base: URL, token: string | null, { answer, path, ...request }: Request & { answer: S; path: string }): Promise<z.output<S>> {
  const { response, text } = await send(base, token, path, request)
  return read(response, text, { answer, base, token })
}

/** What is not JSON: a table. What went wrong is. */
async function asText(base: URL, token: string | null, path: string): Promise<string> {
  const { response, text } = await send(base, token, path, {})
  if (!response.ok) read(response, text, { answer: Answers.error, base, token })
  return text
}

/** A body too large to be held. */
async function asBytes(base: URL, token: string | null, path: string, json: unknown): Promise<AsyncIterable<Uint8Array>> {
  const { response } = await open(base, token, path, { json })
  if (!response.ok || !response.body) read(response, await response.text(), { answer: Answers.error, base, token })
  return response.body as unknown as AsyncIterable<Uint8Array>
}

async function send(base: URL, token: string | null, path: string, request: Request): Promise<{ response: Response; text: string }> {
  const { response, failed } = await open(base, token, path, request)
  return { response, text: await response.text().catch(failed) }
}

async function open(base: URL, token: string | null, path: string, { method, json, lines, bytes, packed }: Request): Promise<{ response: Response; failed(cause: unknown): never }> {
  const failed = (cause: unknown): never => {
    const why = cause instanceof Error && cause.cause ? sentence(cause.cause) || String((cause.cause as { code?: string }).code) : sentence(cause)
    throw new SluiceError('upstream-unreachable', `no gate answers at ${base.href}: ${why}`, { cause, hint: 'is it running? Its log or sluice up says where it is open' })
  }

  const body = lines ? Readable.toWeb(Readable.from(lines)) : packed ?? bytes ?? (json === undefined ? undefined : JSON.stringify(json))
  const type = lines ?? packed ? 'application/x-ndjson' : bytes ? 'text/plain' : 'application/json'
  try {
    const response = await fetch(new URL(`api/v1/${path}`, base), {
      method: method ?? (body === undefined ? 'GET' : 'POST'), redirect: 'error', signal: AbortSignal.timeout(PATIENCE),
      headers: { accept: 'application/json, text/csv', ...(body === undefined ? {} : { 'content-type': type }), ...(packed ? { 'content-encoding': 'gzip' } : {}), ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
      ...(body === undefined ? {} : { body, duplex: 'half' }),
    } as RequestInit)
    return { response, failed }
  } catch (cause) {
    return failed(cause)
  }
}

/** A gate of another version may answer otherwise: that is said, rather than printed wrongly. */
function read<S extends z.ZodType>({ ok, status }: Response, text: string, { answer, base, token }: { answer: S; base: URL; token: string | null }): z.output<S> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new SluiceError('upstream-wrong-type', `what answers at ${base.href} is no gate (status ${status})`, { cause })
  }
  if (ok) {
    const checked = answer.safeParse(value)
    if (checked.success) return checked.data
    throw new SluiceError('upstream-wrong-type', `the gate at ${base.href} answers in a form this program does not know`, { hint: 'use the same version of sluice on both sides' })
  }
  const { error, hint } = Answers.error.safeParse(value).data ?? { error: `it answered ${status}` }
  if (status === 401) {
    throw new SluiceError('forbidden', `the gate refuses: ${oneLine(error, 300)}`, {
      hint: token === null ? 'set SLUICE_TOKEN to a token of `sluice token create`, made where the gate runs' : 'SLUICE_TOKEN holds a token that does not do',
    })
  }
  const code = status === 404 ? 'not-found' : status === 400 ? 'usage' : 'upstream-status'
  throw new SluiceError(code, oneLine(error, 2_000), hint === undefined ? {} : { hint: oneLine(hint, 500) })
}

const labelOf = (path: string): string => (basename(path).replace(/\.(?:jsonl?|ndjson|zip)$/, '').replace(/[^\w.-]/g, '-') || 'feed').slice(0, 90)

async function isPlainFile(path: string): Promise<boolean> {
  if (!(await stat(path).catch(() => null))?.isFile()) return false
  const file = await openFile(path)
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0)
    return buffer.toString('latin1') !== 'PK'
  } finally {
    await file.close()
  }
}

/** Every kind of feed becomes one record a line on the way. What is no JSON goes along as text, for the gate to count. */
async function* recordsOf(path: string, progress: (done: number) => void): AsyncGenerator<string> {
  // The gate tells by content what a file is; folders and archives go as records one a line.
  if (await isPlainFile(path)) return yield* createReadStream(path, 'utf8') as AsyncIterable<string>
  let done = 0
  for await (const item of readFeed(path)) {
    yield `${'value' in item ? JSON.stringify(item.value) : `${item.file} ${item.problem}`.replace(/\n/g, ' ')}\n`
    if (++done % 500 === 0) progress(done)
  }
}
