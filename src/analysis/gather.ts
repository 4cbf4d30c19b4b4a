import { posix } from 'node:path'
import type { PackageFile, Trigger, UnpackedPackage } from '../core/types.ts'
import { readBinary } from './binary/index.ts'
import type { BinaryFacts } from './binary/index.ts'
import { picklesIn, readPickle } from './binary/pickle.ts'
import { pythonSource } from './binary/python-source.ts'
import { recognise } from './decode/index.ts'
import type { Mark } from './decode/index.ts'
import { ROOT, UNKNOWN } from './desk.ts'
import type { Desk, Language, Note } from './desk.ts'
import type { Facts, Located } from './facts.ts'
import { Engine } from './flow/engine.ts'
import { KEPT } from './flow/units.ts'
import { go } from './go/tongue.ts'
import { javascript } from './javascript/tongue.ts'
import { languageIn, languageOf } from './languages.ts'
import { python } from './python/tongue.ts'
import { Record, STRENGTH, located } from './record.ts'
import { gypCommands } from './shell/gyp.ts'
import { readProgram, readShell } from './shell/read.ts'
import { sourceOf } from './source.ts'
import type { Place, Source } from './source.ts'
import { UNTAINTED } from './taint.ts'
import type { Taint } from './taint.ts'
import { WrittenFiles } from './written.ts'

const NESTED = 24
const MARKS = 200
const SHORTEST_LEFT = 20

/**
 * What the code of a package does, and when. Never throws, never evaluates anything; what could not be read or followed is
 * named in `missing`. Linear in the size of the code.
 */
export function gatherFacts(pkg: UnpackedPackage): Facts {
  const gathering = new Gathering(pkg)
  gathering.run()
  return gathering.facts()
}

class Gathering implements Desk {
  readonly pkg: UnpackedPackage
  readonly written = new WrittenFiles()
  readonly #record = new Record()
  readonly #marks: Located<Mark>[] = []
  readonly #binaries: BinaryFacts[] = []
  readonly #engines: Map<Language, Engine>
  /** What was read, so that nothing leads in circles. */
  readonly #seen = new Set<string>()
  /** Files that wait to be walked, and what led to them. A file that is added while they are gone through is gone through, too. */
  readonly #waiting = new Map<string, Trigger>()
  /** Of each bytes the file that was walked first. */
  readonly #first = new Map<string, PackageFile>()
  #depth = 0
  #base = ''

  constructor(pkg: UnpackedPackage) {
    this.pkg = pkg
    this.#engines = new Map([javascript, python, go].map((tongue) => [tongue.id, new Engine(this, tongue)]))
  }

  run(): void {
    for (const file of this.pkg.files.values()) this.#look(file)
    const triggers = this.pkg.triggers.toSorted((a, b) => STRENGTH.indexOf(a.kind) - STRENGTH.indexOf(b.kind))
    for (const trigger of triggers) {
      this.#pull(trigger)
      this.#settle()
    }
    this.#rest()
    this.#late()
    for (const file of this.pkg.files.values()) if (this.#seen.has(file.path)) this.#first.set(file.sha256, file)
    for (const file of this.pkg.files.values()) this.#unreached(file)
    this.#late()
    for (const [language, engine] of this.#engines) if (engine.spent) this.miss(`${language}: too much code to follow`)
  }

  facts(): Facts {
    const record = this.#record
    const actions = record.actions()
    actions.sort((a, b) => STRENGTH.indexOf(a.trigger.kind) - STRENGTH.indexOf(b.trigger.kind))
    return {
      actions, indicators: record.indicators(), hidden: record.hidden, marks: this.#marks, binaries: this.#binaries, missing: [...record.missing],
    }
  }

  #pull(trigger: Trigger): void {
    this.#record.trigger = trigger
    const { kind, file, command } = trigger
    const compiled = file?.endsWith('.go') ?? false
    // A command of a bundled package runs in that package's folder.
    const folder = / of (.+)$/.exec(trigger.name)?.[1]
    this.#base = folder ?? ''
    // What comes with cgo are compiler flags, not a command line.
    if (command !== undefined && !(compiled && kind === 'build')) {
      // Settings of editors and containers spell their commands themselves.
      const own = compiled || kind === 'editor' || kind === 'command'
      const manifest = this.pkg.files.get(own ? file ?? '' : folder ? `${folder}/package.json` : this.pkg.manifest.file ?? '')
      const whole: Place = { source: { path: file ?? '', text: command, anchor: null }, from: 0, to: command.length }
      this.shell(command, manifest ? found(sourceOf(manifest), command) : whole)
    }
    if (file !== null && kind !== 'generate') this.file(file, null)
  }

  #settle(): void {
    for (const engine of this.#engines.values()) this.#guarded('', undefined, () => engine.settle())
  }

  /** Functions that wait for somebody to call them. */
  #rest(): void {
    const kind = this.#record.trigger.kind === 'file' ? 'file' : 'call'
    for (const engine of this.#engines.values()) {
      this.#guarded('', undefined, () => engine.callTheRest((name, source) => {
        this.#record.trigger = { kind, name, file: source.path }
      }))
    }
    this.#settle()
  }

  later(path: string): void {
    if (!this.#waiting.has(path)) this.#waiting.set(path, this.#record.trigger)
  }

  /** Files that others load, where there was too much code to hold at once: each in its turn, for the reason it is loaded. */
  #late(): void {
    for (const [path, trigger] of this.#waiting) {
      this.#renew(this.pkg.files.get(path)?.size ?? 0)
      this.#record.trigger = trigger
      this.#base = ''
      this.file(path, null)
      this.#settle()
      this.#rest()
    }
  }

  /** Trees take many times the memory of their text: files that nobody imports are not kept for each other's sake. */
  #renew(needed: number): void {
    for (const [language, engine] of this.#engines) {
      if (engine.size === 0 || engine.size + needed <= KEPT) continue
      if (engine.spent) this.miss(`${language}: too much code to follow`)
      this.#engines.set(language, new Engine(this, engine.tongue, engine))
    }
  }

  /** Files that no trigger leads to: code in them runs when somebody loads them in a way that was not seen. */
  #unreached(file: PackageFile): void {
    if (this.#seen.has(file.path) || languageOf(file, null) === null || this.#isCopy(file)) return
    this.#renew(file.size)
    this.written.parted()
    this.#record.trigger = { kind: 'file', name: file.path, file: file.path }
    this.#base = ''
    this.file(file.path, null)
    this.#settle()
    this.#rest()
  }

  /** The same code again, in a place where it does the same: builds put bundles into several folders. */
  #isCopy(file: PackageFile): boolean {
    const first = this.#first.get(file.sha256)
    if (!first) this.#first.set(file.sha256, file)
    const language = languageOf(file, null)
    if (!first || file.truncated || (language !== 'javascript' && language !== 'python') || language !== languageOf(first, null)) return false
    return this.#engines.get(language)?.isCopy(file.path, first.path) === true
  }

  /** What the bytes of a file say, whoever runs it. */
  #look(file: PackageFile): void {
    const binary = readBinary(file.path, file.bytes, file.truncated)
    if (binary) {
      this.#binaries.push(binary)
      const place = { source: { path: file.path, text: '', anchor: null }, from: 0, to: 0 }
      for (const { text } of binary.strings) this.#record.text(text, 'literal', place)
      if (binary.format === 'pyc') this.#compiled(file)
      if (binary.format === 'pickle') this.#pickled(file)
      return
    }
    const language = languageOf(file, null)
    if (language === null || language === 'gyp') return
    const source = sourceOf(file)
    for (const mark of recognise(source.text, language === 'pth' ? 'python' : language)) {
      if (this.#marks.length < MARKS) this.#marks.push(located(mark, { source, from: mark.from, to: mark.to }))
    }
  }

  /** Compiled Python is read as the source it came from; without that source beside it, importing its name runs it. */
  #compiled(file: PackageFile): void {
    const read = pythonSource(file.bytes)
    if (!read) return
    const name = file.path.replace(/(?:__pycache__\/)?([^/]+?)(?:\.[\w-]+)?\.py[co]$/, '$1')
    this.#record.trigger = { kind: this.pkg.files.has(`${name}.py`) ? 'file' : 'import', name: file.path, file: file.path }
    const source = { path: file.path, text: read.text, anchor: null }
    this.#read('python', `compiled\0${file.path}`, source)
    this.#settle()
    this.#rest()
  }

  /** What a pickle calls runs when it is loaded: with the package, where a module of it names the file. */
  #pickled(file: PackageFile): void {
    const name = posix.basename(file.path)
    const loader = [...this.pkg.files.values()].find(({ path, bytes }) => path.endsWith('.py') && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(name))
    this.#record.trigger = { kind: loader ? 'import' : 'file', name: file.path, file: file.path }
    const text = picklesIn(file.path, file.bytes).map((one) => readPickle(one).text).join('\n')
    this.#read('python', `pickled\0${file.path}`, { path: file.path, text, anchor: null })
    this.#settle()
  }

  note(note: Note, place: Place): void {
    this.#record.note(note, place)
  }

  cause(): Trigger {
    return this.#record.trigger
  }

  because(cause: unknown): void {
    this.#record.trigger = cause as Trigger
  }

  miss(line: string): void {
    this.#record.missing.add(line)
  }

  text(text: string, spelled: 'literal' | 'folded' | 'decoded', place: Place): void {
    this.#record.text(text, spelled, place)
    const opened = this.#record.open(text, place)
    const language = opened && languageIn(opened.text)
    // Hidden code is read even where nothing was seen to run it.
    if (opened && language && opened.text.length > 40) this.code(language, opened.text, place, opened.how)
  }

  shell(line: string, place: Place, unknown: Taint = UNTAINTED): Taint {
    return this.#guarded(place.source.path, UNTAINTED, () => readShell(this, line, place, unknown))
  }

  program(words: readonly string[], place: Place, taints: readonly Taint[] = []): Taint {
    return this.#guarded(place.source.path, UNTAINTED, () => readProgram(this, words, place, taints))
  }

  code(language: Language, text: string, place: Place, how?: string): void {
    const key = `${place.source.path}\0${language}\0${text}`
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    this.#read(language, key, { path: place.source.path, text, anchor: place, ...(how === undefined ? {} : { how }) })
  }

  left(text: string, place: Place): void {
    if (text.length < SHORTEST_LEFT || text.includes(UNKNOWN)) return
    const language = languageIn(text)
    if (language) this.code(language, text, place, 'being written to a file')
  }

  /** Paths in commands are relative to the package; a program's own folder stands for itself. */
  file(path: string, language: Language | null): void {
    if (path.includes(UNKNOWN)) return
    const plain = posix.normalize(path.startsWith(`${ROOT}/`) ? path.slice(ROOT.length + 1) : path).replace(/^(?:\.\/)+/, '')
    const file = this.#find(plain, language) ?? this.#find(posix.join(this.#base, plain), language)
    if (!file) return
    if (this.#seen.has(file.path)) {
      // What an import walked may still have a `main`.
      if (file.path.endsWith('.go')) this.#engines.get('go')?.file(file.path, this.#record.trigger.kind)
      return
    }
    this.#seen.add(file.path)
    const base = this.#base
    this.#base = posix.dirname(file.path)
    const spoken = languageOf(file, language)
    if (spoken !== null) this.#read(spoken, null, sourceOf(file))
    this.#base = base
  }

  #find(path: string, language: Language | null): PackageFile | undefined {
    const { files } = this.pkg
    const endings = language === 'javascript' ? ['', '.js', '.cjs', '.mjs', '/index.js'] : language === 'python' ? ['', '/__main__.py'] : ['']
    for (const ending of endings) {
      const file = files.get(path + ending)
      if (file) return file
    }
    return undefined
  }

  /** `key`: null for a file as it is. */
  #read(language: Language | 'gyp' | 'pth', key: string | null, source: Source): void {
    this.#guarded(source.path, undefined, () => {
      const engine = language === 'gyp' || language === 'pth' ? undefined : this.#engines.get(language)
      if (engine && key === null) engine.file(source.path, this.#record.trigger.kind)
      else if (engine) engine.source(key as string, source)
      else if (language === 'shell') readShell(this, source.text, { source, from: 0, to: Math.min(source.text.length, 200) }, UNTAINTED)
      else if (language === 'gyp') for (const { command, from, to } of gypCommands(source.text)) this.shell(command, { source, from, to })
      else if (language === 'pth') this.#pth(source)
    })
  }

  /** Lines of a `.pth` file that begin with `import` are executed by `site` at every start of the interpreter. */
  #pth(source: Source): void {
    for (const line of source.text.matchAll(/^import[ \t][^\n]*/gm)) {
      this.code('python', line[0], { source, from: line.index, to: line.index + line[0].length })
    }
  }

  #guarded<T>(path: string, otherwise: T, read: () => T): T {
    if (this.#depth >= NESTED) {
      this.miss(`${path}: code inside code, nested too deeply`)
      return otherwise
    }
    this.#depth++
    try {
      return read()
    } catch (thrown) {
      if (!(thrown instanceof RangeError)) throw thrown
      this.miss(`${path}: nested too deeply to follow`)
      return otherwise
    } finally {
      this.#depth--
    }
  }
}

/** Where a command stands in its manifest; JSON escapes are undone well enough to point at the line. */
function found(source: Source, command: string): Place {
  const spelled = JSON.stringify(command).slice(1, -1)
  const at = Math.max(source.text.indexOf(spelled), source.text.indexOf(command))
  const program = `"${/^\S+/.exec(command)?.[0] ?? ''}"`
  const start = at < 0 ? source.text.indexOf(program) : -1
  // Its words may stand apart from each other, as a list.
  if (start >= 0) return { source: { path: source.path, text: command, anchor: { source, from: start, to: start + program.length } }, from: 0, to: command.length }
  if (at >= 0) return { source, from: at, to: at + spelled.length }
  return { source: { path: source.path, text: command, anchor: { source, from: 0, to: 1 } }, from: 0, to: command.length }
}
