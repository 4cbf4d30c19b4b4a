import type { Manifest, PackageFile, UnpackedPackage } from '../../core/types.ts'
import type { Desk, Language, Note } from '../desk.ts'
import { DECODED, ENCODED, FETCHED, sourcesIn, UNTAINTED } from '../taint.ts'
import type { Place } from '../source.ts'
import type { Taint } from '../taint.ts'
import { WrittenFiles } from '../written.ts'
import { readProgram, readShell } from './read.ts'

/** A desk for tests: remembers what it is told, in words that read well in a table. */
export class FakeDesk implements Desk {
  readonly pkg: UnpackedPackage
  readonly written = new WrittenFiles()
  readonly notes: Note[] = []
  readonly missing: string[] = []
  readonly texts: string[] = []
  readonly codes: { language: Language; text: string }[] = []
  readonly opened: string[] = []
  readonly places: Place[] = []
  causes = 0

  constructor(files: Readonly<Record<string, string>> = {}, scripts: Readonly<Record<string, string>> = {}) {
    const entries = Object.entries(files).map(([path, text]): [string, PackageFile] => {
      const bytes = new TextEncoder().encode(text)
      return [path, { path, size: bytes.byteLength, mode: 0o644, bytes, truncated: false, sha256: '' }]
    })
    const manifest: Manifest = { name: 'sample', version: '1.0.0', authors: [], dependencies: {}, scripts, entryPoints: [], raw: null, file: null, problem: null } as unknown as Manifest
    this.pkg = { manifest, files: new Map(entries), triggers: [] } as unknown as UnpackedPackage
  }

  note(note: Note, place: Place): void {
    this.notes.push(note)
    this.places.push(place)
  }

  later(path: string): void {
    this.opened.push(path)
  }

  miss(line: string): void {
    this.missing.push(line)
  }

  shell(line: string, place: Place, unknown: Taint = UNTAINTED): Taint {
    return readShell(this, line, place, unknown)
  }

  program(words: readonly string[], place: Place, taints: readonly Taint[] = []): Taint {
    return readProgram(this, words, place, taints)
  }

  code(language: Language, text: string): void {
    this.codes.push({ language, text })
  }

  file(path: string): void {
    this.opened.push(path)
  }

  left(text: string): void {
    this.texts.push(`left ${text}`)
  }

  cause(): unknown {
    return null
  }

  because(): void {
    this.causes++
  }

  text(text: string, spelled: string): void {
    this.texts.push(`${spelled} ${text}`)
  }

  /** `kind<sources> call argument`, each once. */
  get lines(): string[] {
    return [...new Set(this.notes.map(({ kind, call, argument, taint }) => `${kind}${named(taint)} ${call} ${argument}`))]
  }
}

export function named({ bits }: Taint): string {
  const names = [bits & FETCHED ? 'fetched' : '', bits & DECODED ? 'decoded' : '', bits & ENCODED ? 'encoded' : '', ...sourcesIn(bits)].filter((name) => name !== '')
  return names.length === 0 ? '' : `<${names.join('+')}>`
}

export const placed = (text: string, path = 'package.json'): Place => ({ source: { path, text, anchor: null }, from: 0, to: text.length })
