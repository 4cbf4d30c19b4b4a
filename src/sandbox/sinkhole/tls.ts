import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { readHello } from './client-hello.ts'
import { about, look, type House, type Line } from './house.ts'
import { plain } from './seen.ts'

/** Answers a handshake as whoever is meant, and listens to what is said inside. */
export function receiveTls(stream: Duplex, line: Line, house: House, first: Buffer): void {
  const hello = readHello(first)
  if (typeof hello === 'string') {
    stream.destroy()
    return
  }
  const name = hello.sni ?? line.name ?? line.to?.address ?? 'localhost'
  const protocol = choose(hello.alpn)
  const inside = new TLSSocket(stream, {
    isServer: true, secureContext: house.mint.context(name), requestCert: false,
    ...(protocol === null ? {} : { ALPNProtocols: [protocol] }),
  })
  let [shaken, said, told] = [false, false, false]
  let refused: string | null = null
  const done = (): void => {
    if (told) return
    told = true
    const reason = refused ?? (shaken && !said ? 'closed without a word after the handshake' : shaken ? null : 'closed during the handshake')
    house.log.add({
      kind: 'tls', ...about(line, look(house, Buffer.from(name, 'latin1'), 'name'), hello.sni ?? line.name),
      sni: hello.sni === null ? null : plain(hello.sni, 300), alpn: hello.alpn.map((entry) => plain(entry, 40)),
      refused: reason === null ? null : plain(reason, 300),
    })
  }
  inside.on('error', (error) => {
    if (!shaken) refused = alertOf(error)
    done()
    stream.destroy()
  })
  inside.on('close', done)
  // A client that ends here has seen the certificate and does not want it.
  inside.on('end', () => {
    if (!shaken) stream.destroy()
  })
  stream.on('close', () => inside.destroy())
  inside.resume()
  inside.on('secure', () => {
    shaken = true
    // As Node's own server has it then: a session of HTTP/2 waits for it otherwise.
    Object.assign(inside, { secureConnecting: false })
    inside.once('data', () => {
      said = true
      done()
    })
    house.sniff(inside, { ...line, name, tls: true, depth: line.depth + 1 })
  })
}

/** HTTP/1.1 where the client speaks it; else what it asks for, whatever that is. */
function choose(offered: readonly string[]): string | null {
  return offered.includes('http/1.1') ? 'http/1.1' : offered.includes('h2') ? 'h2' : offered[0] || null
}

/** `ERR_SSL_TLSV1_ALERT_UNKNOWN_CA` → `unknown ca` */
function alertOf(error: Error & { code?: string }): string {
  const alert = /ALERT_(\w+)$/.exec(error.code ?? '')
  return alert ? (alert[1] as string).toLowerCase().replaceAll('_', ' ') : (error.code ?? error.message)
}
