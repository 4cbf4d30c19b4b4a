import { lookup } from 'node:dns'
import dns from 'node:dns'
import net from 'node:net'
import { configureGlobal } from 'fast-check'

// The same code gets the same answer: random tests begin where they did the last time. `SEED=$RANDOM npm test` looks elsewhere, `npm run fuzz` for longer.
configureGlobal({ seed: Number(process.env['SEED'] ?? 7) })

// No test dials out: whatever is not loopback fails at once, by name and by address.
const loopback = (host: string | undefined): boolean =>
  host === undefined || host === 'localhost' || host === '::1' || host.startsWith('127.') || host.endsWith('.localhost')

const connect = net.Socket.prototype.connect
net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]) {
  const first = Array.isArray(args[0]) ? (args[0] as unknown[])[0] : args[0]
  const host = typeof first === 'object' && first !== null ? (first as { host?: string }).host : (args[1] as string | undefined)
  const path = typeof first === 'object' && first !== null ? (first as { path?: string }).path : undefined
  if (!path && typeof host === 'string' && !loopback(host)) throw new Error(`a test tried to dial ${host}`)
  return (connect as (...a: unknown[]) => net.Socket).apply(this, args)
} as typeof connect

dns.lookup = ((host: string, ...rest: unknown[]) => {
  if (!loopback(host) && net.isIP(host) === 0) throw new Error(`a test tried to resolve ${host}`)
  return (lookup as (...a: unknown[]) => void)(host, ...rest)
}) as typeof dns.lookup
