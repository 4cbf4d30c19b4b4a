const AF_INET = 2
const AF_INET6 = 10

/** The beginning of a `sockaddr` as little-endian words of 64 bits → `address:port`; null: neither IPv4 nor IPv6. */
export function addressOf(family: number, words: readonly bigint[]): string | null {
  if (words.length < 3) return null
  const bytes = Buffer.alloc(24)
  for (const [index, word] of words.slice(0, 3).entries()) bytes.writeBigUInt64LE(word, index * 8)
  const port = bytes.readUInt16BE(2)
  if (family === AF_INET) return `${bytes.subarray(4, 8).join('.')}:${port}`
  if (family !== AF_INET6) return null
  const address = bytes.subarray(8, 24)
  // IPv4 in an IPv6 socket (RFC 4291 §2.5.5.2) is written as what it is.
  if (address.subarray(0, 10).every((byte) => byte === 0) && address.readUInt16BE(10) === 0xffff) return `${address.subarray(12).join('.')}:${port}`
  return `[${ipv6(address)}]:${port}`
}

/** As RFC 5952 writes it. */
export function ipv6(address: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, index) => (((address[index * 2] ?? 0) << 8) | (address[index * 2 + 1] ?? 0)).toString(16)).join(':')
  return new URL(`http://[${groups}]/`).hostname.slice(1, -1)
}
