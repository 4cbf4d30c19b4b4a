import type { Act, Process } from '../tracing/act.ts'
import type { About, Hook } from './about.ts'
import type { Tool, Whose } from './deed.ts'
import { MANAGERS, PROBE, isProbe, toolOf } from './habits/tools.ts'

/** What of a process matters for whose account its acts are on. */
interface Known {
  parent: number | null
  program: string
  /** What it executed, one after the other: a shell becomes the last command of its line. */
  execs: (readonly string[])[]
}

export interface Standing {
  whose: Whose
  tool: Tool | null
  hook: Hook | null
  /** The process that the package began with, below the tool that began it all; of a first process that is no tool, itself. */
  top: number | null
  line: readonly number[]
}

const MOST = 50_000
const DEEPEST = 64
const EXECS = 4

/**
 * Who is whose child. What a package manager starts and is no tool itself is the package's: an install script, a build backend.
 * `strangers` says whose a first process is that is no tool: in a sandbox the package's (what drives its modules), on a machine the user's.
 */
export class Lineage {
  readonly #known = new Map<number, Known>()
  readonly #about: About
  readonly #strangers: Whose

  constructor(about: About, strangers: Whose) {
    this.#about = about
    this.#strangers = strangers
  }

  process({ pid, parent, program, argv }: Process): void {
    const known = this.#of(pid)
    known.parent = parent === pid ? null : parent
    known.program = program
    if (known.execs.length === 0 && argv.length > 0) known.execs.push(argv.slice(0, 50))
  }

  exec({ pid, target, argv }: Act): void {
    const known = this.#of(pid)
    const words = argv ?? [target]
    known.program = target
    if (known.execs.length < EXECS && known.execs.at(-1)?.join('\0') !== words.join('\0')) known.execs.push(words.slice(0, 50))
  }

  standing(pid: number): Standing {
    const line = this.#line(pid)
    const tools: (Tool | null)[] = []
    // From the root down: what a probe starts is a probe's.
    for (const one of line.toReversed()) tools.unshift(this.#tool(one, tools[0] ?? null))
    const [tool = null] = tools
    // The root is the last: what is not a tool and has one above it runs on the package's account.
    const packages = line.findLastIndex((_one, at) => tools[at] === null && tools.slice(at + 1).some((above) => above !== null))
    const rootless = tools.every((one) => one === null)
    const whose = packages >= 0 ? 'package' : rootless ? this.#strangers : 'tool'
    const top = (packages >= 0 ? line[packages] : rootless ? line.at(-1) : null) ?? null
    return { whose, tool, hook: packages >= 0 ? this.#hook(line[packages] as number) : null, top, line }
  }

  #of(pid: number): Known {
    const known = this.#known.get(pid)
    if (known) return known
    const fresh: Known = { parent: null, program: '', execs: [] }
    this.#known.set(pid, fresh)
    if (this.#known.size > MOST) this.#known.delete(this.#known.keys().next().value as number)
    return fresh
  }

  #line(pid: number): number[] {
    const line: number[] = []
    for (let at: number | null = pid; at !== null && line.length < DEEPEST && !line.includes(at); at = this.#known.get(at)?.parent ?? null) line.push(at)
    return line
  }

  #tool(pid: number, parent: Tool | null): Tool | null {
    const known = this.#known.get(pid)
    if (parent === PROBE) return PROBE
    if (!known) return null
    return parent !== null && MANAGERS.has(parent) && isProbe(known.program) ? PROBE : toolOf(known.program, known.execs.at(-1) ?? [])
  }

  /** `sh -c 'node x.js'`, or what became of it. Arguments may have been added. */
  #hook(pid: number): Hook | null {
    const lines = this.#known.get(pid)?.execs.map((argv) => (argv[1] === '-c' ? argv[2] ?? '' : argv.join(' '))) ?? []
    return this.#about.hooks.find(({ command }) => lines.some((line) => line === command || line.startsWith(`${command} `))) ?? null
  }
}
