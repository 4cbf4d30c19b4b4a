import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Asker, Door, Served } from '../admission/serve.ts'
import type { Passage } from '../admission/passage.ts'
import { isCode, sentence } from '../core/errors.ts'
import type { Denial, EcosystemId } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import type { Ask, Ecosystem } from '../ecosystems/ecosystem.ts'
import { send, sendBytes, sendIndex, sendUnchangedBytes, sendUnchangedIndex } from './answer.ts'
import { bodyOf } from './body.ts'

/** Larger requests to local services (audits post whole dependency trees) are refused. */
const LARGEST_REQUEST = 16 * 1024 * 1024
const LONGEST_PATH = 4_096

/** `/npm/…` → npm and the path below it. */
export function ecosystemOf(url: string): { ecosystem: Ecosystem; prefix: string; path: string; query: string } | null {
  const slash = url.indexOf('/', 1)
  if (slash < 0) return null
  const id = url.slice(1, slash)
  if (!Object.hasOwn(ecosystems, id)) return null
  const mark = url.indexOf('?', slash)
  return {
    ecosystem: ecosystems[id as EcosystemId], prefix: url.slice(0, slash + 1),
    path: mark < 0 ? url.slice(slash) : url.slice(slash, mark), query: mark < 0 ? '' : url.slice(mark + 1),
  }
}

export interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  asker: Asker
  /** Page of a package in the console, for denials. */
  linkTo(ecosystem: EcosystemId, name: string, version: string | null): string
}

/** How a request ended, for the metrics: never words of the request. */
export type Outcome = Served['kind'] | 'local' | 'passthrough' | 'refused'

/** One registry request: what is asked, through the door, into that client's own kind of answer. Holds no policy. */
export async function route(
  { door, passage }: { door: Door; passage: Passage }, target: NonNullable<ReturnType<typeof ecosystemOf>>, exchange: Exchange,
): Promise<Outcome> {
  const { ecosystem, path, query } = target
  const { request, response, asker } = exchange
  const method = request.method ?? 'GET'
  const ask = path.length > LONGEST_PATH ? null
    : ecosystem.parse({ method, path, query, accept: String(request.headers.accept ?? ''), tool: asker.client.tool })

  if (ask === null) return refuse(exchange, ecosystem, { kind: 'refused', status: 404, message: `${method} ${path.slice(0, 200)} is nothing this gate knows` })
  switch (ask.kind) {
    case 'refused': return refuse(exchange, ecosystem, ask)
    case 'local': {
      const body = await bodyOf(request, LARGEST_REQUEST)
      const answer = await ecosystem.answer(ask, body, passage.desk(ecosystem.id, asker))
      send(response, answer, asker.body)
      return 'local'
    }
    case 'passthrough': {
      const answer = await passage.through(ecosystem.id, ask, { accept: String(request.headers.accept ?? ''), asker })
      if ('kind' in answer) return respond(exchange, ecosystem, ask, answer)
      send(response, answer, asker.body)
      return 'passthrough'
    }
    case 'index': return respond(exchange, ecosystem, ask, await door.index(ecosystem.id, ask, asker))
    case 'artifact': return respond(exchange, ecosystem, ask, await door.artifact(ecosystem.id, ask, asker))
    case 'companion': return respond(exchange, ecosystem, ask, await door.companion(ecosystem.id, ask, asker))
    case 'query': return respond(exchange, ecosystem, ask, await door.query(ecosystem.id, ask, asker))
    default: return ask satisfies never
  }
}

async function respond(exchange: Exchange, ecosystem: Ecosystem, ask: Ask, served: Served): Promise<Outcome> {
  const { request, response, asker, linkTo } = exchange
  const name = 'name' in ask && ask.name !== null ? ask.name : ''
  const deny = (reason: Denial['reason'], message: string, version: string | null): void => {
    const denial: Denial = { reason, name, version, message, requestId: asker.requestId, link: linkTo(ecosystem.id, name, version), base: asker.base }
    send(response, ecosystem.deny(ask, denial, asker.client), asker.body)
  }
  const byTool = ecosystem.variesByTool === true
  switch (served.kind) {
    case 'index': sendIndex(response, served, { body: asker.body, byTool }); break
    case 'unchanged':
      if (ask.kind === 'artifact' || ask.kind === 'companion') sendUnchangedBytes(response, served.etag)
      else sendUnchangedIndex(request, response, { etag: served.etag, encoding: asker.encoding, byTool })
      break
    case 'document': send(response, { status: 200, headers: { 'content-type': served.contentType, 'cache-control': 'no-cache' }, body: served.body }, asker.body); break
    case 'bytes': await sendBytes(request, response, served, 'application/octet-stream'); break
    case 'denied': deny(served.ruling.reason, served.ruling.because, served.version); break
    case 'absent': deny(served.status === 404 || served.status === 410 ? 'unknown-package' : 'refused', served.text || `upstream answered ${served.status}`, null); break
    case 'down': deny('upstream-down', served.because, null); break
  }
  return served.kind
}

function refuse(exchange: Exchange, ecosystem: Ecosystem, ask: Extract<Ask, { kind: 'refused' }>): Outcome {
  const { response, asker } = exchange
  const denial: Denial = {
    reason: ask.status === 404 ? 'unknown-package' : 'bad-request', name: '', version: null, message: ask.message,
    requestId: asker.requestId, link: asker.base,
  }
  const answer = ecosystem.deny(ask, denial, asker.client)
  send(response, { ...answer, status: ask.status }, asker.body)
  return 'refused'
}

/** What went wrong, for the person at the other end: ours are sentences, anything else is a defect with an id. */
export function failure(thrown: unknown, requestId: string): { status: number; message: string } {
  if (isCode(thrown, 'usage')) return { status: 400, message: sentence(thrown) }
  if (isCode(thrown, 'storage')) return { status: 503, message: `the gate cannot write its ledger now: ${sentence(thrown)}` }
  return { status: 500, message: `an error of the gate itself; its log has it under ${requestId}` }
}
