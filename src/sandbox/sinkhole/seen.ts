import { z } from 'zod'

/**
 * What came over the wire, as JSON lines. They are written inside the box, beside code that may have broken out of its own
 * process: whoever reads them outside believes nothing but their shape.
 */

const SAMPLE = 4 * 1024
/** base64 of a sample, and a little more. */
const SAMPLE_TEXT = Math.ceil(SAMPLE / 3) * 4 + 4
const LONGEST_LINE = 256 * 1024

const text = (most: number) => z.string().max(most)
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const end = z.object({ address: text(64), port: z.number().int().min(0).max(65_535) })

const honey = z.object({
  token: text(100),
  encodings: z.array(text(40)).max(16),
  where: z.enum(['argument', 'name', 'url', 'header', 'authorization', 'body', 'file', 'environment']),
})

const body = z.object({
  size: count,
  /** Of all of it, also of what was not kept. Hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** The beginning, base64, at most 4 KiB; where it was compressed by its headers, without that. */
  sample: text(SAMPLE_TEXT),
})

const common = {
  /** Epoch milliseconds of its beginning. */
  at: z.number().min(0).max(1e14),
  /** What belongs to one connection has one number: a TLS handshake and the requests in it. 0: none. */
  connection: count,
  from: end,
  /** Where the client meant to go, as far as the box knows: a redirected port is not the one it used. */
  to: end.nullable(),
  /** The name that was meant: asked for, told in the handshake, or the one that got this address. */
  name: text(300).nullable(),
  honey: z.array(honey).max(64),
}

const line = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('dns'), ...common, type: text(20), transport: z.enum(['udp', 'tcp', 'tls', 'https']), answers: z.array(text(300)).max(8) }),
  z.object({
    kind: z.literal('tls'), ...common, sni: text(300).nullable(), alpn: z.array(text(40)).max(16),
    /** The client did not go on after our certificate: in its own words where it said something. Often a pinned certificate. */
    refused: text(300).nullable(),
  }),
  z.object({
    kind: z.literal('http'), ...common, method: text(40), url: text(8_192), status: count,
    headers: z.array(z.tuple([text(300), text(2_000)])).max(100), body: body.nullable(),
    tls: z.boolean(), proxy: z.enum(['http', 'connect', 'socks4', 'socks5']).nullable(),
    /** Which scripted answer it got. */
    script: text(60),
    /** No HTTP that a server would take: why. */
    malformed: text(200).nullable(),
  }),
  z.object({
    kind: z.literal('tcp'), ...common, protocol: text(40), tls: z.boolean(), received: body, sent: count,
    /** What the client said may be read as this: `a shell answers commands` */
    says: text(200).nullable(),
  }),
  z.object({ kind: z.literal('udp'), ...common, received: body }),
  z.object({ kind: z.literal('lost'), at: common.at, what: text(100), count }),
])

export type Seen = z.output<typeof line>
export type SeenBody = z.output<typeof body>
export type SeenHoney = z.output<typeof honey>

/** One line, read from outside; null: it is none of ours. */
export function readSeen(text: string): Seen | null {
  if (text.length > LONGEST_LINE) return null
  try {
    const read = line.safeParse(JSON.parse(text))
    return read.success ? read.data : null
  } catch {
    return null
  }
}

/** All lines of a text; `bad` counts those that could not be believed. */
export function readAllSeen(text: string, most: number): { seen: Seen[]; bad: number; more: boolean } {
  const seen: Seen[] = []
  let bad = 0
  for (let from = 0; from < text.length;) {
    const newline = text.indexOf('\n', from)
    const to = newline < 0 ? text.length : newline
    if (seen.length + bad >= most) return { seen, bad, more: true }
    if (to > from) {
      const read = readSeen(text.slice(from, to))
      if (read) seen.push(read)
      else bad++
    }
    from = to + 1
  }
  return { seen, bad, more: false }
}

export const SAMPLE_BYTES = SAMPLE

/** Makes what a hostile client chose fit the lines: cut, and without what a terminal would obey. */
// eslint-disable-next-line no-control-regex
export const plain = (value: string, most: number): string => value.slice(0, most).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, '\ufffd')
