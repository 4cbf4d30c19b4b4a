import { Counted } from '../counted.ts'
import type { Desk } from '../desk.ts'
import { UNKNOWN } from '../desk.ts'
import { secretIn } from '../secrets.ts'
import type { Place } from '../source.ts'
import { mixed, SOURCES, UNTAINTED } from '../taint.ts'
import type { Taint } from '../taint.ts'
import { sameContent } from '../written.ts'
import { batchCommandsOf, looksLikeBatch } from './batch.ts'
import { collect, joined, NOTHING, note, unknown } from './call.ts'
import type { Call, Dialect, Value } from './call.ts'
import { BORN, concatenated, valueOf, wordsOf } from './expand.ts'
import type { Expanding } from './expand.ts'
import { readPowershell } from './powershell.ts'
import { programName } from './names.ts'
import { startProgram } from './programs.ts'
import { drained, fed } from './redirects.ts'
import { commandsOf, LONGEST } from './commands.ts'
import type { Command } from './commands.ts'
import type { Word } from './words.ts'

const DEPTH = 16
/** Characters that are read or expanded for one line, all substitutions and functions included. */
const BUDGET = 4_194_304
const FORK_BOMB = /([\w:.]{1,20})\s{0,5}\(\)\s{0,5}\{\s{0,5}\1\s{0,5}\|\s{0,5}\1\s{0,5}&/

const HOST = /^(?:USER|LOGNAME|USERNAME|HOSTNAME|COMPUTERNAME|USERDOMAIN|USERDNSDOMAIN|HOST|LOGONSERVER)$/

/** Notes what a line or a script does; gives what its output holds. `hidden` is what its `…` parts hold. */
export function readShell(desk: Desk, line: string, place: Place, hidden: Taint = UNTAINTED): Taint {
  const path = place.source.anchor ? '' : place.source.path
  const whole = place.source.text.startsWith(line, place.from)
  const dialect: Dialect = whole && /\.ps[dm]?1$/i.test(path) ? 'powershell' : whole && /\.(?:bat|cmd)$/i.test(path) ? 'batch' : 'posix'
  const reader = new Reader(desk, place, hidden)
  if (line.length > LONGEST) desk.miss(`${place.source.path}: only the beginning of a shell script was read`)
  const output = reader.read(line, dialect, whole ? place.from : null)
  // What a pipe with a name is fed comes to light only behind the command that reads it.
  return /\b(?:mkfifo|mknod)\b/.test(line) ? mixed(output.taint, reader.read(line, dialect, whole ? place.from : null).taint) : output.taint
}

/** Notes what starting a program with these words does; gives what its output holds. `taints[i]` is what word `i` holds. */
export function readProgram(desk: Desk, words: readonly string[], place: Place, taints: readonly Taint[] = []): Taint {
  return new Reader(desk, place, UNTAINTED).start(words.map((text, index) => ({ text, taint: taints[index] ?? UNTAINTED })), NOTHING).taint
}

/** A group or compound command that is open: what it is fed, and what its commands have printed. */
interface Frame {
  given: Value
  printed: Value
}

/** A script of the package: what stood when it began, and whether it leads back to itself with nothing changed. */
interface Script {
  began: number
  circular: boolean
}

/** Reads the lines of one shell: one set of variables and functions. */
class Reader {
  readonly #desk: Desk
  readonly #hidden: Taint
  readonly #variables = new Counted<Value>(sameContent)
  readonly #functions = new Counted<string>((a, b) => a === b)
  readonly #running = new Set<string>()
  /** The package's scripts that are being read. */
  readonly #scripts = new Map<string, Script>()
  #place: Place
  #dialect: Dialect = 'posix'
  #depth = 0
  #left = BUDGET
  #streams = 3

  constructor(desk: Desk, place: Place, hidden: Taint) {
    this.#desk = desk
    this.#place = place
    this.#hidden = hidden
  }

  /** `base` is where the text stands in the source of the place, when it stands there as it is. */
  read(text: string, asked: Dialect, base: number | null = null, given = NOTHING): Value {
    if (this.#depth >= DEPTH) return this.#cut('shell commands nested too deeply')
    if (!this.#afford(text.length)) return NOTHING
    const [before, place] = [this.#dialect, this.#place]
    this.#dialect = asked === 'posix' && looksLikeBatch(text) ? 'batch' : asked
    this.#depth++
    const output = this.#dialect === 'powershell'
      ? readPowershell(this.#call('powershell', [], NOTHING, ''), text)
      : this.#commands(this.#dialect === 'batch' ? batchCommandsOf(text) : commandsOf(text), base, given)
    if (text.includes('()') && FORK_BOMB.test(text.slice(0, 4_000))) note(this.#call(':', [], NOTHING, ''), 'spawn', ':(){ :|:& };:')
    this.#depth--
    this.#dialect = before
    this.#place = place
    return output
  }

  #commands(commands: readonly Command[], base: number | null, given: Value): Value {
    const outer = this.#place
    const frames: Frame[] = [{ given, printed: NOTHING }]
    let piped: Value | null = null
    const ends = endsOf(commands)
    commands.forEach((command, index) => {
      if (base !== null) this.#place = { source: outer.source, from: base + command.from, to: base + Math.max(command.to, command.from + 1) }
      const frame = frames.at(-1) as Frame
      if (command.is === 'define') this.#functions.set(this.#textOf(command.words[0]), command.body)
      else if (command.is === 'open') {
        const end = ends.get(index)
        const given = piped ?? frame.given
        frames.push({ given: end ? this.#fed(end, given) : given, printed: NOTHING })
        piped = null
      } else {
        const closed: Frame | undefined = command.is === 'close' && frames.length > 1 ? frames.pop() : undefined
        const printed: Value = command.is === 'close' ? this.#drain(command, closed?.printed ?? NOTHING) : this.#simple(command, piped ?? frame.given)
        piped = command.tie === '|' ? printed : null
        const current = frames.at(-1) as Frame
        if (command.tie !== '|') current.printed = concatenated(current.printed, printed)
      }
    })
    return frames.reduce((all, frame) => concatenated(all, frame.printed), NOTHING)
  }

  /** One simple command: assignments in front, redirections around, a program with its words. */
  #simple(command: Command, piped: Value): Value {
    const words: Value[] = []
    for (const word of command.words) {
      const name = words.length === 0 ? assigned(word) : null
      if (name !== null) this.#assign(name, this.#valueOf(word))
      else words.push(...wordsOf(word, this.#expanding))
    }
    const given = this.#fed(command, piped)
    if (words.length === 0) return this.#drain(command, given === piped ? NOTHING : given)
    this.#spelled(command, words)
    const printed = this.start(words, given)
    return this.#drain(command, printed, words)
  }

  #fed(command: Command, piped: Value): Value {
    return command.redirects.length === 0 ? piped : fed(command, piped, (word) => this.#valueOf(word), this.#call('<', [], piped, ''))
  }

  /** Text that was put together from pieces is worth a second look. */
  #spelled(command: Command, words: readonly Value[]): void {
    if (!command.words.some((word) => word.pieces.length > 1)) return
    const text = words.map((word) => word.text).join(' ')
    if (text.length <= 4_000 && !text.startsWith(UNKNOWN)) this.#desk.text(text, 'folded', this.#place)
  }

  #drain(command: Command, printed: Value, words: readonly Value[] = []): Value {
    if (command.redirects.length === 0) return printed
    const call = this.#call(programName(words[0]?.text ?? '') || '>', words.slice(1), printed, words.map((word) => word.text).join(' '))
    return drained(command, printed, (word) => this.#valueOf(word), call)
  }

  start(words: readonly Value[], given: Value): Value {
    const first = words[0]
    if (!first) return given
    if (this.#depth >= DEPTH) return this.#cut('shell commands nested too deeply')
    if (!this.#afford(16)) return NOTHING
    const body = this.#functions.get(first.text)
    if (body !== undefined && !this.#running.has(first.text)) return this.#function(first.text, body, words.slice(1), given)
    const line = words.map((word) => word.text.slice(0, 500)).join(' ').slice(0, 500)
    this.#depth++
    const output = startProgram(this.#call(programName(first.text), words.slice(1), given, line), first)
    this.#depth--
    return output
  }

  /**
   * A script that starts itself again, by whatever way, does the same over again as long as nothing has changed: its own
   * round is left out. That is true only if leaving it out changes nothing either, so that the whole must end as it began:
   * a second round would run what the first one left.
   */
  #script(name: string, text: string): void {
    const outer = this.#scripts.get(name)
    if (outer?.began === this.#changes()) {
      outer.circular = true
      return
    }
    const script: Script = { began: this.#changes(), circular: false }
    this.#scripts.set(name, script)
    this.read(text, 'posix')
    if (outer) this.#scripts.set(name, outer)
    else this.#scripts.delete(name)
    if (script.circular && script.began !== this.#changes()) this.#cut('scripts that start one another in a circle leave something for the next round')
  }

  /** Grows with whatever the reading of a command depends on; a function that runs counts, because its name then means the program. */
  #changes(): number {
    return this.#variables.changes + this.#functions.changes + this.#desk.written.changes + this.#running.size
  }

  #function(name: string, body: string, args: readonly Value[], given: Value): Value {
    this.#running.add(name)
    args.forEach((value, index) => this.#variables.set(String(index + 1), value))
    const all: Value = { text: args.map((value) => value.text).join(' '), taint: joined(args) }
    for (const each of ['@', '*']) this.#variables.set(each, all)
    const output = this.read(body, this.#dialect, null, given)
    this.#running.delete(name)
    return output
  }

  #call(program: string, words: readonly Value[], given: Value, line: string): Call {
    const dialect = this.#dialect
    const feed = given
    return {
      desk: this.#desk, place: this.#place, dialect, program, words, texts: words.map((word) => word.text), given, line,
      variables: this.#variables, functions: this.#functions, files: this.#desk.written,
      read: (text, other = dialect) => this.read(text, other),
      script: (name, text) => this.#script(name, text),
      start: (others, fresh = feed) => this.start(others, fresh),
    }
  }

  #assign(name: string, value: Value): void {
    const at = value.text.indexOf('=')
    const fresh = { text: value.text.slice(at + 1), taint: value.taint }
    const before = value.text[at - 1] === '+' ? this.#variables.get(name) : undefined
    this.#variables.set(name, before ? concatenated(before, fresh) : fresh)
  }

  readonly #expanding: Expanding = {
    literal: (text) => (text.includes(UNKNOWN) ? this.#hidden : UNTAINTED),
    variable: (name) => this.#variable(name),
    command: (text, file) => {
      const output = this.read(text, this.#dialect)
      if (!file) return { text: output.text.trimEnd() || UNKNOWN, taint: output.taint }
      const path = `/dev/fd/${this.#streams++}`
      this.#desk.written.set(path, output)
      return { text: path, taint: UNTAINTED }
    },
  }

  #variable(name: string): Value | null {
    const value = this.#variables.get(name)
    if (value) return this.#afford(value.text.length) ? value : unknown(value.taint)
    const born = BORN.get(name)
    if (born !== undefined) return { text: born, taint: UNTAINTED }
    const bits = HOST.test(name) ? SOURCES.host : secretIn(name) && !name.startsWith('npm_package_') ? SOURCES.secret : 0
    if (bits === 0) return null
    return { text: this.#dialect === 'batch' ? `%${name}%` : UNKNOWN, taint: collect(this.#call(`$${name}`, [], NOTHING, name), bits, name) }
  }

  #valueOf(word: Word): Value {
    return valueOf(word, this.#expanding)
  }

  #textOf(word: Word | undefined): string {
    return word ? this.#valueOf(word).text : ''
  }

  #afford(characters: number): boolean {
    this.#left -= characters
    if (this.#left >= 0) return true
    this.#cut('a shell script unfolds to more than is read')
    return false
  }

  #cut(why: string): Value {
    this.#desk.miss(`${this.#place.source.path}: ${why}`)
    return NOTHING
  }
}

/** The name that a word assigns to, when it does. */
function assigned(word: Word): string | null {
  const first = word.pieces[0]
  return first?.is === 'text' && !first.quoted ? /^([A-Za-z_]\w{0,100})\+?=/.exec(first.text)?.[1] ?? null : null
}

/** The ends of groups that say what the group is fed: `done < file`. */
function endsOf(commands: readonly Command[]): ReadonlyMap<number, Command> {
  const found = new Map<number, Command>()
  const open: number[] = []
  commands.forEach((command, index) => {
    if (command.is === 'open') open.push(index)
    const start = command.is === 'close' ? open.pop() : undefined
    if (start !== undefined && command.redirects.some(({ operator }) => operator.startsWith('<'))) found.set(start, command)
  })
  return found
}
