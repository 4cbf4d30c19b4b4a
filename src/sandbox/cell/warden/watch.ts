import { readFileSync, statfsSync } from 'node:fs'
import type { Limits } from '../cell.ts'
import { descendants, firstOf, living } from './processes.ts'

/** What a command came to, seen from outside of it. */
export interface Strain {
  memory: boolean
  processes: boolean
  disk: boolean
}

/** As long as a box is out of processes before it is ended: a build may touch the limit for a moment. */
const CHOKED_MS = 3_000
/** Between looks some end: that close to the limit is at it. */
const ROOM = 3
/** Of the machine's memory this much is not taken, whatever the limits say. */
const RESERVE = 0.06

/** Looks at all processes of the box, several times a second. */
export class Watch {
  readonly #limits: Limits
  readonly #disk: string
  readonly #box: number
  readonly strain: Strain = { memory: false, processes: false, disk: false }
  #chokedSince: number | null = null
  first: number | null = null
  /** Living processes besides the box's first. */
  others = 0

  constructor(limits: Limits, disk: string, box: number) {
    this.#limits = limits
    this.#disk = disk
    this.#box = box
  }

  /** False: it has to end. */
  look(): boolean {
    const all = descendants(living(), this.#box)
    this.first ??= firstOf(all)
    const inside = this.first === null ? [] : descendants(all, this.first).filter(({ zombie }) => !zombie)
    this.others = inside.length
    const memory = inside.reduce((sum, one) => sum + one.memory, 0)
    const threads = inside.reduce((sum, one) => sum + one.threads, 1)
    if (memory > this.#limits.memoryMb * 1024 * 1024 || machineIsShort()) this.strain.memory = true
    const choked = threads >= this.#limits.processes - ROOM
    this.#chokedSince = choked ? this.#chokedSince ?? performance.now() : null
    if (choked) this.strain.processes = true
    if (diskIsFull(this.#disk)) this.strain.disk = true
    return !this.strain.memory && (this.#chokedSince === null || performance.now() - this.#chokedSince < CHOKED_MS)
  }
}

function diskIsFull(disk: string): boolean {
  const { blocks, bfree, files, ffree } = statfsSync(disk)
  return bfree < blocks / 200 || ffree < files / 200
}

function machineIsShort(): boolean {
  const info = readFileSync('/proc/meminfo', 'latin1')
  const of = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(info)?.[1] ?? Number.NaN)
  return of('MemAvailable') < of('MemTotal') * RESERVE
}
