import type { Duplex } from 'node:stream'
import { readHello } from './client-hello.ts'
import { DEEPEST, handBack, type House, type Line } from './house.ts'
import { receiveHttp, receiveHttp2 } from './http.ts'
import { receiveSocks } from './socks.ts'
import { talk } from './talk/talk.ts'
import { receiveTls } from './tls.ts'

/** A client that says nothing for so long is one that waits to be spoken to. */
const SILENCE_MS = 700
/** Where the client always speaks first it is given time: one that is traced on a busy machine takes seconds to begin. */
const CLIENT_FIRST: ReadonlySet<number> = new Set([80, 443, 3000, 8000, 8080, 8443])
const BUSY_MS = 15_000
/** Before that, a beginning that may still become something is waited for. */
const LONGEST = 40 * 1024

type Speech = 'tls' | 'http' | 'http2' | 'socks4' | 'socks5' | 'raw' | 'more'

/** Finds out what a client speaks by its first bytes, whatever the port, and hands it on. */
export function sniff(stream: Duplex, line: Line, house: House): void {
  if (line.depth > DEEPEST) {
    house.log.lose('connections nested too deeply')
    stream.destroy()
    return
  }
  const chunks: Buffer[] = []
  let have = 0
  const take = (chunk: Buffer): void => {
    chunks.push(chunk)
    have += chunk.length
    // Joining as often as a client pleases would cost the square of what it sends.
    if (chunks.length > 64) chunks.splice(0, chunks.length, Buffer.concat(chunks))
    const first = chunks.length === 1 ? chunk : Buffer.concat(chunks)
    const speech = judge(first)
    if (speech !== 'more' || have > LONGEST) decide(speech === 'more' ? 'raw' : speech, first)
  }
  const decide = (speech: Exclude<Speech, 'more'>, first: Buffer): void => {
    clearTimeout(timer)
    stream.off('data', take).off('end', gone).off('close', gone)
    handBack(stream, first)
    const next = { tls: receiveTls, http: receiveHttp, http2: receiveHttp2, socks4: receiveSocks, socks5: receiveSocks, raw: talk }[speech]
    next(stream, line, house, first)
  }
  const gone = (): void => decide('raw', Buffer.concat(chunks))
  const timer = setTimeout(() => decide('raw', Buffer.concat(chunks)), CLIENT_FIRST.has(line.to?.port ?? 0) ? BUSY_MS : SILENCE_MS)
  stream.on('data', take).on('end', gone).on('close', gone)
  stream.resume()
}

const METHOD = /^[A-Z][A-Z-]{1,23} (?:\/|\*|https?:\/\/|[^\s:/]{1,255}:\d{1,5} HTTP\/)/
const BEGINS = /^[A-Z][A-Z-]{0,23}(?: \S{0,300})?$/

function judge(first: Buffer): Speech {
  if (first[0] === 22) {
    const hello = readHello(first)
    return hello === 'none' ? 'raw' : hello === 'more' ? 'more' : 'tls'
  }
  if (first[0] === 5) return first.length < 2 || first.length < 2 + (first[1] as number) ? 'more' : first.length === 2 + (first[1] as number) ? 'socks5' : 'raw'
  if (first[0] === 4) return first.length < 9 ? 'more' : first[1] === 1 || first[1] === 2 ? 'socks4' : 'raw'
  const text = first.subarray(0, 400).toString('latin1')
  if (text.startsWith('PRI * HTTP/2.0')) return 'http2'
  if (METHOD.test(text)) return 'http'
  return BEGINS.test(text) ? 'more' : 'raw'
}
