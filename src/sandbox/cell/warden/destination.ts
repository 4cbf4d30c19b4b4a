import { spawnSync } from 'node:child_process'
import type { Socket } from 'node:net'
import { NETWORK } from '../network.ts'

/** Where the sinkhole listens: as the resolver it is, and as everybody else. */
export const LISTEN = {
  addresses: ['0.0.0.0', '::'], dns: 53, tcp: [...NETWORK.tcp.filter((port) => port !== 53), NETWORK.other.tcp], udp: [NETWORK.other.udp],
}

/** A look costs some milliseconds, in which nobody is answered. */
const MOST_LOOKS = 300

/**
 * Where connections meant to go. The address is the socket's own; a redirected port is what nft noted. Of one command only so
 * many are looked up: then the port is 0, not known, and the trace has it.
 */
export class Destinations {
  readonly #nft: string
  #looks = 0

  constructor(nft: string) {
    this.#nft = nft
  }

  /** With each command. */
  begin(): void {
    this.#looks = 0
  }

  of({ localAddress, localPort, remotePort }: Socket): { address: string; port: number } | null {
    if (localAddress === undefined || localPort === undefined) return null
    const address = localAddress.replace(/^::ffff:(?=\d)/, '')
    if (localPort !== NETWORK.other.tcp) return { address, port: localPort }
    if (++this.#looks > MOST_LOOKS) return { address, port: 0 }
    const words = ['get', 'element', address.includes(':') ? 'ip6' : 'ip', 'sink', 'meant', `{ ${remotePort} }`]
    const said = spawnSync(this.#nft, words, { stdio: ['ignore', 'pipe', 'ignore'], env: {}, timeout: 1_000, killSignal: 'SIGKILL' }).stdout?.toString('latin1') ?? ''
    return { address, port: Number(/elements = \{ \d+[^:}]* : (\d+)/.exec(said)?.[1] ?? 0) }
  }
}
