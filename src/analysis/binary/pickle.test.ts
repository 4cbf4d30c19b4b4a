import { assert, constantFrom, array, property, uint8Array } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { picklesIn, readPickle } from './pickle.ts'

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'))
const calls = (text: string): readonly string[] => readPickle(bytes(text)).calls

/** `{'a': os.system('id')}` as CPython's `pickle.dumps` writes it, by protocol. */
const SAVED: Readonly<Record<string, string>> = {
  0: '(dp0\nVa\np1\ncposix\nsystem\np2\n(Vid\np3\ntp4\nRp5\ns.',
  2: '\x80\x02}q\x00X\x01\x00\x00\x00aq\x01cposix\nsystem\nq\x02X\x02\x00\x00\x00idq\x03\x85q\x04Rq\x05s.',
  4: '\x80\x04\x95\x22\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x01a\x94\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x02id\x94\x85\x94R\x94s.',
}

describe('what a pickle calls', () => {
  it.each(Object.entries(SAVED))('in protocol %s', (_protocol, text) => expect(readPickle(bytes(text))).toEqual({ text: 'import posix\nposix.system("id")', calls: ['posix.system'] }))

  it.each([
    ['by the name of an attribute', 'cbuiltins\ngetattr\n(c__builtin__\n__import__\n(Vos\ntRVsystem\ntR(Vid\ntR.', ['__builtin__.__import__', 'os.system']],
    ['as an old instance', '(Vid\nios\nsystem\n.', ['os.system']],
    ['as an object', '(cos\nsystem\nVid\no.', ['os.system']],
    ['by way of the memo', 'cos\nsystem\np9\n0(Vid\nt0g9\n(Vid\ntR.', ['os.system']],
  ])('%s', (_what, text, expected) => expect(calls(text)).toEqual(expected))

  it('by a name that another call makes', () => {
    const text = '\x80\x04cbuiltins\nstr\n(\x8c\x02ostR\x8c\x06system\x93\x8c\x02id\x85R.'
    expect(calls(text)).toEqual(['a function whose name is computed'])
  })

  it.each([
    ['lines', 'cos\nsystem\n(Vid\ntR.'], ['texts', '\x8c\x02os\x94\x8c\x06system\x94\x93\x8c\x02id\x85R.'], ['a frame', '\x95\x20\0\0\0\0\0\0\0\x8c\x02os\x8c\x06system\x93\x8c\x02id\x85R.'],
  ])('whatever it is called, and without saying its protocol: %s', (_how, text) => {
    expect(picklesIn('weights.bin', bytes(text)).flatMap((one) => readPickle(one).calls)).toEqual(['os.system'])
    expect(picklesIn('a.py', bytes(text))).toEqual([])
  })

  it('says nothing of what is only rebuilt', () => expect(calls('ccollections\nOrderedDict\n(tR.')).toEqual([]))

  it('keeps what came before the damage', () => expect(calls('cos\nsystem\n(Vid\ntR\xff\xff')).toEqual(['os.system']))
})

it('finds the pickle of a model that is stored in an archive', () => {
  const pickle = SAVED[2] as string
  const name = 'archive/data.pkl'
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt32LE(pickle.length, 18)
  header.writeUInt16LE(name.length, 26)
  const archive = Buffer.concat([header, Buffer.from(name), Buffer.from(pickle, 'latin1')])
  expect(picklesIn('model.pt', archive).flatMap((one) => readPickle(one).calls)).toEqual(['posix.system'])
})

it('never throws, whatever the bytes', () => {
  const opcodes = [...'(.0125NKMJGI}])tldab esuciorRQqphjgSVUTXBCP\x80\x81\x85\x86\x87\x88\x8c\x8d\x93\x94\x95\x92'].map((one) => bytes(one))
  assert(property(array(constantFrom(...opcodes, bytes('os\n'), bytes('system\n'), bytes('\x01'))), uint8Array(), (parts, tail) => {
    const text = Buffer.concat([...parts, tail])
    readPickle(text)
    for (const one of picklesIn('a.pkl', text)) readPickle(one)
  }))
})
