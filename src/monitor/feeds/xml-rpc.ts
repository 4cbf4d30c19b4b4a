import { SluiceError } from '../../core/errors.ts'
import { Refusal } from './ask.ts'
import { readXml } from './xml.ts'
import type { Token } from './xml.ts'

/** A value as XML-RPC sends it (xmlrpc.com/spec), with `nil`. Members of structs stay pairs, so that no name is special. */
export type Value = string | number | null | Value[] | Map<string, Value>

/** Of too many requests in PyPI's own words: HTTP says 200, the fault says when. */
const LIMIT = /^HTTPTooManyRequests:.{0,300}?Limit may reset in (\d{1,6}) seconds/s
const TOO_MANY = 'HTTPTooManyRequests'
const INTEGER = /^-?\d{1,15}$/

export function call(method: string, parameters: readonly number[]): Buffer {
  const values = parameters.map((value) => `<param><value><int>${value}</int></value></param>`).join('')
  return Buffer.from(`<?xml version="1.0"?><methodCall><methodName>${method}</methodName><params>${values}</params></methodCall>`)
}

/** The one value of an answer. Throws `feed-invalid`, or a `Refusal` where it is a fault. */
export function readAnswer(body: Buffer): Value {
  const tokens = begin(body)
  tokens.open('value')
  return valueOf(tokens)
}

/** As `readAnswer`, of a list whose elements are handed on one by one. */
export function* readList(body: Buffer): Generator<Value> {
  const tokens = begin(body)
  for (const name of ['value', 'array', 'data']) tokens.open(name)
  for (let next = tokens.next(); next?.kind === 'open'; next = tokens.next()) {
    if (next.name !== 'value') throw unexpected(next)
    yield valueOf(tokens)
  }
  // The reader finds what does not nest or ends early.
  while (tokens.next()) continue
}

function begin(body: Buffer): Tokens {
  const tokens = new Tokens(body.toString('utf8'))
  tokens.open('methodResponse')
  const first = tokens.next()
  if (first?.kind === 'open' && first.name === 'fault') {
    tokens.open('value')
    throw refusal(valueOf(tokens))
  }
  if (first?.kind !== 'open' || first.name !== 'params') throw unexpected(first)
  tokens.open('param')
  return tokens
}

function refusal(fault: Value): Refusal {
  const says = fault instanceof Map ? fault.get('faultString') : null
  const text = typeof says === 'string' ? says.replace(/\s+/g, ' ').slice(0, 200) : 'no reason'
  if (!text.startsWith(TOO_MANY)) return new Refusal(200, null, `refuses: ${text}`)
  return new Refusal(429, Number(LIMIT.exec(text)?.[1] ?? 1) * 1000, 'was asked too often')
}

/** After `<value>`; takes the value's end, too. */
function valueOf(tokens: Tokens): Value {
  let text = ''
  let value: Value | undefined
  for (;;) {
    const token = tokens.next(true)
    if (!token) throw unexpected(token)
    if (token.kind === 'close') return value === undefined ? text : value
    if (token.kind === 'text') text += token.text
    else value = typed(token.name, tokens)
  }
}

function typed(type: string, tokens: Tokens): Value {
  switch (type) {
    case 'array': return arrayOf(tokens)
    case 'struct': return structOf(tokens)
    case 'nil':
      tokens.text()
      return null
    case 'int': case 'i4': case 'i8': case 'double': case 'boolean': {
      const text = tokens.text().trim()
      return INTEGER.test(text) ? Number(text) : text
    }
    default: return tokens.text()
  }
}

function arrayOf(tokens: Tokens): Value[] {
  const values: Value[] = []
  tokens.open('data')
  for (let next = tokens.next(); next?.kind === 'open'; next = tokens.next()) values.push(valueOf(tokens))
  tokens.close('array')
  return values
}

function structOf(tokens: Tokens): Map<string, Value> {
  const members = new Map<string, Value>()
  for (let next = tokens.next(); next?.kind === 'open'; next = tokens.next()) {
    tokens.open('name')
    const name = tokens.text()
    tokens.open('value')
    members.set(name, valueOf(tokens))
    tokens.close('member')
  }
  return members
}

/** Tokens one after the other; text between elements is passed by unless it is asked for. */
class Tokens {
  readonly #tokens: Generator<Token>

  constructor(text: string) {
    this.#tokens = readXml(text)
  }

  next(withText = false): Token | null {
    for (;;) {
      const { value, done } = this.#tokens.next()
      if (done) return null
      if (withText || value.kind !== 'text') return value
    }
  }

  open(name: string): void {
    const token = this.next()
    if (token?.kind !== 'open' || token.name !== name) throw unexpected(token)
  }

  close(name: string): void {
    const token = this.next()
    if (token?.kind !== 'close' || token.name !== name) throw unexpected(token)
  }

  /** Of an element that is open and has nothing but text; takes its end, too. */
  text(): string {
    let text = ''
    for (;;) {
      const token = this.next(true)
      if (token?.kind === 'close') return text
      if (token?.kind !== 'text') throw unexpected(token)
      text += token.text
    }
  }
}

const unexpected = (token: Token | null | undefined): SluiceError =>
  new SluiceError('feed-invalid', `the feed sent no XML-RPC: ${!token ? 'it ends early' : token.kind === 'text' ? 'text' : `<${token.name}>`} where it may not be`)
