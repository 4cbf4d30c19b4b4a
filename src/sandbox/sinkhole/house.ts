import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Finder } from '../../decoys/finder.ts'
import type { Answering } from './answers/answer.ts'
import type { Mint } from './certificates.ts'
import type { SeenLog } from './log.ts'
import type { Names } from './names.ts'
import type { SinkholeOptions } from './options.ts'
import { plain, type SeenHoney } from './seen.ts'

export interface End {
  address: string
  port: number
}

/** What every part of the sinkhole shares. */
export interface House {
  options: SinkholeOptions
  names: Names
  log: SeenLog
  mint: Mint
  finder: Finder
  answering: Answering
  destinationOf(socket: Socket): End | null
  /** Listens to what is inside: a proxy's tunnel, a TLS session. */
  sniff(stream: Duplex, line: Line): void
}

/** One connection, or one that came through a proxy of ours or out of a TLS session: the same connection, one layer deeper. */
export interface Line {
  connection: number
  at: number
  from: End
  to: End | null
  name: string | null
  tls: boolean
  proxy: 'http' | 'connect' | 'socks4' | 'socks5' | null
  depth: number
}

/** How deep proxies and TLS may be stacked. */
export const DEEPEST = 6

export const bare = (address: string | undefined): string => (address ?? '').replace(/^::ffff:(?=\d)/, '').replace(/%.*$/, '')

/** What a `Seen` says of a connection. */
export function about(line: Line, honey: readonly SeenHoney[], name: string | null = line.name): {
  at: number; connection: number; from: End; to: End | null; name: string | null; honey: SeenHoney[]
} {
  return { at: line.at, connection: line.connection, from: line.from, to: line.to, name: name === null ? null : plain(name, 300), honey: honey.slice(0, 64) }
}

/** Planted secrets in what came in; searches that ended at their budget are counted. */
export function look({ finder, log }: House, bytes: Uint8Array, where: SeenHoney['where']): SeenHoney[] {
  const before = finder.unfinished
  const found = where === 'name' ? finder.findInName(Buffer.from(bytes).toString('latin1')) : finder.find(bytes)
  if (finder.unfinished > before) log.lose('searches for secrets cut at their budget')
  return found.map(({ token, encodings }) => ({ token, encodings: [...encodings], where }))
}

/** Gives back what was read, so that whoever comes next reads the stream from there. */
export function handBack(stream: Duplex, bytes: Buffer): void {
  stream.pause()
  if (bytes.length > 0) stream.unshift(bytes)
}
