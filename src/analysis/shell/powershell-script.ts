import { UNKNOWN } from '../desk.ts'
import { mixed, UNTAINTED } from '../taint.ts'
import type { Taint } from '../taint.ts'
import { joined } from './call.ts'
import type { Call } from './call.ts'
import { CMDLETS, started } from './powershell-cmdlets.ts'
import { Cursor } from './powershell-cursor.ts'
import { member } from './powershell-members.ts'
import type { Thing } from './powershell-things.ts'
import { binary, castTo, flat, thing } from './powershell-things.ts'
import { isBinary, isLoud, isNumber, isUnary } from './powershell-tokens.ts'
import type { Token } from './powershell-tokens.ts'
import { filled, variable } from './powershell-variables.ts'

interface Defined {
  names: readonly string[]
  body: string
}

const DEPTH = 40
const LONGEST = 1_048_576
const MOST_TURNS = 3_000

/** Reads PowerShell by walking its tokens once: texts are folded, known calls are noted, every branch is taken. */
export class Script {
  readonly #call: Call
  readonly #variables: Map<string, Thing>
  readonly #functions: Map<string, Defined>
  readonly #depth: number
  #tokens = new Cursor('')
  #level = 0

  constructor(call: Call, variables = new Map<string, Thing>(), depth = 0, functions = new Map<string, Defined>()) {
    this.#call = call
    this.#variables = variables
    this.#depth = depth
    this.#functions = functions
  }

  run(text: string): Thing {
    if (this.#depth > 8 || text.length > LONGEST) {
      this.#call.desk.miss(`${this.#call.place.source.path}: PowerShell nested too deeply, or too long`)
      return thing()
    }
    this.#tokens = new Cursor(text)
    let last = thing('')
    for (let next = this.#tokens.peek(); next; next = this.#tokens.peek()) {
      const ends = next.is === 'end' || (next.is === 'operator' && /^[})\]]$/.test(next.text))
      this.#tokens.onward(() => { if (!ends) last = this.#statement() })
    }
    return last
  }

  #inner(text: string): Thing {
    return new Script(this.#call, this.#variables, this.#depth + 1, this.#functions).run(text)
  }

  #statement(): Thing {
    const token = this.#tokens.peek() as Token
    const name = token.is === 'word' ? token.text.toLowerCase() : ''
    if (name === 'function' || name === 'filter') return this.#define()
    if (isLoud(name) || this.#tokens.is('{')) {
      this.#tokens.at++
      return thing('')
    }
    let ahead = 0
    // `[byte[]]$x = …`: the type in front says nothing.
    if (this.#tokens.is('[')) while (this.#tokens.peek(ahead)?.is !== 'variable' && /^[[\]\w.]+$/.test(this.#tokens.peek(ahead)?.text ?? '') && ahead < 8) ahead++
    const [target, sign] = [this.#tokens.peek(ahead), this.#tokens.peek(ahead + 1)]
    if (target?.is !== 'variable' || sign?.is !== 'operator' || !/^\+?=$/.test(sign.text)) return this.#pipeline()
    this.#tokens.at += ahead + 2
    const value = this.#tokens.peek()?.is === 'end' ? thing() : this.#statement()
    this.#variables.set(target.text, sign.text === '+=' ? binary('+', this.#variables.get(target.text) ?? thing(''), value) : value)
    return value
  }

  #define(): Thing {
    const name = this.#tokens.peek(1)?.text.toLowerCase() ?? ''
    this.#tokens.at += 2
    const names: string[] = []
    for (; this.#tokens.peek() && !this.#tokens.is('{'); this.#tokens.at++) if (this.#tokens.peek()?.is === 'variable') names.push(this.#tokens.peek()?.text ?? '')
    const body = this.#tokens.block()
    const inside = /^\s*param\s*\(([^)]{0,500})\)/i.exec(body)?.[1]
    for (const name of inside?.matchAll(/\$\{(\w+)\}/g) ?? []) names.push(name[1] as string)
    this.#functions.set(name, { names, body })
    return thing('')
  }

  #pipeline(): Thing {
    let value = this.#element(null)
    while (this.#tokens.take('|')) {
      while (this.#tokens.peek()?.is === 'end' && this.#tokens.peek()?.text === '\n') this.#tokens.at++
      value = this.#element(value)
    }
    return value
  }

  #element(given: Thing | null): Thing {
    const token = this.#tokens.peek()
    if (!token) return thing('')
    const calls = this.#tokens.take('&') || (token.is === 'operator' && token.text === '.' && this.#tokens.take('.'))
    if (calls) return this.#tokens.is('{') ? this.#inner(this.#tokens.block()) : this.#command(this.#glued(this.#postfix(this.#primary())), given)
    if (this.#tokens.take('%')) return this.#command(thing('%'), given)
    if (token.is === 'word' && !isUnary(token) && !isNumber(token)) {
      this.#tokens.at++
      return this.#command(thing(token.text), given)
    }
    return this.#expression()
  }

  /** A command: its name, then arguments up to the end of the statement. */
  #command(name: Thing, given: Thing | null): Thing {
    const words: Thing[] = []
    const blocks: string[] = []
    for (let token = this.#tokens.peek(); token && token.is !== 'end' && !(token.is === 'operator' && /^(?:\||\|\||&&|\)|\}|;|\])$/.test(token.text)); token = this.#tokens.peek()) {
      this.#tokens.onward(() => {
        if (this.#tokens.is('{')) blocks.push(this.#tokens.block())
        else if (!this.#tokens.is(',')) words.push(this.#argument())
      })
    }
    return this.#started(name, words, blocks, given)
  }

  #started(name: Thing, words: readonly Thing[], blocks: readonly string[], given: Thing | null): Thing {
    const program = name.text.toLowerCase()
    const defined = this.#functions.get(program)
    if (defined && this.#depth < 8) {
      const plain = words.filter((word) => !word.text.startsWith('-'))
      defined.names.forEach((parameter, index) => this.#variables.set(parameter, plain[index] ?? thing()))
      this.#variables.set('args', { ...thing(words.map((word) => word.text).join(' '), joined(words)), list: words })
      return this.#inner(defined.body)
    }
    if (blocks.length > 0 && /^(?:%|foreach-object|foreach|\?|where-object|where)$/.test(program)) return this.#each(blocks[0] as string, given, !/^(?:\?|where)/.test(program))
    for (const block of blocks) this.#inner(block)
    const evaluate = (text: string): Thing => this.#inner(text)
    return CMDLETS.get(program)?.({ call: this.#call, name: name.text, words, given, evaluate }) ?? started(this.#call, name, words, given)
  }

  /** `… | % { … }`: the block once for each item, as far as that stays small. */
  #each(block: string, given: Thing | null, gives: boolean): Thing {
    const items = given === null ? [] : flat(given)
    if (items.length * block.length > 200_000 || items.length > MOST_TURNS) return thing(UNKNOWN, given?.taint)
    const made = (items.length === 0 ? [thing()] : items).map((item) => {
      this.#variables.set('_', item)
      return this.#inner(block)
    })
    return gives ? { ...thing(made.map((each) => each.text).join(' '), joined(made)), list: made } : given ?? thing()
  }

  #argument(): Thing {
    const token = this.#tokens.peek() as Token
    if (token.is !== 'word') return this.#list(() => this.#glued(this.#postfix(this.#primary())))
    let text = ''
    // `-Uri:x`, `C:\x\$y.exe`: what stands together is one argument.
    let held: Taint = UNTAINTED
    do {
      const part = this.#tokens.peek() as Token
      const value = part.is === 'word' || (part.is === 'operator' && !/^[$@]?[({]$/.test(part.text)) ? (this.#tokens.at++, thing(part.text)) : this.#primary()
      text += value.text
      held = mixed(held, value.taint)
    } while (this.#tokens.peek()?.glued && this.#tokens.peek()?.is !== 'end' && !/^(?:[;|(),}[\]]|&&|\|\|)$/.test(this.#tokens.peek()?.text ?? ';'))
    return thing(text, held)
  }

  /** `$env:TEMP\\x.exe`: what stands together is one path. */
  #glued(start: Thing): Thing {
    let value = start
    for (let token = this.#tokens.peek(); token?.glued && (token.is === 'word' || token.is === 'variable') && !start.block; token = this.#tokens.peek()) value = binary('+', thing(value.text, value.taint), this.#primary())
    return value
  }

  #list(item: () => Thing): Thing {
    const first = item()
    if (!this.#tokens.is(',')) return first
    const items = [first]
    while (this.#tokens.take(',')) items.push(item())
    return { ...thing(items.map((each) => each.text).join(' '), joined(items)), list: items }
  }

  #expression(): Thing {
    return this.#deeper(() => this.#operated(() => this.#list(() => this.#unary())))
  }

  /** Operators go from left to right, whatever binds closer. */
  #operated(operand: () => Thing): Thing {
    let left = operand()
    for (let token = this.#tokens.peek(); token && isBinary(token); token = this.#tokens.peek()) {
      this.#tokens.at++
      left = binary(token.text.toLowerCase(), left, operand())
    }
    return left
  }

  #deeper(read: () => Thing): Thing {
    if (this.#level >= DEPTH) {
      this.#tokens.at++
      return thing()
    }
    this.#level++
    const value = read()
    this.#level--
    return value
  }

  #unary(): Thing {
    const token = this.#tokens.peek()
    if (token && isUnary(token)) {
      this.#tokens.at++
      const value = this.#expression()
      return token.text.toLowerCase() === '-join' ? binary('-join', value, thing('')) : value
    }
    if (this.#tokens.take('!') || this.#tokens.take('+')) return this.#unary()
    return this.#postfix(this.#primary())
  }

  #primary(): Thing {
    const token = this.#tokens.peek()
    return token ? this.#deeper(() => this.#atom(token)) : thing('')
  }

  #atom(token: Token): Thing {
    if (this.#tokens.is('{') || this.#tokens.is('@{')) return { ...thing(this.#tokens.block()), block: true }
    this.#tokens.at++
    if (token.is === 'text') return token.fills ? filled(token.text, { variable: (name) => variable(this.#call, this.#variables, name), inner: (inner) => this.#inner(inner) }) : thing(token.text)
    if (token.is === 'variable') return variable(this.#call, this.#variables, token.text)
    const range = token.is === 'word' ? /^(-?\d+)\.\.(-?\d+)$/.exec(token.text) : null
    if (range) return binary('..', thing(range[1]), thing(range[2]))
    if (token.is !== 'operator') return thing(token.text)
    if (token.text === '(' || token.text === '$(' || token.text === '@(') return this.#grouped()
    if (token.text === '[') return this.#type()
    return thing('')
  }

  #grouped(): Thing {
    let value = thing('')
    while (this.#tokens.peek() && !this.#tokens.is(')')) this.#tokens.onward(() => { if (this.#tokens.peek()?.is !== 'end') value = this.#statement() })
    this.#tokens.take(')')
    return value
  }

  /** `[char]104`, `[Convert]::…`. */
  #type(): Thing {
    let name = ''
    for (let open = 1; this.#tokens.peek() && this.#tokens.peek()?.is !== 'end' && open > 0; this.#tokens.at++) {
      const { text } = this.#tokens.peek() as Token
      if (text === '[') open++
      if (text === ']' && --open === 0) continue
      name += text
    }
    const next = this.#tokens.peek()
    if (!next || (next.is === 'operator' && /^(?:::|[);,|}\]])$/.test(next.text)) || next.is === 'end') return { ...thing(`[${name}]`), type: name }
    return castTo(name, this.#postfix(this.#primary()))
  }

  #postfix(start: Thing): Thing {
    let value = start
    for (;;) {
      const token = this.#tokens.peek()
      if (!token?.glued || token.is !== 'operator') return value
      if (this.#tokens.take('[')) {
        const index = this.#tokens.is(']') ? thing('') : this.#expression()
        this.#tokens.take(']')
        value = binary('[]', value, index)
      } else if (this.#tokens.take('.') || this.#tokens.take('::')) value = this.#step(value)
      else return value
    }
  }

  /** `::UTF8.GetString(…)`: one word, two steps. */
  #step(on: Thing): Thing {
    const word = this.#tokens.peek()
    if (word?.is === 'word') this.#tokens.at++
    const names = (word?.is === 'word' ? word.text : this.#primary().text).split('.', 20)
    const name = names.pop() ?? ''
    const holder = names.reduce((value, step) => this.#member(value, step, [], false), on)
    const called = this.#tokens.peek()?.glued === true && this.#tokens.take('(')
    const args: Thing[] = []
    if (called) {
      while (this.#tokens.peek() && !this.#tokens.is(')')) this.#tokens.onward(() => { if (!this.#tokens.is(',')) args.push(this.#single()) })
      this.#tokens.take(')')
    }
    return this.#member(holder, name, args, called)
  }

  #member(on: Thing, name: string, args: readonly Thing[], called: boolean): Thing {
    return member({ call: this.#call, on, name, args, called, evaluate: (text) => this.#inner(text), replace: (item, by) => this.#replace(item, by) })
  }

  /** One argument of a method: commas part arguments there. */
  #single(): Thing {
    let value = this.#operated(() => this.#unary())
    while (this.#tokens.take('|')) value = this.#element(value)
    return value
  }

  /** Methods that change what a variable holds: `[array]::Reverse($x)`, `$stream.Read($bytes, …)`. */
  #replace(item: Thing, by: Thing): void {
    for (const [name, value] of this.#variables) if (value === item) this.#variables.set(name, by)
  }
}
