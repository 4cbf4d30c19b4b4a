import { latin1 } from './reading.ts'

/** What a pickle does when it is loaded: the calls that matter, as Python source, one a line, and their names. */
interface PickleCalls {
  text: string
  calls: readonly string[]
}

/** Functions that run, start, open or load something. What models, arrays and records are rebuilt with is none of these. */
const ACTS = /^(?:os|nt|posix|subprocess|commands|pty|runpy|socket|shutil|webbrowser|ctypes|pip|multiprocessing\.util|asyncio|code|pdb|bdb|timeit|cProfile|profile)\.|^(?:builtins|__builtin__)\.(?:eval|exec|execfile|compile|__import__|open|apply|getattr)$|^(?:importlib|marshal|types\.FunctionType|types\.CodeType|torch\.hub|numpy\.testing\._private\.utils\.runstring|operator\.(?:attrgetter|methodcaller))/
/** Of the builtins, a look at an attribute is what many classes do; it is said, not counted. */
const HARMLESS = /\.(?:getattr|path\.\w+|fspath|PathLike|environ|getcwd|sep)$|^operator\./

const LONGEST = 4000
const MOST_CALLS = 200
const MOST_STEPS = 500_000
const MOST_HELD = 100_000

const isStart = (bytes: Uint8Array, at: number): boolean => bytes[at] === 0x80 && (bytes[at + 1] ?? 0) >= 2 && (bytes[at + 1] ?? 9) <= 5
const NAMED = /\.(?:pkl|pickle|p|joblib|dill|sav)$/i

/** Nothing has to say which protocol it is: then it begins with the function that it calls, as a line each or as texts. */
const CALLING = /^(?:\x95.{8})?\(?(?:c[\w.]{1,100}\n[\w.]{1,100}\n|(?:\x8c.[\w.]{1,100}\x94?){2}\x93)/s
const CODE = /\.(?:[cm]?[jt]sx?|pyw?|go|sh|ps1|md|txt)$/i
const LONGEST_START = 300

/** By its first bytes, or, for the oldest protocol, which is text, by its name. */
const isPickle = (path: string, bytes: Uint8Array): boolean => (isStart(bytes, 0) && bytes.includes(0x2e)) || NAMED.test(path) && /^[(c\]}]/.test(latin1(bytes.subarray(0, 1)))
  || !CODE.test(path) && CALLING.test(latin1(bytes.subarray(0, LONGEST_START)))

/** Where pickles begin: at the start, or in the entries of an archive that is stored as it is, as PyTorch saves models. */
export function picklesIn(path: string, bytes: Uint8Array): Uint8Array[] {
  if (isPickle(path, bytes)) return [bytes]
  const found: Uint8Array[] = []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0, entry = 0; entry < 20 && at + 30 < bytes.length && view.getUint32(at, true) === 0x04034b50; entry++) {
    const start = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true)
    const name = latin1(bytes.subarray(at + 30, at + 30 + view.getUint16(at + 26, true)))
    if (view.getUint16(at + 8, true) === 0 && name.endsWith('.pkl') && isStart(bytes, start)) found.push(bytes.subarray(start))
    const size = view.getUint32(at + 18, true)
    // Entries whose size stands behind them are not gone over: the pickle of a model comes first.
    if (size === 0 || size === 0xffffffff) break
    at = start + size
  }
  return found
}

/** A value on the stack, as it would be spelled; its module and name when it is a function. */
interface Held {
  text: string
  global?: string
  /** What a call gave, of which nothing is known. */
  made?: boolean
}

const UNKNOWN: Held = { text: 'None' }
const MADE: Held = { text: 'None', made: true }

/**
 * Goes over the opcodes of a pickle (`pickletools`, protocols 0 to 5) and writes down the calls that act. Calls nothing, never
 * throws, linear in the size and bounded.
 */
export function readPickle(bytes: Uint8Array): PickleCalls {
  const machine = new Machine(bytes)
  try {
    machine.run()
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown
  }
  return { text: machine.lines.join('\n'), calls: [...machine.calls] }
}

class Machine {
  readonly lines: string[] = []
  readonly calls = new Set<string>()
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #memo = new Map<number, Held>()
  #stack: Held[] = []
  #marks: number[] = []
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  run(): void {
    for (let step = 0; step < MOST_STEPS && this.#at < this.#bytes.length && this.#stack.length < MOST_HELD; step++) {
      const code = String.fromCharCode(this.#bytes[this.#at++] as number)
      if (code === '.') return
      this.#step(code)
    }
  }

  #step(code: string): void {
    const width = SKIPPED[code]
    if (width !== undefined) return void (this.#at += width)
    const sized = SIZED[code]
    if (sized !== undefined) return this.#push(quoted(this.#take(this.#number(sized)), code))
    const lined = LINED[code]
    switch (code) {
      case '(': return void this.#marks.push(this.#stack.length)
      case '0': return void (this.#stack.length > (this.#marks.at(-1) ?? 0) ? this.#stack.pop() : this.#marks.pop())
      case '1': return void this.#behind()
      case '2': return this.#push(this.#stack.at(-1) ?? UNKNOWN)
      case 'N': return this.#push(UNKNOWN)
      case '\x88': return this.#push({ text: 'True' })
      case '\x89': return this.#push({ text: 'False' })
      case 'K': return this.#push({ text: `${this.#number(1)}` })
      case 'M': return this.#push({ text: `${this.#number(2)}` })
      case 'J': return this.#push({ text: `${this.#number(4) | 0}` })
      case 'G': {
        const value = this.#view.getFloat64(this.#at)
        this.#at += 8
        return this.#push({ text: `${value}` })
      }
      case '\x8a': case '\x8b': {
        this.#take(this.#number(code === '\x8a' ? 1 : 4))
        return this.#push({ text: '0' })
      }
      case ')': return this.#push({ text: '()' })
      case ']': case '}': case '\x8f': return this.#push({ text: '[]' })
      case 't': return this.#push(listed(this.#behind()))
      case 'l': case 'd': case '\x91': return this.#push(listed(this.#behind()))
      case '\x85': return this.#push(listed(this.#pop(1)))
      case '\x86': return this.#push(listed(this.#pop(2)))
      case '\x87': return this.#push(listed(this.#pop(3)))
      case 'a': return void this.#pop(1)
      case 's': return void this.#pop(2)
      case 'e': case 'u': case '\x90': return void this.#behind()
      case 'b': return void this.#pop(1)
      case 'c': return this.#push(globalOf(this.#line(), this.#line()))
      case '\x93': {
        const [module, name] = this.#pop(2)
        if (module?.made || name?.made) this.calls.add('a function whose name is computed')
        return this.#push(globalOf(bare(module), bare(name)))
      }
      case 'R': case '\x81': {
        const [made, args] = this.#pop(2)
        return this.#push(this.#call(made ?? UNKNOWN, args?.text ?? '()'))
      }
      case '\x92': {
        const [made, args] = this.#pop(3)
        return this.#push(this.#call(made ?? UNKNOWN, args?.text ?? '()'))
      }
      case 'i': {
        const made = globalOf(this.#line(), this.#line())
        return this.#push(this.#call(made, listed(this.#behind()).text))
      }
      case 'o': {
        const [made, ...args] = this.#behind()
        return this.#push(this.#call(made ?? UNKNOWN, listed(args).text))
      }
      case 'Q': return void (this.#stack[Math.max(0, this.#stack.length - 1)] = UNKNOWN)
      case '\x94': return void this.#memo.set(this.#memo.size, this.#stack.at(-1) ?? UNKNOWN)
      case 'q': return void this.#memo.set(this.#number(1), this.#stack.at(-1) ?? UNKNOWN)
      case 'r': return void this.#memo.set(this.#number(4), this.#stack.at(-1) ?? UNKNOWN)
      case 'p': return void this.#memo.set(Number(this.#line()), this.#stack.at(-1) ?? UNKNOWN)
      case 'h': return this.#push(this.#memo.get(this.#number(1)) ?? UNKNOWN)
      case 'j': return this.#push(this.#memo.get(this.#number(4)) ?? UNKNOWN)
      case 'g': return this.#push(this.#memo.get(Number(this.#line())) ?? UNKNOWN)
      default: {
        if (lined === undefined) throw new RangeError('no opcode of a pickle')
        const text = this.#line()
        return this.#push(lined === 'text' ? { text: JSON.stringify(text.replace(/^(['"])(.*)\1$/s, '$2').slice(0, LONGEST)) } : { text: /^-?\d{1,20}/.exec(text)?.[0] ?? 'None' })
      }
    }
  }

  #call({ global }: Held, args: string): Held {
    if (global === undefined || !ACTS.test(global)) return MADE
    const name = global.replace(/^(?:builtins|__builtin__)\./, '')
    const spelled = `${name}${args}`.slice(0, LONGEST)
    if (this.lines.length < MOST_CALLS) {
      if (name.includes('.')) this.lines.push(`import ${name.slice(0, name.lastIndexOf('.'))}`)
      this.lines.push(spelled)
    }
    if (!HARMLESS.test(global) && this.calls.size < MOST_CALLS) this.calls.add(global)
    return { text: spelled, ...(name === 'getattr' ? { global: attributeOf(args) } : {}) }
  }

  #push(held: Held): void {
    this.#stack.push(held)
  }

  #pop(count: number): Held[] {
    return this.#stack.splice(Math.max(0, this.#stack.length - count), count)
  }

  /** What was put on the stack since the last mark. */
  #behind(): Held[] {
    return this.#stack.splice(this.#marks.pop() ?? 0)
  }

  #number(width: 1 | 2 | 4 | 8): number {
    const at = this.#at
    this.#at += width
    if (width === 1) return this.#view.getUint8(at)
    if (width === 2) return this.#view.getUint16(at, true)
    return width === 4 ? this.#view.getUint32(at, true) : Number(this.#view.getBigUint64(at, true))
  }

  #take(length: number): Uint8Array {
    if (this.#at + length > this.#bytes.length) throw new RangeError('outside the bytes at hand')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  #line(): string {
    const end = this.#bytes.indexOf(10, this.#at)
    if (end < 0 || end - this.#at > LONGEST) throw new RangeError('a line without an end')
    const text = latin1(this.#bytes.subarray(this.#at, end))
    this.#at = end + 1
    return text
  }
}

/** Opcodes with arguments of a fixed width that put nothing on the stack worth knowing. */
const SKIPPED: Readonly<Record<string, number>> = { '\x80': 1, '\x95': 8, '\x97': 0, '\x98': 0, '\x82': 1, '\x83': 2, '\x84': 4 }
/** Opcodes of texts and bytes, and how wide their length is. */
const SIZED: Readonly<Record<string, 1 | 4 | 8>> = { T: 4, U: 1, X: 4, '\x8c': 1, '\x8d': 8, B: 4, C: 1, '\x8e': 8, '\x96': 8 }
const LINED: Readonly<Record<string, 'text' | 'number'>> = { S: 'text', V: 'text', P: 'text', I: 'number', L: 'number', F: 'number' }
const BYTES = new Set(['B', 'C', '\x8e', '\x96'])

function quoted(bytes: Uint8Array, code: string): Held {
  const cut = bytes.subarray(0, LONGEST)
  if (!BYTES.has(code)) return { text: JSON.stringify(new TextDecoder().decode(cut)) }
  return { text: `b"${[...cut].map((byte) => (byte >= 32 && byte < 127 && byte !== 34 && byte !== 92 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`)).join('')}"` }
}

/** Long arguments are data. */
function listed(values: readonly Held[]): Held {
  let text = ''
  for (const value of values) {
    if (text.length + value.text.length > LONGEST) break
    text += text === '' ? value.text : `, ${value.text}`
  }
  return { text: `(${text})` }
}

const bare = (held: Held | undefined): string => held?.text.replace(/^"|"$/g, '') ?? ''
const attributeOf = (args: string): string => {
  const [, of = '', name = ''] = /^\(([\w.]+|__import__\("[\w.]+"\)), "(\w+)"/.exec(args) ?? []
  return `${of.replace(/^__import__\("([\w.]+)"\)$/, '$1')}.${name}`
}

function globalOf(module: string, name: string): Held {
  const plain = /^[\w.]{1,200}$/.test(module) && /^[\w.]{1,200}$/.test(name) ? `${module}.${name}` : ''
  return plain === '' ? UNKNOWN : { text: plain.replace(/^(?:builtins|__builtin__)\./, ''), global: plain }
}
