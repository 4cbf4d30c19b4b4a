import { split, text } from './arguments.ts'

/** Where a call reaches to. `text` is `address:port` (IPv6 in brackets), a path, `@name` for abstract sockets, or the family. */
export interface Address {
  family: 'ip' | 'unix' | 'other'
  text: string
  port: number | null
}

/** `{sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.1")}`; null: no address. */
export function address(argument: string | undefined): Address | null {
  if (argument === undefined || !argument.startsWith('{sa_family=')) return null
  const parts = split(argument.slice(1, -1), 12)
  const family = parts[0]?.slice('sa_family='.length) ?? ''
  if (family === 'AF_INET' || family === 'AF_INET6') return internet(parts)
  if (family === 'AF_UNIX') {
    const path = parts.find((part) => part.startsWith('sun_path='))?.slice('sun_path='.length)
    const named = path?.startsWith('@') ? `@${text(path.slice(1)) ?? ''}` : text(path) ?? ''
    return { family: 'unix', text: named, port: null }
  }
  return { family: 'other', text: family.slice(0, 40), port: null }
}

function internet(parts: readonly string[]): Address | null {
  const port = Number(/^sin6?_port=htons\((\d{1,5})\)$/.exec(parts[1] ?? '')?.[1] ?? Number.NaN)
  const at = parts.map((part) => /(?:inet_addr\(|inet_pton\(AF_INET6, )"([0-9a-fA-F.:]{1,45})"/.exec(part)?.[1]).find((found) => found !== undefined)
  if (at === undefined || Number.isNaN(port)) return null
  return { family: 'ip', text: joinPort(at, port), port }
}

/** An IPv4 address that came in an IPv6 socket is written as what it is. */
function joinPort(at: string, port: number): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(at)?.[1]
  const host = mapped ?? at
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** The other end of a connected socket, from its annotation (`TCP:[127.0.0.1:1->192.0.2.1:443]`); null: not connected, or no IP. */
export function peer(names: string | null): Address | null {
  const found = /^(?:TCP|UDP)(?:v6)?:\[(.{1,100})->(.{1,60})\]$/.exec(names ?? '')?.[2]
  const parts = /^\[?([0-9a-fA-F.:]{2,45}?)\]?:(\d{1,5})$/.exec(found ?? '')
  return parts && { family: 'ip', text: joinPort(parts[1] as string, Number(parts[2])), port: Number(parts[2]) }
}
