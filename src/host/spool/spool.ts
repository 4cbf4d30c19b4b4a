import { randomUUID } from 'node:crypto'
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { SluiceError, sentence } from '../../core/errors.ts'
import type { BatchLine } from '../events/batch.ts'
import type { HostEvent } from '../events/event.ts'
import { trim } from '../events/said.ts'
import { proc } from '../watch/proc.ts'
import { Appender, frame, read, scan } from './segment.ts'

export interface SpoolOptions {
  /** What all segments may take; the oldest goes, sent or not. */
  maxBytes: number
  segmentBytes: number
  /** Milliseconds until what was written is also on the disk; 0: before `append` returns. Alarms always are. */
  syncMs: number
}

const SPOOL: SpoolOptions = { maxBytes: 64 * 1024 * 1024, segmentBytes: 1024 * 1024, syncMs: 1_000 }

interface Segment {
  /** Number of its first record. */
  first: number
  path: string
  offsets: number[]
  size: number
}

const URGENT: ReadonlySet<HostEvent['kind']> = new Set(['alarm', 'blocked'])
const NAME = /^(\d{16})\.log$/

/**
 * Events that wait to be sent, on the disk: numbered from 0 on, kept until the server has acknowledged them, through kills and power
 * cuts, within a bound. One process at a time: `lock` says whose it is.
 */
export class Spool {
  /** Of these numbers; a spool that begins anew has another. */
  readonly id: string
  readonly #folder: string
  readonly #options: SpoolOptions
  readonly #segments: Segment[]
  #appender: Appender
  #acknowledged: number
  #dropped: number
  #timer: NodeJS.Timeout | null = null
  #dirty = false
  #lastUnreadable = -1

  private constructor(folder: string, options: SpoolOptions, state: { id: string; acknowledged: number; dropped: number; segments: Segment[] }) {
    this.#folder = folder
    this.#options = options
    this.id = state.id
    this.#segments = state.segments
    this.#acknowledged = state.acknowledged
    this.#dropped = state.dropped
    const last = state.segments.at(-1)
    // What the server knows may be gone here with what was not on the disk yet: its numbers are never given again.
    this.#appender = last === undefined || this.next <= state.acknowledged ? this.#begin(state.acknowledged + 1) : new Appender(last.path, last.size)
  }

  /** Makes the folder where there is none. Throws `storage`; `data-folder-busy` where another process has it. */
  static open(folder: string, options: Partial<SpoolOptions> = {}): Spool {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      lock(folder)
      return new Spool(folder, { ...SPOOL, ...options }, recovered(folder))
    } catch (cause) {
      if (cause instanceof SluiceError) throw cause
      throw new SluiceError('storage', `the spool in ${folder} cannot be opened: ${sentence(cause)}`, { cause })
    }
  }

  /** How many wait. */
  get pending(): number {
    return this.next - 1 - Math.max(this.#acknowledged, (this.#segments[0]?.first ?? 0) - 1)
  }

  /** The number that the next event gets. */
  get next(): number {
    const last = this.#segments.at(-1)
    return last === undefined ? 0 : last.first + last.offsets.length
  }

  /** How many went unsent since this was asked for the last time: no room, or a disk that did not take them. */
  takeDropped(): number {
    const dropped = this.#dropped
    this.#dropped = 0
    return dropped
  }

  /** Never throws: what the disk does not take is counted as dropped. */
  append(events: readonly HostEvent[]): void {
    for (const event of events) {
      try {
        this.#append(Buffer.from(JSON.stringify(trim(event).event)))
      } catch {
        this.#dropped++
      }
    }
    if (events.some(({ kind }) => URGENT.has(kind)) || this.#options.syncMs === 0) this.sync()
    else if (this.#dirty) this.#timer ??= setTimeout(() => { this.sync() }, this.#options.syncMs).unref()
  }

  /**
   * The oldest that are not acknowledged; they are on the disk, so that no number which a server has seen is given twice. What cannot be
   * read back is dropped and counted, and what comes after it is read.
   */
  read({ events, bytes }: { events: number; bytes: number }): BatchLine[] {
    this.sync()
    const lines: BatchLine[] = []
    let left = bytes
    for (const { first, path, offsets } of this.#segments) {
      for (let at = Math.max(0, this.#acknowledged + 1 - first); at < offsets.length;) {
        const payloads = read(path, offsets[at] as number, left)
        for (const payload of payloads.length === 0 ? [null] : payloads) {
          const event = payload && eventIn(payload)
          if (lines.length >= events || (left -= payload?.length ?? 0) < 0 && lines.length > 0) return lines
          if (event) lines.push({ sequence: first + at, event })
          else this.#unreadable(first + at)
          at++
        }
        if (left <= 0) return lines
      }
    }
    return lines
  }

  #unreadable(number: number): void {
    if (number <= this.#lastUnreadable) return
    this.#lastUnreadable = number
    this.#dropped++
  }

  /** Everything up to this number is dealt with. Numbers that were never given are not believed. */
  acknowledge(upTo: number): boolean {
    if (!Number.isSafeInteger(upTo) || upTo >= this.next) return false
    if (upTo <= this.#acknowledged) return true
    this.#acknowledged = upTo
    this.#write()
    while (this.#segments.length > 1 && (this.#segments[1] as Segment).first <= upTo + 1) this.#removeFirst()
    return true
  }

  /** What was written is on the disk when this returns. */
  sync(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    if (!this.#dirty) return
    this.#dirty = false
    try {
      this.#appender.sync()
    } catch {
      // The next one will tell, or the disk is gone.
    }
  }

  close(): void {
    this.sync()
    this.#appender.close()
    rmSync(join(this.#folder, 'lock'), { force: true })
  }

  #append(payload: Buffer): void {
    const bytes = frame(payload)
    let segment = this.#segments.at(-1) as Segment
    if (segment.size > 0 && segment.size + bytes.length > this.#options.segmentBytes) segment = this.#turn()
    const offset = segment.size
    this.#appender.append(bytes)
    segment.offsets.push(offset)
    segment.size = this.#appender.size
    this.#dirty = true
    while (this.#segments.length > 1 && this.#segments.reduce((sum, { size }) => sum + size, 0) > this.#options.maxBytes) this.#dropFirst()
  }

  #turn(): Segment {
    this.sync()
    const before = this.#appender
    this.#appender = this.#begin(this.next)
    before.close()
    return this.#segments.at(-1) as Segment
  }

  /** Throws where no file can be made; then everything is as it was. */
  #begin(first: number): Appender {
    const path = join(this.#folder, `${String(first).padStart(16, '0')}.log`)
    const appender = new Appender(path, 0)
    this.#segments.push({ first, path, offsets: [], size: 0 })
    return appender
  }

  #dropFirst(): void {
    const [first] = this.#segments as [Segment]
    this.#dropped += Math.max(0, first.first + first.offsets.length - Math.max(first.first, this.#acknowledged + 1))
    this.#removeFirst()
  }

  #removeFirst(): void {
    const first = this.#segments.shift()
    if (first !== undefined) rmSync(first.path, { force: true })
  }

  #write(): void {
    const path = join(this.#folder, 'state.json')
    try {
      const file = openSync(`${path}.new`, 'w', 0o600)
      writeSync(file, JSON.stringify({ id: this.id, acknowledged: this.#acknowledged }))
      fsyncSync(file)
      closeSync(file)
      renameSync(`${path}.new`, path)
    } catch {
      // Then some are sent again; the server knows them by their numbers.
    }
  }
}

function recovered(folder: string): { id: string; acknowledged: number; dropped: number; segments: Segment[] } {
  const segments: Segment[] = []
  let dropped = 0
  for (const name of readdirSync(folder).filter((entry) => NAME.test(entry)).sort()) {
    const path = join(folder, name)
    const first = Number(NAME.exec(name)?.[1])
    const { offsets, size } = scan(path)
    const before = segments.at(-1)
    // A segment in the middle that lost its end leaves a hole: numbers go on as they were given.
    if (before !== undefined && first > before.first + before.offsets.length) dropped += first - before.first - before.offsets.length
    segments.push({ first, path, offsets, size })
  }
  const state = stateIn(folder)
  if (state !== null) return { ...state, dropped, segments }
  const fresh = { id: randomUUID(), acknowledged: (segments[0]?.first ?? 0) - 1 }
  const path = join(folder, 'state.json')
  const file = openSync(path, 'w', 0o600)
  writeSync(file, JSON.stringify(fresh))
  fsyncSync(file)
  closeSync(file)
  return { ...fresh, dropped, segments }
}

function stateIn(folder: string): { id: string; acknowledged: number } | null {
  try {
    const { id, acknowledged } = JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8')) as { id?: unknown; acknowledged?: unknown }
    return typeof id === 'string' && /^[0-9a-f-]{36}$/.test(id) && typeof acknowledged === 'number' && Number.isSafeInteger(acknowledged) ? { id, acknowledged } : null
  } catch {
    return null
  }
}

function eventIn(payload: Buffer): HostEvent | null {
  try {
    const event = JSON.parse(payload.toString('utf8')) as HostEvent & { at: string }
    return { ...event, at: new Date(event.at) }
  } catch {
    return null
  }
}

/** A lock of a process that is gone is nobody's, whoever has its number now: after a start of the machine, services get much the same ones. */
function lock(folder: string): void {
  const path = join(folder, 'lock')
  for (let tries = 0; tries < 2; tries++) {
    try {
      const file = openSync(path, 'wx', 0o600)
      writeSync(file, `${process.pid} ${proc.stat(process.pid)?.started ?? ''}`)
      closeSync(file)
      return
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown
      const [pid, started] = readFileSync(path, 'utf8').split(' ', 2) as [string, string?]
      if (Number(pid) !== process.pid && /^[1-9]\d*$/.test(pid) && started !== undefined && proc.stat(Number(pid))?.started === started) {
        throw new SluiceError('data-folder-busy', `the spool in ${folder} is in use by process ${pid}`, { hint: 'name another folder with host.spool.folder' })
      }
      rmSync(path, { force: true })
    }
  }
}
