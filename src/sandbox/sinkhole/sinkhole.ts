import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { createServer, isIP, type AddressInfo, type Server, type Socket } from 'node:net'
import { Finder } from '../../decoys/finder.ts'
import { plantedBy } from '../../decoys/tokens.ts'
import { answering } from './answers/table.ts'
import { makeAuthority, Mint } from './certificates.ts'
import { serveStream, serveUdp } from './dns-server.ts'
import { bare, type End, type House, type Line } from './house.ts'
import { SeenLog } from './log.ts'
import { Names } from './names.ts'
import { readOptions } from './options.ts'
import { sniff } from './sniff.ts'
import { recordUdp } from './udp.ts'

export interface Outlet {
  /** Takes one line of `seen.ts` with its newline; never waited for. */
  write(line: string): void
  /** Where a connection was going before it was redirected to us; null, or left out: to its local address and port. */
  destinationOf?(socket: Socket): End | null
}

export interface Sinkhole {
  /** As bound, in the order of the options: each address with each port. */
  listening: { dns: End[]; tcp: End[]; udp: End[] }
  /** PEM of whom clients in the box have to trust. */
  authority: string
  /** What was left out because of a limit, for people; also written as `lost` lines. */
  cut(): string[]
  /** To be called when a command has ended: what hangs is closed, all that was seen is written. */
  settle(): Promise<void>
  close(): Promise<void>
}

/**
 * A network of one's own to answer everything: every name has an address, every port a listener, and whatever is said is
 * recorded. It connects to nothing. Throws SluiceError `usage` for options that are none.
 */
export async function openSinkhole(given: unknown, outlet: Outlet): Promise<Sinkhole> {
  const options = readOptions(given)
  const log = new SeenLog(outlet.write, options.limits)
  const authority = options.authority ?? makeAuthority()
  const names = new Names(options.names, options.limits.names)
  const planted = plantedBy(options.seed)
  const house: House = {
    options, log, names, mint: new Mint(authority, options.limits.certificates), finder: new Finder(planted, SEARCH), answering: answering(options, names),
    destinationOf: (socket) => outlet.destinationOf?.(socket) ?? (socket.localAddress === undefined ? null : {
      address: bare(socket.localAddress), port: socket.localPort ?? 0,
    }),
    sniff: (stream, line) => sniff(stream, line, house),
  }
  const doors = new Doors(house)
  try {
    await doors.open()
  } catch (error) {
    await doors.close()
    throw error
  }
  return {
    listening: doors.listening, authority: authority.certificate,
    cut: () => log.cut(),
    settle: async () => {
      await doors.hangUp()
      log.settle()
    },
    close: async () => {
      await doors.close()
      log.settle()
    },
  }
}

/** Of one search: meanwhile nobody else is answered. */
const SEARCH = { ms: 1_500, bytes: 24 * 1024 * 1024 }
const AFTER_END_MS = 3_000

/** Every listener, and every connection that is open. */
class Doors {
  readonly listening: Sinkhole['listening'] = { dns: [], tcp: [], udp: [] }
  readonly #house: House
  readonly #servers: Server[] = []
  readonly #datagrams: UdpSocket[] = []
  readonly #open = new Set<Socket>()
  #connections = 0

  constructor(house: House) {
    this.#house = house
  }

  async open(): Promise<void> {
    const { addresses, dns, tcp, udp } = this.#house.options.listen
    for (const address of addresses) {
      if (dns !== null) this.listening.dns.push(await this.#listenDns(address, dns))
      for (const port of tcp) this.listening.tcp.push(await this.#listenTcp(address, port, false))
      for (const port of udp) this.listening.udp.push(await this.#listenUdp(address, port, (socket) => recordUdp(socket, this.#house)))
    }
  }

  /** The same port for both. One that is free for UDP may be taken for TCP: where any would do (0), another is tried. */
  async #listenDns(address: string, port: number, tries = port === 0 ? 20 : 1): Promise<End> {
    const end = await this.#listenUdp(address, port, (socket) => serveUdp(socket, this.#house))
    try {
      return await this.#listenTcp(address, end.port, true)
    } catch (error) {
      if (tries === 1) throw error
      this.#datagrams.pop()?.close()
      this.#servers.pop()
      return this.#listenDns(address, port, tries - 1)
    }
  }

  async #listenTcp(address: string, port: number, isDns: boolean): Promise<End> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#receive(socket, isDns))
    this.#servers.push(server)
    server.on('error', () => undefined)
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host: address, port, backlog: 1_024, ipv6Only: isIP(address) === 6 }, resolve)
    })
    const bound = server.address() as AddressInfo
    return { address: bound.address, port: bound.port }
  }

  async #listenUdp(address: string, port: number, use: (socket: UdpSocket) => void): Promise<End> {
    const socket = isIP(address) === 6 ? createSocket({ type: 'udp6', ipv6Only: true }) : createSocket('udp4')
    this.#datagrams.push(socket)
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.bind(port, address, resolve)
    })
    socket.on('error', () => undefined)
    use(socket)
    const bound = socket.address()
    return { address: bound.address, port: bound.port }
  }

  #receive(socket: Socket, isDns: boolean): void {
    const { options: { limits }, log } = this.#house
    socket.on('error', () => socket.destroy())
    if (this.#open.size >= limits.connections) {
      log.lose('connections over the limit')
      socket.destroy()
      return
    }
    const to = this.#house.destinationOf(socket)
    const line: Line = {
      connection: ++this.#connections, at: Date.now(), from: { address: bare(socket.remoteAddress), port: socket.remotePort ?? 0 }, to,
      name: to === null ? null : this.#house.names.nameOf(to.address), tls: false, proxy: null, depth: 0,
    }
    const timer = setTimeout(() => {
      log.lose('connections cut at their limit of time')
      socket.destroy()
    }, limits.connectionMs)
    this.#open.add(socket)
    socket.setTimeout(limits.idleMs, () => socket.destroy())
    // Who has said everything gets an answer, and then is let go whatever is open.
    socket.once('end', () => setTimeout(() => socket.destroy(), AFTER_END_MS).unref())
    socket.on('close', () => {
      clearTimeout(timer)
      this.#open.delete(socket)
    })
    if (isDns || to?.port === 53) serveStream(socket, line, this.#house)
    else this.#house.sniff(socket, line)
  }

  /** Ends what is still open, and waits until it was recorded. */
  async hangUp(): Promise<void> {
    await Promise.all([...this.#open].map((socket) => new Promise<void>((resolve) => {
      socket.once('close', resolve)
      socket.destroy()
    })))
    // What lies above them (TLS, requests) notices one after another.
    for (let i = 0; i < 4; i++) await new Promise((resolve) => setImmediate(resolve))
  }

  async close(): Promise<void> {
    const closed = Promise.all([
      ...this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))),
      ...this.#datagrams.map((socket) => new Promise<void>((resolve) => {
        try {
          socket.close(() => resolve())
        } catch {
          resolve()
        }
      })),
    ])
    await this.hangUp()
    await closed
  }
}
