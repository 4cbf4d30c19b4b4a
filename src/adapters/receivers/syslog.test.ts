import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import type { Told } from './receiver.ts'
import { syslogMessage, syslogReceiver } from './syslog.ts'

const TOLD: Told = { kind: 'recalled', title: 'npm up 1.0.0 recalled', text: 'SEC-1\nwho: "ann"', data: { name: 'up', version: null, 'a b': 'x"]\\y' }, at: '2026-01-02T03:04:05.678Z' }
const FROM = { facility: 16, host: 'gate.acme.example', pid: 42, limit: 2_048 }

describe('a syslog message', () => {
  it('is RFC 5424: priority, time, facts with their three characters escaped, UTF-8 text in one line', () => {
    const message = syslogMessage({ id: 'recall-1', told: TOLD }, FROM)
    expect(message.toString()).toBe('<130>1 2026-01-02T03:04:05.678Z gate.acme.example sluice 42 recalled [sluice@32473 notice="recall-1" name="up" a_b="x\\"\\]\\\\y"] \uFEFFnpm up 1.0.0 recalled: SEC-1 | who: "ann"')
  })

  it('is cut to what receivers take, never in the middle of a character', () => {
    const message = syslogMessage({ id: 'a', told: { ...TOLD, text: '✂'.repeat(5_000) } }, FROM)
    expect(message.length).toBeLessThanOrEqual(2_048)
    expect(message.length).toBeGreaterThan(2_044)
    expect(message.toString()).not.toContain('\uFFFD')
  })

  it('holds no line break, whatever a package is called', () => {
    expect(syslogMessage({ id: 'a\nb', told: { ...TOLD, title: 'x\r\n<0>1 forged', data: { name: 'x\n<0>1 forged' } } }, FROM).includes(10)).toBe(false)
  })
})

describe('a syslog receiver', () => {
  it('sends one datagram a notice', async () => {
    const socket = createSocket('udp4')
    await new Promise<void>((resolve) => { socket.bind(0, '127.0.0.1', resolve) })
    const got = new Promise<string>((resolve) => { socket.once('message', (message) => resolve(message.toString())) })
    await syslogReceiver({ host: '127.0.0.1', port: socket.address().port, transport: 'udp', facility: 16, ca: null }).send({ id: 'recall-1', told: TOLD })
    expect(await got).toMatch(/^<130>1 2026-01-02T03:04:05\.678Z \S+ sluice \d+ recalled \[sluice@32473 /)
    await new Promise<void>((resolve) => { socket.close(resolve) })
  })

  it.each([['closes after it read', true], ['keeps its side open', false]])('counts octets over TCP, for a server that %s', async (_, closes) => {
    let text = ''
    let kept: Socket | null = null
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      kept = socket
      socket.setEncoding('utf8').on('data', (chunk: string) => { text += chunk }).on('end', () => { if (closes) socket.end() }).on('error', () => undefined)
    })
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
    const { port } = server.address() as AddressInfo
    await syslogReceiver({ host: '127.0.0.1', port, transport: 'tcp', facility: 16, ca: null }).send({ id: 'recall-1', told: { ...TOLD, text: 'über\nzwei' } })
    const [, length = '', message = ''] = /^(\d+) ([\s\S]*)$/.exec(text) ?? []
    expect(Number(length)).toBe(Buffer.byteLength(message))
    ;(kept as Socket | null)?.destroy()
    await new Promise((resolve) => { server.close(resolve) })
  })

  it('fails where nobody listens, and where nobody answers', async () => {
    const server = createServer((socket) => void socket.resume().on('error', () => undefined)).listen(0, '127.0.0.1')
    await new Promise((resolve) => { server.once('listening', resolve) })
    const { port } = server.address() as AddressInfo
    await expect(syslogReceiver({ host: '127.0.0.1', port, transport: 'tls', facility: 16, ca: null }, { timeout: 200 }).send({ id: 'a', told: TOLD })).rejects.toThrow('does not answer')
    await new Promise<void>((resolve) => { server.close(() => resolve()) })
    await expect(syslogReceiver({ host: '127.0.0.1', port, transport: 'tcp', facility: 16, ca: null }).send({ id: 'a', told: TOLD })).rejects.toThrow('ECONNREFUSED')
  })
})
