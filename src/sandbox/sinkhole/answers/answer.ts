import type { End } from '../house.ts'

/** What a scripted answer is given to look at. */
export interface Asked {
  method: string
  /** Lower case, without port. */
  host: string
  /** Decoded where that is possible, with its leading slash, without query. */
  path: string
  query: URLSearchParams
  /** As it was asked for. */
  url: string
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>
  /** The beginning of it, without the compression its headers name. */
  body: Buffer
  to: End | null
  tls: boolean
  from: End
}

export interface Answer {
  /** For the record: which script, and what it took the request for (`npm/whoami`). */
  script: string
  status: number
  headers?: Readonly<Record<string, string>>
  /** A string is text; an object becomes JSON; a path is a file that is streamed. */
  body: string | Buffer | { json: unknown } | { file: string; size: number }
}

export interface Answering {
  /** Never null; may throw where a script fails. */
  answer(asked: Asked): Answer
}

export const json = (script: string, value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Answer => ({ script, status, headers, body: { json: value } })

export const text = (script: string, body: string | Buffer, type = 'text/plain; charset=utf-8', status = 200): Answer => ({ script, status, headers: { 'content-type': type }, body })
