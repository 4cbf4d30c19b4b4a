import type { Duplex } from 'node:stream'
import { about, look, type House, type Line } from '../house.ts'
import { plain } from '../seen.ts'
import { begin, guess, type Conversation } from './protocols.ts'

/** How long a client on a port that belongs to no protocol may be silent before it is tried as a shell. */
const PATIENCE_MS = 1_500

/**
 * Whatever is neither TLS nor HTTP: recorded, and answered as its port or its first words make plausible. What connects and
 * waits to be told something is asked who it is, as an operator would ask a shell that called back.
 */
export function talk(stream: Duplex, line: Line, house: House, first: Buffer): void {
  const tap = house.log.tap()
  let conversation: Conversation | null = first.length > 0 ? guess(first, line.to?.port ?? 0) : begin(line.to?.port ?? 0)
  let [sent, told, asked] = [0, false, false]
  let says: string | null = null
  const say = (words: string | Buffer): void => {
    sent += Buffer.byteLength(words)
    if (stream.writable) stream.write(words)
  }
  const done = (): void => {
    if (told) return
    told = true
    clearTimeout(timer)
    // A handshake without a word after it stands in the record of TLS.
    if (line.tls && tap.size === 0 && sent === 0) return
    const honey = look(house, tap.kept(), 'body')
    house.log.add({
      kind: 'tcp', ...about(line, honey), protocol: conversation?.name ?? 'raw', tls: line.tls, received: tap.close(), sent,
      says: says === null ? null : plain(says, 200),
    })
  }
  const askShell = (): void => {
    if (asked || stream.destroyed) return
    asked = true
    say('id\n')
  }
  const timer = setTimeout(() => {
    if (conversation === null && tap.size === 0) askShell()
  }, PATIENCE_MS)
  const take = (chunk: Buffer): void => {
    tap.take(chunk)
    if (tap.size > house.options.limits.connectionBytes || sent > MOST_SAID) {
      house.log.lose('connections cut at their limit of bytes')
      stream.destroy()
      return
    }
    conversation ??= guess(chunk, line.to?.port ?? 0)
    const words = chunk.subarray(0, 4_096).toString('latin1')
    if (conversation === null && PROMPT.test(words)) askShell()
    if (asked && /\buid=\d+\(/.test(words)) {
      conversation = { name: 'shell', reply: () => null }
      says = 'a shell answers commands'
    }
    const reply = conversation?.reply(chunk) ?? null
    if (reply === null) return
    if (typeof reply === 'string' || Buffer.isBuffer(reply)) say(reply)
    else {
      say(reply.last)
      stream.off('data', take)
      done()
      stream.pause()
      house.sniff(stream, { ...line, depth: line.depth + 1 })
    }
  }
  stream.on('error', () => stream.destroy()).on('close', done).on('end', () => {
    done()
    stream.end()
  })
  if (stream.destroyed || stream.readableEnded) {
    if (first.length > 0) tap.take(first)
    done()
    stream.end()
    return
  }
  if (conversation?.greeting && first.length === 0) say(conversation.greeting)
  stream.on('data', take)
  stream.resume()
}

/** Of what is said to a client that makes us talk. */
const MOST_SAID = 4 * 1024 * 1024

/** How interactive shells on Unix and Windows greet. */
const PROMPT = /(?:^|\n)(?:[^\n]{0,100}[$#>] ?|sh(?:-[\d.]+)?[$#] ?|PS [A-Z]:\\[^\n]{0,100}> ?)$|no job control in this shell|Microsoft Windows \[Version/
