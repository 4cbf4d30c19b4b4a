/** Programs as small as they can be, with what Go writes into real ones. */

export const infoText = (lines: readonly string[]): string => `${'\x30\x77\xaf\x0c\x92\x74\x08\x02\x41\xe1\xc1\x07\xe6\xd6\x18\xe6'}${lines.join('\n')}\n${'\xf9\x32\x43\x31\x86\x18\x20\x72\x00\x82\x42\x10\x41\x16\xd8\xf2'}`

const MAGIC = Buffer.from('\xff Go buildinf:', 'latin1')
const varint = (value: number): Buffer => Buffer.from(value < 0x80 ? [value] : [(value & 0x7f) | 0x80, value >> 7])

/** Since Go 1.18. */
export function inlineInfo(go: string, text: string): Buffer {
  const [first, second] = [Buffer.from(go), Buffer.from(text, 'latin1')]
  return Buffer.concat([MAGIC, Buffer.from([8, 2]), Buffer.alloc(16), varint(first.length), first, varint(second.length), second])
}

/** Before: two pointers to headers of strings, which follow here. */
export function pointerInfo(go: string, text: string, { address, size, big }: { address: number; size: 4 | 8; big: boolean }): Buffer {
  const number = (value: number): Buffer => {
    const bytes = Buffer.alloc(size)
    if (size === 8) bytes[big ? 'writeBigUInt64BE' : 'writeBigUInt64LE'](BigInt(value))
    else bytes[big ? 'writeUInt32BE' : 'writeUInt32LE'](value)
    return bytes
  }
  const [first, second] = [Buffer.from(go), Buffer.from(text, 'latin1')]
  const [headers, strings] = [address + 64, address + 64 + 4 * size]
  return Buffer.concat([
    Buffer.concat([MAGIC, Buffer.from([size, big ? 1 : 0]), number(headers), number(headers + 2 * size), Buffer.alloc(64)]).subarray(0, 64),
    number(strings), number(first.length), number(strings + first.length), number(second.length), first, second,
  ])
}

type Data = Buffer | ((address: number) => Buffer)
const ADDRESS = 0x4000
const dataAt = (data: Data): Buffer => (typeof data === 'function' ? data(ADDRESS) : data)

export function elfProgram(given: Data, { wide, little, stripped = false, section = '.go.buildinfo' }: { wide: boolean; little: boolean; stripped?: boolean; section?: string }): Buffer {
  const data = dataAt(given)
  const u = (bytes: number, value: number): Buffer => {
    const field = Buffer.alloc(bytes)
    if (bytes === 8) field[little ? 'writeBigUInt64LE' : 'writeBigUInt64BE'](BigInt(value))
    else if (bytes === 4) field[little ? 'writeUInt32LE' : 'writeUInt32BE'](value)
    else field[little ? 'writeUInt16LE' : 'writeUInt16BE'](value)
    return field
  }
  const word = wide ? 8 : 4
  const [headSize, programSize, sectionSize] = wide ? [64, 56, 64] : [52, 32, 40]
  const offset = Math.ceil((headSize + programSize) / 16) * 16
  const names = Buffer.from(`\0${section}\0.shstrtab\0`)
  const [namesAt, sectionsAt] = [offset + data.length, offset + data.length + names.length]
  const program = wide ? [u(4, 1), u(4, 6), u(8, offset), u(8, ADDRESS), u(8, ADDRESS), u(8, data.length), u(8, data.length), u(8, 16)]
    : [u(4, 1), u(4, offset), u(4, ADDRESS), u(4, ADDRESS), u(4, data.length), u(4, data.length), u(4, 6), u(4, 16)]
  const part = (name: number, at: number, size: number): Buffer => Buffer.concat([u(4, name), u(4, 1), u(word, 3), u(word, ADDRESS), u(word, at), u(word, size), u(4, 0), u(4, 0), u(word, 16), u(word, 0)])
  const sections = stripped ? Buffer.alloc(0) : Buffer.concat([Buffer.alloc(sectionSize), part(1, offset, data.length), part(section.length + 2, namesAt, names.length)])
  const head = Buffer.concat([
    Buffer.from([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, little ? 1 : 2, 1]), Buffer.alloc(9), u(2, 2), u(2, 62), u(4, 1), u(word, ADDRESS), u(word, headSize), u(word, stripped ? 0 : sectionsAt), u(4, 0),
    u(2, headSize), u(2, programSize), u(2, 1), u(2, stripped ? 0 : sectionSize), u(2, stripped ? 0 : 3), u(2, stripped ? 0 : 2),
  ])
  return Buffer.concat([head, ...program, Buffer.alloc(offset - headSize - programSize), data, names, sections])
}

export function peProgram(given: Data): Buffer {
  const base = 0x400000
  const data = typeof given === 'function' ? given(base + ADDRESS) : given
  const [dos, head] = [Buffer.alloc(64), Buffer.alloc(24 + 240 + 40)]
  dos.write('MZ')
  dos.writeUInt32LE(64, 60)
  head.writeUInt32BE(0x50450000, 0)
  head.writeUInt16LE(0x8664, 4)
  head.writeUInt16LE(1, 6)
  head.writeUInt16LE(240, 20)
  head.writeUInt16LE(0x20b, 24)
  head.writeBigUInt64LE(BigInt(base), 48)
  const section = 24 + 240
  head.write('.data', section)
  head.writeUInt32LE(ADDRESS, section + 12)
  head.writeUInt32LE(data.length, section + 16)
  head.writeUInt32LE(64 + head.length, section + 20)
  head.writeUInt32LE(0xc0000040, section + 36)
  return Buffer.concat([dos, head, data])
}

export function machOProgram(data: Buffer, { fat = false }: { fat?: boolean } = {}): Buffer {
  const head = Buffer.alloc(32 + 72 + 80)
  head.writeUInt32LE(0xfeedfacf, 0)
  head.writeUInt32LE(1, 16)
  head.writeUInt32LE(72 + 80, 20)
  head.writeUInt32LE(0x19, 32)
  head.writeUInt32LE(72 + 80, 36)
  head.write('__DATA', 40)
  head.writeBigUInt64LE(BigInt(ADDRESS), 32 + 24)
  head.writeBigUInt64LE(BigInt(head.length), 32 + 40)
  head.writeBigUInt64LE(BigInt(data.length), 32 + 48)
  head.writeUInt32LE(1, 32 + 64)
  const section = 32 + 72
  head.write('__go_buildinfo', section)
  head.write('__DATA', section + 16)
  head.writeBigUInt64LE(BigInt(ADDRESS), section + 32)
  head.writeBigUInt64LE(BigInt(data.length), section + 40)
  head.writeUInt32LE(head.length, section + 48)
  const program = Buffer.concat([head, data])
  if (!fat) return program
  const wrapper = Buffer.alloc(64)
  wrapper.writeUInt32BE(0xcafebabe, 0)
  wrapper.writeUInt32BE(1, 4)
  wrapper.writeUInt32BE(64, 16)
  wrapper.writeUInt32BE(program.length, 20)
  return Buffer.concat([wrapper, program])
}
