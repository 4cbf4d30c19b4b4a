const TABLE = Uint8Array.from({ length: 256 }, (_, byte) => {
  const isLetter = (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122)
  const first = byte >= 97 ? 97 : 65
  return isLetter ? (byte - first + 13) % 26 + first : byte
})

export function translated(bytes: Uint8Array, table: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length)
  for (let i = 0; i < bytes.length; i++) out[i] = table[bytes[i] as number] as number
  return out
}

export const rot13 = (bytes: Uint8Array): Uint8Array => translated(bytes, TABLE)
