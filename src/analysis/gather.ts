import { posix } from 'node:path'
import type { PackageFile, Trigger, UnpackedPackage } from '../core/types.ts'
import { ROOT, UNKNOWN } from './desk.ts'
import type { Desk, Heard, Language, Note } from './desk.ts'
import type { Action, Facts, Located, Origin } from './facts.ts'
import { Engine } from './flow/engine.ts'
import type { Tongue } from './flow/tongue.ts'
import { readGo } from './go/scan.ts'
import { javascript } from './javascript/tongue.ts'
import { python } from './python/tongue.ts'
import { gypCommands } from './shell/gyp.ts'
import { readProgram, readShell } from './shell/read.ts'
import { sourceOf, standing } from './source.ts'
import type { Place, Source } from './source.ts'

const NESTED = 6
const NOTES = 5_000

/** When code runs although nobody called it. Imports and commands wait for the person who uses the package. */
const BY_ITSELF: ReadonlySet<Trigger['kind']> = new Set(['install-hook', 'build', 'startup', 'generate'])

/**
 * What the code of a package that runs by itself does. Never throws, never evaluates anything; what could not be read or
 * followed is named in `missing`. Linear in the size of the code that is reached.
 */
export function gatherFacts(pkg: UnpackedPackage): Facts {
  const gathering = new Gathering(pkg)
  for (const trigger of pkg.triggers) gathering.pull(trigger)
  return { actions: [...gathering.actions.values()], hosts: [...gathering.hosts.values()], missing: [...gathering.missing] }
}

class Gathering implements Desk {
  readonly pkg: UnpackedPackage
  readonly actions = new Map<string, Action>()
  readonly hosts = new Map<string, Located<string>>()
  readonly missing = new Set<string>()
  #trigger: Trigger = { kind: 'command', name: '', file: null }
  #seen = new Set<string>()
  #depth = 0
  #base = ''

  constructor(pkg: UnpackedPackage) {
    this.pkg = pkg
  }

  pull(trigger: Trigger): void {
    this.#trigger = trigger
    const { kind, file, command } = trigger
    const go = file?.endsWith('.go') ?? false
    if (!BY_ITSELF.has(kind) && !(go && kind === 'import')) return
    // A command of a bundled package runs in that package's folder.
    const folder = / of (.+)$/.exec(trigger.name)?.[1]
    this.#base = folder ?? ''
    // What comes with cgo are compiler flags, not a command line.
    if (command !== undefined && !(go && kind === 'build')) {
      const manifest = this.pkg.files.get(go ? file ?? '' : folder ? `${folder}/package.json` : this.pkg.manifest.file ?? '')
      const whole: Place = { source: { path: file ?? '', text: command, anchor: null }, from: 0, to: command.length }
      this.shell(command, manifest ? found(sourceOf(manifest), command) : whole)
    }
    if (file !== null && kind !== 'generate') this.file(file, null)
  }

  note(note: Note, place: Place): void {
    const where = standing(place)
    const key = `${where.file}\0${where.lines[0]}\0${note.kind}\0${note.call}\0${note.argument}`
    const before = this.actions.get(key)
    if (before && (before.tainted !== null || note.tainted === null)) return
    if (!before && this.actions.size >= NOTES) return this.miss(`more than ${NOTES} actions by themselves`)
    this.actions.set(key, { ...note, trigger: this.#trigger, ...where })
    const url = note.argument === null ? null : /\b(?:https?|ftp|wss?|tcp):\/\/[^\s'"`<>)]{1,500}/i.exec(note.argument)
    if (url && !this.hosts.has(url[0])) this.hosts.set(url[0], { value: url[0], ...where })
  }

  miss(line: string): void {
    this.missing.add(line)
  }

  shell(line: string, place: Place, unknown: Origin | null = null): Heard {
    return this.#guarded(place.source.path, { output: null }, () => readShell(this, line, place, unknown))
  }

  program(words: readonly string[], place: Place, origins: readonly (Origin | null)[] = []): Heard {
    return this.#guarded(place.source.path, { output: null }, () => readProgram(this, words, place, origins))
  }

  code(language: Language, text: string, place: Place): void {
    const key = `${language}\0${text}`
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    this.#read(language, { path: place.source.path, text, anchor: place })
  }

  /** Paths in commands are relative to the package; a program's own folder stands for itself. */
  file(path: string, language: Language | null): void {
    if (path.includes(UNKNOWN)) return
    const plain = posix.normalize(path.startsWith(`${ROOT}/`) ? path.slice(ROOT.length + 1) : path).replace(/^(?:\.\/)+/, '')
    const file = this.#find(plain, language) ?? this.#find(posix.join(this.#base, plain), language)
    if (!file || this.#seen.has(file.path)) return
    this.#seen.add(file.path)
    if (file.truncated) this.miss(`${file.path}: runs by itself, only its beginning was read`)
    const base = this.#base
    this.#base = posix.dirname(file.path)
    const source = sourceOf(file)
    this.#read(languageOf(file.path, source, language), source)
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

  #read(language: Language | 'gyp' | 'pth' | null, source: Source): void {
    this.#guarded(source.path, undefined, () => {
      if (language === 'javascript') this.#run(javascript, source)
      else if (language === 'python') this.#run(python, source)
      else if (language === 'shell') readShell(this, source.text, { source, from: 0, to: Math.min(source.text.length, 200) })
      else if (language === 'go') readGo(this, source)
      else if (language === 'gyp') for (const { command, from, to } of gypCommands(source.text)) this.shell(command, { source, from, to })
      else if (language === 'pth') this.#pth(source)
    })
  }

  #run(tongue: Tongue, source: Source): void {
    new Engine(this, tongue).run(source, tongue.lower(source))
  }

  /** Lines of a `.pth` file that begin with `import` are executed by `site` at every start of the interpreter. */
  #pth(source: Source): void {
    for (const line of source.text.matchAll(/^import[ \t][^\n]*/gm)) {
      this.code('python', line[0], { source, from: line.index, to: line.index + line[0].length })
    }
  }

  #guarded<T>(path: string, otherwise: T, read: () => T): T {
    if (this.#depth >= NESTED * 4) {
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
  if (at >= 0) return { source, from: at, to: at + spelled.length }
  return { source: { path: source.path, text: command, anchor: { source, from: 0, to: 1 } }, from: 0, to: command.length }
}

function languageOf(path: string, source: Source, asked: Language | null): Language | 'gyp' | 'pth' | null {
  const ending = /\.(\w+)$/.exec(path)?.[1] ?? ''
  const byEnding = ENDINGS.get(ending)
  if (byEnding) return byEnding
  if (asked) return asked
  const shebang = /^#!\S*[/ ](node|bun|deno|python[\d.]*|sh|bash|dash|zsh)\b/.exec(source.text.slice(0, 200))?.[1]
  return shebang === undefined ? null : shebang.startsWith('python') ? 'python' : shebang.endsWith('sh') ? 'shell' : 'javascript'
}

const ENDINGS: ReadonlyMap<string, Language | 'gyp' | 'pth'> = new Map([
  ...['js', 'cjs', 'mjs', 'ts', 'cts', 'mts'].map((ending) => [ending, 'javascript'] as const),
  ...['sh', 'bash', 'bat', 'cmd', 'ps1'].map((ending) => [ending, 'shell'] as const),
  ['py', 'python'], ['go', 'go'], ['gyp', 'gyp'], ['gypi', 'gyp'], ['pth', 'pth'],
])
