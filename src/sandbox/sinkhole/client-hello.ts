/** What a TLS client says first (RFC 8446, 4.1.2): whom it wants, and what it will speak. */
export interface Hello {
  sni: string | null
  alpn: string[]
}

/** More than a hello may be with everything that clients put in, keys of new kinds too. */
const LONGEST = 32 * 1024

/** `more`: it may become one; `none`: it is no hello, or none that we understand. */
export function readHello(bytes: Buffer): Hello | 'more' | 'none' {
  const message = handshake(bytes)
  if (typeof message === 'string') return message
  try {
    return readBody(message)
  } catch {
    return 'none'
  }
}

/** A hello may be cut into several records. */
function handshake(bytes: Buffer): Buffer | 'more' | 'none' {
  const parts: Buffer[] = []
  let have = 0
  for (let at = 0; ;) {
    if (at + 5 > bytes.length) return bytes.length > LONGEST ? 'none' : 'more'
    if (bytes[at] !== 22 || bytes[at + 1] !== 3) return 'none'
    const length = bytes.readUInt16BE(at + 3)
    if (length === 0 || length > 16_384 + 256) return 'none'
    const part = bytes.subarray(at + 5, at + 5 + length)
    parts.push(part)
    have += part.length
    if (have >= 4) {
      const whole = Buffer.concat(parts)
      const needs = 4 + whole.readUIntBE(1, 3)
      if (whole[0] !== 1 || needs > LONGEST) return 'none'
      if (whole.length >= needs) return whole.subarray(4, needs)
    }
    if (part.length < length || parts.length > 64) return parts.length > 64 || bytes.length > LONGEST ? 'none' : 'more'
    at += 5 + length
  }
}

function readBody(body: Buffer): Hello {
  let at = 2 + 32
  at += 1 + body.readUInt8(at)
  at += 2 + body.readUInt16BE(at)
  at += 1 + body.readUInt8(at)
  const hello: Hello = { sni: null, alpn: [] }
  if (at + 2 > body.length) return hello
  const end = Math.min(body.length, at + 2 + body.readUInt16BE(at))
  for (at += 2; at + 4 <= end;) {
    const [type, length] = [body.readUInt16BE(at), body.readUInt16BE(at + 2)]
    const data = body.subarray(at + 4, at + 4 + length)
    if (type === 0 && data.length > 5 && data[2] === 0) hello.sni = data.subarray(5, 5 + data.readUInt16BE(3)).toString('latin1').slice(0, 255)
    if (type === 16) hello.alpn = protocols(data)
    at += 4 + length
  }
  return hello
}

function protocols(data: Buffer): string[] {
  const list: string[] = []
  for (let at = 2; at < data.length && list.length < 16;) {
    const length = data.readUInt8(at)
    list.push(data.subarray(at + 1, at + 1 + length).toString('latin1').slice(0, 40))
    at += 1 + length
  }
  return list
}
