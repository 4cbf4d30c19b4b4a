/** Questions read and answers written, RFC 1035 with EDNS (RFC 6891). What is no question for us is null: nobody is owed an answer. */

export interface Question {
  id: number
  /** As asked, without the dot at its end; bytes that are no plain ones as `\ddd`. */
  name: string
  type: number
  /** Of the question as it stood, to be repeated. */
  raw: Buffer
  recursion: boolean
  /** How much the asker takes in one datagram. */
  room: number
  edns: boolean
}

export const TYPES: Readonly<Record<number, string>> = {
  1: 'A', 2: 'NS', 5: 'CNAME', 6: 'SOA', 12: 'PTR', 15: 'MX', 16: 'TXT', 28: 'AAAA', 33: 'SRV', 35: 'NAPTR', 64: 'SVCB', 65: 'HTTPS', 255: 'ANY',
  257: 'CAA', 10: 'NULL',
}

export const typeName = (type: number): string => TYPES[type] ?? `TYPE${type}`

const HEADER = 12
const LONGEST_NAME = 255

export function readQuestion(message: Buffer): Question | null {
  if (message.length < HEADER + 5 || message.length > 65_535) return null
  const flags = message.readUInt16BE(2)
  const isQuery = (flags & 0x8000) === 0 && (flags & 0x7800) === 0
  if (!isQuery || message.readUInt16BE(4) !== 1) return null
  const name = readName(message, HEADER)
  if (!name || name.end + 4 > message.length) return null
  const edns = ednsRoom(message, name.end + 4)
  return {
    id: message.readUInt16BE(0), name: name.text, type: message.readUInt16BE(name.end), raw: message.subarray(HEADER, name.end + 4),
    recursion: (flags & 0x0100) !== 0, room: Math.max(512, Math.min(edns ?? 512, 4_096)), edns: edns !== null,
  }
}

/** A question's name is never compressed: nothing stands before it that could be pointed to. */
function readName(message: Buffer, start: number): { text: string; end: number } | null {
  const labels: string[] = []
  let at = start
  for (;;) {
    const length = message[at]
    if (length === undefined || length > 63) return null
    at++
    if (length === 0) break
    if (at + length > message.length || at - start + length > LONGEST_NAME) return null
    labels.push(labelText(message.subarray(at, at + length)))
    at += length
  }
  return { text: labels.join('.'), end: at }
}

function labelText(label: Buffer): string {
  let text = ''
  for (const byte of label) text += byte > 32 && byte < 127 && byte !== 46 && byte !== 92 ? String.fromCharCode(byte) : `\\${String(byte).padStart(3, '0')}`
  return text
}

function ednsRoom(message: Buffer, at: number): number | null {
  const isOpt = message.readUInt16BE(10) > 0 && message.readUInt16BE(6) === 0 && message.readUInt16BE(8) === 0
    && at + 11 <= message.length && message[at] === 0 && message.readUInt16BE(at + 1) === 41
  return isOpt ? message.readUInt16BE(at + 3) : null
}

/** A name as it goes over the wire; labels that are too long are cut. */
export function writeName(name: string): Buffer {
  const parts: Buffer[] = []
  let left = LONGEST_NAME - 2
  for (const label of name.split('.')) {
    const bytes = Buffer.from(label.replace(/\\(\d{3})/g, (_, digits: string) => String.fromCharCode(Number(digits) & 255)), 'latin1').subarray(0, 63)
    if (bytes.length === 0 || bytes.length + 1 > left) continue
    left -= bytes.length + 1
    parts.push(Buffer.from([bytes.length]), bytes)
  }
  return Buffer.concat([...parts, Buffer.from([0])])
}

export interface Resource {
  type: number
  ttl: number
  data: Buffer
}

/** `answers` are of the name that was asked; `authority` says that there is nothing of this type (RFC 2308). */
export function writeAnswer(question: Question, answers: readonly Resource[], authority: readonly Resource[]): Buffer {
  const header = Buffer.alloc(HEADER)
  header.writeUInt16BE(question.id, 0)
  header.writeUInt16BE(0x8080 | (question.recursion ? 0x0100 : 0), 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(answers.length, 6)
  header.writeUInt16BE(authority.length, 8)
  header.writeUInt16BE(question.edns ? 1 : 0, 10)
  const records = [...answers, ...authority].map(({ type, ttl, data }) => {
    const head = Buffer.alloc(12)
    head.writeUInt16BE(0xc00c, 0)
    head.writeUInt16BE(type, 2)
    head.writeUInt16BE(1, 4)
    head.writeUInt32BE(ttl, 6)
    head.writeUInt16BE(data.length, 10)
    return Buffer.concat([head, data])
  })
  const opt = question.edns ? [Buffer.from([0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0])] : []
  return Buffer.concat([header, question.raw, ...records, ...opt])
}

/** Only the header and the question, with the flag that says: ask again over TCP. */
export function cutShort(answer: Buffer, question: Question): Buffer {
  const short = Buffer.from(answer.subarray(0, HEADER + question.raw.length))
  short.writeUInt16BE(short.readUInt16BE(2) | 0x0200, 2)
  short.fill(0, 6, HEADER)
  return short
}
