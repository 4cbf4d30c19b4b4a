import { describe, expect, it } from 'vitest'
import { SeenLog } from './log.ts'
import { readOptions } from './options.ts'
import { plain, readAllSeen, readSeen, type Seen } from './seen.ts'

const good: Seen = { kind: 'dns', at: 1_790_000_000_000, connection: 0, from: { address: '10.0.0.2', port: 40_000 }, to: null, name: 'a.example', honey: [], type: 'A', transport: 'udp', answers: ['198.18.7.9'] }

describe('what is read from the box', () => {
  it('is what was written', () => {
    expect(readSeen(JSON.stringify(good))).toEqual(good)
  })

  it.each<[string, string]>([
    ['no JSON', '{'], ['another kind', JSON.stringify({ ...good, kind: 'exec' })], ['a time that is none', JSON.stringify({ ...good, at: 'now' })],
    ['a time of another age', JSON.stringify({ ...good, at: 1e20 })],
    ['a port that is none', JSON.stringify({ ...good, from: { address: '10.0.0.2', port: 70_000 } })],
    ['a name without end', JSON.stringify({ ...good, name: 'a'.repeat(400) })],
    ['too many answers', JSON.stringify({ ...good, answers: Array(9).fill('x') })],
    ['a line without end', JSON.stringify({ ...good, name: 'a'.repeat(300_000) })],
    ['another place', JSON.stringify({ ...good, honey: [{ token: 'x', encodings: [], where: 'nowhere' }] })],
    ['a hash that is none', JSON.stringify({ ...good, kind: 'udp', received: { size: 1, sha256: 'x', sample: '' } })],
    ['a number without end', JSON.stringify({ kind: 'lost', at: 1, what: 'x', count: 1e300 })], ['a list', '[]'], ['null', 'null'],
  ])('is nothing where it is %s', (_, line) => {
    expect(readSeen(line)).toBeNull()
  })

  it('keeps what is not known out', () => {
    const read = readSeen(`{"__proto__":{"polluted":1},"constructor":1,${JSON.stringify(good).slice(1)}`)
    expect(read).toEqual(good)
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })

  it('is counted where it cannot be believed, up to a limit', () => {
    const text = `${JSON.stringify(good)}\n\nnonsense\n${JSON.stringify(good)}\n`
    expect(readAllSeen(text, 10)).toEqual({ seen: [good, good], bad: 1, more: false })
    expect(readAllSeen(text, 2)).toEqual({ seen: [good], bad: 1, more: true })
    expect(readAllSeen(JSON.stringify(good).slice(0, -5), 10)).toEqual({ seen: [], bad: 1, more: false })
  })

  it('holds nothing that a terminal would obey', () => {
    expect(plain('a\u001b[31mb\u202ec\nd', 100)).toBe('a\ufffd[31mb\ufffdc\ufffdd')
  })
})

describe('what is written', () => {
  const log = (): { log: SeenLog; lines: string[] } => {
    const lines: string[] = []
    return { log: new SeenLog((line) => void lines.push(line), readOptions({ seed: 's', limits: { bodyBytes: 10, heldBytes: 15 } }).limits), lines }
  }

  it('holds bodies within the limits, each and all together, and gives the room back', () => {
    const { log: held } = log()
    const [one, two] = [held.tap(), held.tap()]
    for (let i = 0; i < 30; i++) one.take(Buffer.from('x'))
    two.take(Buffer.alloc(12, 'y'))
    expect([one.kept().toString(), two.kept().toString(), held.held]).toEqual(['x'.repeat(10), 'y'.repeat(5), 15])
    expect(one.close()).toMatchObject({ size: 30, sample: Buffer.from('x'.repeat(10)).toString('base64') })
    two.close()
    expect(held.held).toBe(0)
    expect(held.cut()).toEqual(['bytes of bodies not searched: 27 more'])
  })

  it('says once what was lost since the last time', () => {
    const { log: losing, lines } = log()
    losing.lose('things', 2)
    losing.settle()
    losing.settle()
    losing.lose('things')
    losing.settle()
    expect(lines.map((line) => readSeen(line.trim()))).toMatchObject([{ kind: 'lost', what: 'things', count: 2 }, { kind: 'lost', count: 1 }])
  })
})
