import { UNKNOWN } from '../desk.ts'
import { secretIn } from '../secrets.ts'
import { mixed, UNTAINTED } from '../taint.ts'
import type { Taint } from '../taint.ts'
import { joined } from './call.ts'
import type { Call } from './call.ts'
import { CMDLETS, started } from './powershell-cmdlets.ts'
import { member } from './powershell-members.ts'
import type { Thing } from './powershell-things.ts'
import { binary, castTo, flat, thing } from './powershell-things.ts'
import { tokensOf, unticked } from './powershell-tokens.ts'
import type { Token } from './powershell-tokens.ts'

interface Defined {
  names: readonly string[]
  body: string
}

const DEPTH = 40
const LONGEST = 1_048_576
const MOST_TURNS = 3_000
const LOUD = new Set(['if', 'elseif', 'else', 'while', 'foreach', 'for', 'try', 'catch', 'finally', 'do', 'until', 'switch', 'param', 'process', 'begin', 'end', 'return', 'in', 'throw', 'exit', 'break'])
const BINARY = /^-(?:join|f|replace|creplace|ireplace|split|csplit|isplit|bxor|band|bor|shl|shr|eq|ne|gt|lt|ge|le|like|match|and|or|as|is|contains|notlike|notmatch|in)$/i
const NUMBER = /^-?(?:0x[\da-f]+|\d+(?:\.\d+)?|\d+\.\.-?\d+)$/i
const UNARY = /^-(?:join|not|split|bnot)$/i

/** Reads PowerShell by walking its tokens once: texts are folded, known calls are noted, every branch is taken. */
export class Script {
  readonly #call: Call
  readonly #variables: Map<string, Thing>
  readonly #functions: Map<string, Defined>
  readonly #depth: number
  #tokens: readonly Token[] = []
  #at = 0
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
    this.#tokens = tokensOf(text)
    this.#at = 0
    let last = thing('')
    while (this.#at < this.#tokens.length) {
      const before = this.#at
      const next = this.#peek()
      if (next?.is === 'end' || (next?.is === 'operator' && /^[})\]]$/.test(next.text))) this.#at++
      else last = this.#statement()
      if (this.#at === before) this.#at++
    }
    return last
  }

  #inner(text: string): Thing {
    return new Script(this.#call, this.#variables, this.#depth + 1, this.#functions).run(text)
  }

  #peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#at + ahead]
  }

  #is(text: string): boolean {
    const token = this.#peek()
    return token?.is === 'operator' && token.text === text
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false
    this.#at++
    return true
  }

  #statement(): Thing {
    const token = this.#peek() as Token
    const name = token.is === 'word' ? token.text.toLowerCase() : ''
    if (name === 'function' || name === 'filter') return this.#define()
    if (LOUD.has(name)) {
      this.#at++
      return thing('')
    }
    if (this.#take('{')) return thing('')
    let at = this.#at
    // `[byte[]]$x = …`: the type in front says nothing.
    if (this.#is('[')) while (this.#tokens[at]?.is !== 'variable' && /^[[\]\w.]+$/.test(this.#tokens[at]?.text ?? '') && at - this.#at < 8) at++
    const assigns = this.#tokens[at]?.is === 'variable' && /^(?:=|\+=)$/.test(this.#tokens[at + 1]?.text ?? '') && this.#tokens[at + 1]?.is === 'operator'
    if (!assigns) return this.#pipeline()
    const target = (this.#tokens[at] as Token).text
    const adds = this.#tokens[at + 1]?.text === '+='
    this.#at = at + 2
    const value = this.#peek()?.is === 'end' ? thing() : this.#statement()
    this.#variables.set(target, adds ? binary('+', this.#variables.get(target) ?? thing(''), value) : value)
    return value
  }

  #define(): Thing {
    const name = this.#peek(1)?.text.toLowerCase() ?? ''
    this.#at += 2
    const names: string[] = []
    for (; this.#peek() && !this.#is('{'); this.#at++) if (this.#peek()?.is === 'variable') names.push(this.#peek()?.text ?? '')
    const body = this.#block()
    const inside = /^\s*param\s*\(([^)]{0,500})\)/i.exec(body)?.[1]
    for (const name of inside?.matchAll(/\$\{(\w+)\}/g) ?? []) names.push(name[1] as string)
    this.#functions.set(name, { names, body })
    return thing('')
  }

  #pipeline(): Thing {
    let value = this.#element(null)
    while (this.#take('|')) {
      while (this.#peek()?.is === 'end' && this.#peek()?.text === '\n') this.#at++
      value = this.#element(value)
    }
    return value
  }

  #element(given: Thing | null): Thing {
    const token = this.#peek()
    if (!token) return thing('')
    const calls = this.#take('&') || (token.is === 'operator' && token.text === '.' && this.#take('.'))
    if (calls) return this.#is('{') ? this.#inner(this.#block()) : this.#command(this.#glued(this.#postfix(this.#primary())), given)
    if (token.is === 'operator' && token.text === '%') {
      this.#at++
      return this.#command(thing('%'), given)
    }
    if (token.is === 'word' && !UNARY.test(token.text) && !NUMBER.test(token.text)) {
      this.#at++
      return this.#command(thing(token.text), given)
    }
    return this.#expression()
  }

  /** A command: its name, then arguments up to the end of the statement. */
  #command(name: Thing, given: Thing | null): Thing {
    const words: Thing[] = []
    const blocks: string[] = []
    for (let token = this.#peek(); token && token.is !== 'end' && !(token.is === 'operator' && /^(?:\||\|\||&&|\)|\}|;|\])$/.test(token.text)); token = this.#peek()) {
      const before = this.#at
      if (this.#is('{')) blocks.push(this.#block())
      else if (this.#is(',')) this.#at++
      else words.push(this.#argument())
      if (this.#at === before) this.#at++
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

  /** The text of a block, tokens joined: it is read again where it runs. */
  #block(): string {
    let open = 0
    const parts: string[] = []
    for (; this.#at < this.#tokens.length; this.#at++) {
      const token = this.#tokens[this.#at] as Token
      if (token.is === 'operator' && token.text.endsWith('{')) open++
      if (token.is === 'operator' && token.text === '}' && --open === 0) { this.#at++; break }
      parts.push((token.glued ? '' : ' ') + source(token))
    }
    return parts.join('').trim().replace(/^\{/, '')
  }

  #argument(): Thing {
    const token = this.#peek() as Token
    if (token.is !== 'word') return this.#list(() => this.#glued(this.#postfix(this.#primary())))
    let text = ''
    // `-Uri:x`, `C:\x\$y.exe`: what stands together is one argument.
    let held: Taint = UNTAINTED
    do {
      const part = this.#peek() as Token
      const value = part.is === 'word' || (part.is === 'operator' && !/^[$@]?[({]$/.test(part.text)) ? (this.#at++, thing(part.text)) : this.#primary()
      text += value.text
      held = mixed(held, value.taint)
    } while (this.#peek()?.glued && this.#peek()?.is !== 'end' && !/^(?:[;|(),}[\]]|&&|\|\|)$/.test(this.#peek()?.text ?? ';'))
    return thing(text, held)
  }

  /** `$env:TEMP\\x.exe`: what stands together is one path. */
  #glued(start: Thing): Thing {
    let value = start
    for (let token = this.#peek(); token?.glued && (token.is === 'word' || token.is === 'variable') && !start.block; token = this.#peek()) value = binary('+', thing(value.text, value.taint), this.#primary())
    return value
  }

  #list(item: () => Thing): Thing {
    const first = item()
    if (!this.#is(',')) return first
    const items = [first]
    while (this.#take(',')) items.push(item())
    return { ...thing(items.map((each) => each.text).join(' '), joined(items)), list: items }
  }

  #expression(): Thing {
    if (++this.#level > DEPTH) {
      this.#level--
      this.#at++
      return thing()
    }
    let left = this.#list(() => this.#unary())
    for (let token = this.#peek(); token; token = this.#peek()) {
      const operator = token.text.toLowerCase()
      const known = (token.is === 'operator' && /^(?:\+|\*|\/|%|\.\.)$/.test(operator)) || (token.is === 'word' && (BINARY.test(operator) || operator === '-'))
      if (!known) break
      this.#at++
      left = binary(operator, left, this.#list(() => this.#unary()))
    }
    this.#level--
    return left
  }

  #unary(): Thing {
    const token = this.#peek()
    if (token?.is === 'word' && UNARY.test(token.text)) {
      this.#at++
      const value = this.#expression()
      return token.text.toLowerCase() === '-join' ? binary('-join', value, thing('')) : value
    }
    if (this.#take('!') || this.#take('+')) return this.#unary()
    return this.#postfix(this.#primary())
  }

  #primary(): Thing {
    const token = this.#peek()
    if (!token) return thing('')
    if (++this.#level > DEPTH) {
      this.#level--
      this.#at++
      return thing()
    }
    const value = this.#atom(token)
    this.#level--
    return value
  }

  #atom(token: Token): Thing {
    if (this.#is('{') || this.#is('@{')) return { ...thing(this.#block()), block: true }
    this.#at++
    if (token.is === 'text') return token.fills ? this.#filled(token.text) : thing(token.text)
    if (token.is === 'variable') return this.#variable(token.text)
    const range = token.is === 'word' ? /^(-?\d+)\.\.(-?\d+)$/.exec(token.text) : null
    if (range) return binary('..', thing(range[1]), thing(range[2]))
    if (token.is !== 'operator') return thing(token.text)
    if (token.text === '(' || token.text === '$(' || token.text === '@(') return this.#grouped()
    if (token.text === '[') return this.#type()
    return thing('')
  }

  #grouped(): Thing {
    let value = thing('')
    while (this.#peek() && !this.#is(')')) {
      const before = this.#at
      if (this.#peek()?.is === 'end') this.#at++
      else value = this.#statement()
      if (this.#at === before) this.#at++
    }
    this.#take(')')
    return value
  }

  /** `[char]104`, `[Convert]::…`. */
  #type(): Thing {
    let name = ''
    for (let open = 1; this.#peek() && this.#peek()?.is !== 'end' && open > 0; this.#at++) {
      const { text } = this.#peek() as Token
      if (text === '[') open++
      if (text === ']' && --open === 0) continue
      name += text
    }
    const next = this.#peek()
    if (!next || (next.is === 'operator' && /^(?:::|[);,|}\]])$/.test(next.text)) || next.is === 'end') return { ...thing(`[${name}]`), type: name }
    return castTo(name, this.#postfix(this.#primary()))
  }

  #postfix(start: Thing): Thing {
    let value = start
    for (;;) {
      const token = this.#peek()
      if (!token?.glued || token.is !== 'operator') return value
      if (token.text === '[') {
        this.#at++
        const index = this.#is(']') ? thing('') : this.#expression()
        this.#take(']')
        value = binary('[]', value, index)
      } else if (token.text === '.' || token.text === '::') {
        this.#at++
        const names = (this.#peek()?.is === 'word' ? (this.#tokens[this.#at++] as Token).text : this.#primary().text).split('.', 20)
        const name = names.pop() ?? ''
        // `::UTF8.GetString`: one word, two steps.
        for (const step of names) value = this.#member(value, step, [], false)
        const args: Thing[] = []
        const called = this.#is('(') && this.#peek()?.glued === true
        if (called) {
          this.#at++
          while (this.#peek() && !this.#is(')')) {
            const before = this.#at
            if (!this.#take(',')) args.push(this.#single())
            if (this.#at === before) this.#at++
          }
          this.#take(')')
        }
        value = this.#member(value, name, args, called)
      } else return value
    }
  }

  #member(on: Thing, name: string, args: readonly Thing[], called: boolean): Thing {
    return member({ call: this.#call, on, name, args, called, evaluate: (text) => this.#inner(text), replace: (item, by) => this.#replace(item, by) })
  }

  /** One argument of a method: commas part arguments there. */
  #single(): Thing {
    let left = this.#unary()
    for (let token = this.#peek(); token && ((token.is === 'operator' && /^(?:\+|\*|\/|%|\.\.)$/.test(token.text)) || (token.is === 'word' && BINARY.test(token.text))); token = this.#peek()) {
      this.#at++
      left = binary(token.text.toLowerCase(), left, this.#unary())
    }
    if (this.#is('|')) {
      while (this.#take('|')) left = this.#element(left)
    }
    return left
  }

  /** Methods that change what a variable holds: `[array]::Reverse($x)`, `$stream.Read($bytes, …)`. */
  #replace(item: Thing, by: Thing): void {
    for (const [name, value] of this.#variables) if (value === item) this.#variables.set(name, by)
  }

  #variable(name: string): Thing {
    const known = this.#variables.get(name)
    if (known) return known
    const environment = /^env:(.+)$/.exec(name)?.[1]
    if (environment !== undefined) return this.#environment(environment)
    return name === 'pshome' ? thing('C:\\Windows\\System32\\WindowsPowerShell\\v1.0') : name === 'profile' ? thing('$PROFILE') : name === 'home' ? thing('%USERPROFILE%') : name === 'shellid' ? thing('Microsoft.PowerShell') : name === 'verbosepreference' ? thing('SilentlyContinue') : thing()
  }

  #environment(name: string): Thing {
    const value = this.#call.variables.get(name.toUpperCase())
    if (value) return thing(value.text, value.taint)
    const held = /^(?:username|computername|userdomain)$/.test(name) || secretIn(name)
    return held ? member({ call: this.#call, on: { ...thing('[environment]'), type: 'environment' }, name: 'getenvironmentvariable', args: [thing(name)], called: true, evaluate: () => thing(), replace: () => undefined })
      : thing(name === 'comspec' ? 'C:\\WINDOWS\\system32\\cmd.exe' : name === 'public' ? 'C:\\Users\\Public' : `%${name.toUpperCase()}%`)
  }

  #filled(text: string): Thing {
    let held: Taint = UNTAINTED
    const filled = text.replace(/(`[\s\S])|\$\(([^()]{0,2000}(?:\([^()]{0,500}\)[^()]{0,500}){0,5})\)|\$(?:\{([^}]{1,80})\}|((?:env:)?\w{1,80}))/gi, (whole, tick?: string, inner?: string, braced?: string, bare?: string) => {
      if (tick !== undefined) return whole
      const value = inner !== undefined ? this.#inner(inner) : this.#variable((braced ?? bare ?? '').toLowerCase())
      held = mixed(held, value.taint)
      return value.text.slice(0, 65_536)
    })
    return thing(unticked(filled.slice(0, LONGEST)), held)
  }
}

/** A token as it is written. */
function source(token: Token): string {
  if (token.is === 'variable') return `\${${token.text}}`
  if (token.is !== 'text') return token.text
  return token.fills ? `"${token.text.replaceAll('"', '""')}"` : `'${token.text.replaceAll("'", "''")}'`
}
