/** A machine's name as it is kept and compared: names of hosts know no capitals (RFC 1035 §2.3.3). null: no machine can be called that. */
export function hostName(text: string): string | null {
  const name = text.trim().toLowerCase().replace(/\.$/, '')
  return /^[a-z0-9](?:[\w.:-]{0,252})$/.test(name) ? name : null
}
