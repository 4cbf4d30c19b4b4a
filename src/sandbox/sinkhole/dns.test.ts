import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { answerTo } from './dns-answers.ts'
import { cutShort, readQuestion, TYPES, writeAnswer, writeName } from './dns-message.ts'
import { Names } from './names.ts'

const head = (questions = 1, flags = 0x0100): Buffer => Buffer.from([0x12, 0x34, flags >> 8, flags & 255, 0, questions, 0, 0, 0, 0, 0, 0])
const ask = (name: string, type = 1): Buffer => Buffer.concat([head(), writeName(name), Buffer.from([type >> 8, type & 255, 0, 1])])

describe('a question', () => {
  it('is read with its name, whatever bytes are in it', () => {
    expect(readQuestion(ask('A.b-c.example', 28))).toMatchObject({ id: 0x1234, name: 'A.b-c.example', type: 28, room: 512, edns: false })
    const odd = Buffer.concat([head(), Buffer.from([4, 0, 46, 0xff, 97, 1, 120, 0, 0, 1, 0, 1])])
    expect(readQuestion(odd)?.name).toBe('\\000\\046\\255a.x')
    expect(readQuestion(Buffer.concat([ask('a.example').fill(1, 11, 12), Buffer.from([0, 0, 41, 0x10, 0, 0, 0, 0, 0, 0, 0])]))).toMatchObject({ room: 4_096, edns: true })
  })

  it.each<[string, Buffer]>([
    ['an answer', Buffer.concat([head(1, 0x8180), writeName('a'), Buffer.from([0, 1, 0, 1])])],
    ['another operation', Buffer.concat([head(1, 0x2800), writeName('a'), Buffer.from([0, 1, 0, 1])])], ['none', head(0)],
    ['two', Buffer.concat([head(2), writeName('a'), Buffer.from([0, 1, 0, 1])])],
    ['compressed', Buffer.concat([head(), Buffer.from([0xc0, 12, 0, 1, 0, 1])])], ['cut', ask('abc.example').subarray(0, 18)],
    ['endless', Buffer.concat([head(), ...Array.from({ length: 9 }, () => Buffer.concat([Buffer.from([60]), Buffer.alloc(60, 97)])), Buffer.from([0, 0, 1, 0, 1])])],
    ['empty', Buffer.alloc(0)],
  ])('is nothing where it is %s', (_, message) => {
    expect(readQuestion(message)).toBeNull()
  })

  it('may be any bytes', () => {
    for (let i = 0; i < 3_000; i++) {
      const message = Buffer.concat([head(), randomBytes(i % 60)])
      const question = readQuestion(message)
      if (question) expect(writeAnswer(question, [], []).length).toBeGreaterThan(12)
    }
  })
})

describe('an answer', () => {
  const names = new Names({ 'fixed.example': '10.9.8.7' }, 100)

  it('is there for every type that clients ask for, and says so where there is none', () => {
    for (const type of [...Object.keys(TYPES).map(Number), 99]) {
      const question = readQuestion(ask('a.example', type))
      if (!question) throw new Error('no question')
      const { answers, authority } = answerTo(question, names, true)
      expect(answers.length + authority.length).toBe(1)
      const written = writeAnswer(question, answers, authority)
      expect(written.readUInt16BE(6) + written.readUInt16BE(8)).toBe(1)
      expect(cutShort(written, question).readUInt16BE(2) & 0x0200).toBe(0x0200)
    }
  })

  it('holds the fixed address of a name that has one, and no IPv6 where there is none', () => {
    const addresses = (name: string, type: number, ipv6 = true): string[] => answerTo(readQuestion(ask(name, type)) as never, names, ipv6).says
    expect(addresses('FIXED.example', 1)).toEqual(['10.9.8.7'])
    expect(addresses('metadata.google.internal', 1)).toEqual(['169.254.169.254'])
    expect(addresses('a.example', 28, false)).toEqual([])
  })
})

describe('names', () => {
  it('have addresses of their own, both ways, in both families', () => {
    const names = new Names({}, 30_000)
    const seen = new Set<string>()
    for (let i = 0; i < 20_000; i++) {
      const { v4, v6 } = names.addresses(`n${i}.example`)
      seen.add(v4)
      if (i % 500 === 0) expect([names.nameOf(v4), names.nameOf(v6), names.nameOf(`::ffff:${v4}`)]).toEqual(Array(3).fill(`n${i}.example`))
    }
    expect(seen.size).toBe(20_000)
    expect(names.nameOf('203.0.113.1')).toBeNull()
  })
})
