/** The name that a DNS query asks for (RFC 1035, 4.1.2); null: no query. Over TCP two bytes of length come first. */
export function dnsName(message: Uint8Array, tcp = false): string | null {
  let i = tcp ? 14 : 12
  const asked = ((message[i - 8] ?? 0) << 8) | (message[i - 7] ?? 0)
  if (message.length < i + 5 || asked === 0 || ((message[i - 10] ?? 0x80) & 0x80) !== 0) return null
  const labels: string[] = []
  for (let size = message[i] as number; size !== 0; size = message[i] ?? 0xff) {
    if (size > 63 || i + 1 + size > message.length) return null
    labels.push(Buffer.from(message.subarray(i + 1, i + 1 + size)).toString('latin1'))
    i += size + 1
  }
  return labels.length === 0 || i > 255 + 14 ? null : labels.join('.').toLowerCase()
}
