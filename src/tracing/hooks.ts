import type { Marks } from './marks.ts'

/**
 * What hooks told, one JSON line each (`src/sandbox/hooks/`). The package can write such lines itself: they attribute, and prove
 * nothing; where hooks sign, what is not signed is kept apart.
 */
export interface HookEvent {
  kind: string
  /** As the process itself knows its number. */
  pid: number
  /** Epoch milliseconds. */
  at: number
  target: string
  argv: readonly string[]
  other: string | null
  name: string | null
  method: string | null
  ms: number | null
  /** By which function. */
  how: string | null
  /** Of code that was made while running: its size and beginning. */
  size: number
  sample: string | null
  /** Of `start`: a package manager itself. */
  tool: boolean
  /** File, line, column; innermost first. */
  stack: readonly Frame[]
}

export type Frame = readonly [file: string, line: number, column: number | null]

const LONGEST_LINE = 128 * 1024
const LONGEST_TEXT = 4096
const MOST_EVENTS = 200_000
const MOST_FRAMES = 16
const MOST_FORGED = 50

export interface Hooks {
  events: HookEvent[]
  unreadable: number
  /** Events that were too many. */
  dropped: number
  /** Lines in the form of hooks that no hook wrote, the first of them; `forgeries` counts all. */
  forged: HookEvent[]
  forgeries: number
  /** Lines that were written and are not there any more. */
  lost: number
}

/** Reads pieces of any size; bounded in what it keeps. */
export class HookReader {
  #rest = ''
  #skipping = false
  readonly #hooks: Hooks = { events: [], unreadable: 0, dropped: 0, forged: [], forgeries: 0, lost: 0 }
  readonly #marks: Marks | null

  /** `marks` knows the key that hooks sign with; null: they don't. */
  constructor(marks: Marks | null = null) {
    this.#marks = marks
  }

  push(chunk: Uint8Array): void {
    const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1')
    let from = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      if (this.#skipping) this.#skipping = false
      else this.#line(this.#rest + text.slice(from, end))
      this.#rest = ''
      from = end + 1
    }
    if (this.#skipping) return
    this.#rest += text.slice(from)
    if (this.#rest.length <= LONGEST_LINE) return
    this.#hooks.unreadable++
    this.#rest = ''
    this.#skipping = true
  }

  end(): Hooks {
    if (this.#rest !== '') this.#line(this.#rest)
    this.#rest = ''
    this.#hooks.events.sort((a, b) => a.at - b.at)
    this.#hooks.lost = this.#marks?.lost() ?? 0
    return this.#hooks
  }

  #line(line: string): void {
    if (line === '') return
    const written = Buffer.from(line, 'latin1').toString('utf8')
    const read = line.length > LONGEST_LINE ? null : readLine(written)
    const event = read === null ? null : eventOf(read)
    if (read === null || event === null) this.#hooks.unreadable++
    else if (this.#marks !== null && !this.#marks.admits(written, read)) {
      this.#hooks.forgeries++
      if (this.#hooks.forged.length < MOST_FORGED) this.#hooks.forged.push(event)
    } else if (this.#hooks.events.length >= MOST_EVENTS) this.#hooks.dropped++
    else this.#hooks.events.push(event)
  }
}

function readLine(line: string): Record<string, unknown> | null {
  try {
    const read: unknown = JSON.parse(line)
    return typeof read !== 'object' || read === null || Array.isArray(read) ? null : read as Record<string, unknown>
  } catch {
    return null
  }
}

/** null: no event. */
function eventOf({ k, p, t, v, a, o, n, m, ms, f, x, s, tool }: Record<string, unknown>): HookEvent | null {
  if (typeof k !== 'string' || k.length > 40 || !isCount(p) || typeof t !== 'number' || !Number.isFinite(t)) return null
  return {
    kind: k, pid: p, at: t, target: text(v) ?? '', argv: Array.isArray(a) ? a.slice(0, 64).map((part) => text(part) ?? '') : [],
    other: text(o), name: text(n), method: text(m), ms: typeof ms === 'number' && ms >= 0 && ms < 1e12 ? ms : null, how: text(f),
    size: isCount(n) ? n : 0, sample: text(x), tool: tool === true, stack: Array.isArray(s) ? s.slice(0, MOST_FRAMES).flatMap(frame) : [],
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

const text = (value: unknown): string | null => (typeof value === 'string' ? value.slice(0, LONGEST_TEXT) : null)

function frame(value: unknown): Frame[] {
  if (!Array.isArray(value)) return []
  const [file, line, column] = value as unknown[]
  return typeof file === 'string' && isCount(line) ? [[file.slice(0, LONGEST_TEXT), line, isCount(column) ? column : null]] : []
}
