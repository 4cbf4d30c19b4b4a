import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'

/** A repository read without a work tree: nothing of it ever becomes a file. */
export class Repository {
  readonly #folder: string
  readonly #process: ChildProcessByStdio<Writable, Readable, null>
  readonly #waiting: ((blob: Buffer | null) => void)[] = []
  #chunks: Buffer[] = []
  #held = 0
  #needed = 1

  constructor(folder: string) {
    this.#folder = folder
    this.#process = spawn('git', ['-C', folder, 'cat-file', '--batch'], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#process.stdout.on('data', (chunk: Buffer) => this.#take(chunk))
  }

  /** Every file of one commit. */
  list(commit: string): { path: string; oid: string }[] {
    return this.#git('ls-tree', '-r', '-z', commit).split('\0').filter(Boolean).map((line) => {
      const [facts = '', path = ''] = line.split('\t')
      return { path, oid: facts.split(' ')[2] ?? '' }
    })
  }

  /** When each path first appeared in the history of a commit. */
  added(commit: string): Map<string, Date> {
    const dates = new Map<string, Date>()
    let at = new Date(0)
    // Newest first, so that the last one to set a path is the first that added it.
    for (const part of this.#git('log', commit, '--diff-filter=A', '--no-renames', '--name-only', '--format=@%cI', '-z').split('\0')) {
      const line = part.trim()
      if (/^@\d{4}-/.test(line)) at = new Date(line.slice(1))
      else if (line !== '') dates.set(line, at)
    }
    return dates
  }

  /** null: the copy at hand lacks it (partial copies leave out their largest files). */
  read(oid: string): Promise<Buffer | null> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#process.stdin.write(`${oid}\n`)
    })
  }

  close(): void {
    this.#process.stdin.end()
  }

  /** `<oid> blob <size>\n<bytes>\n`, or `<oid> missing\n` (git-cat-file, "Batch output"). */
  #take(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#held += chunk.length
    while (this.#held >= this.#needed) {
      const all = this.#chunks.length === 1 ? this.#chunks[0] as Buffer : Buffer.concat(this.#chunks)
      this.#chunks = [all]
      const line = all.indexOf(10)
      if (line < 0) return
      const [, type, size] = all.toString('latin1', 0, line).split(' ')
      const length = type === 'missing' ? 0 : Number(size) + 1
      this.#needed = line + 1 + length
      if (all.length < this.#needed) return
      const blob = type === 'missing' ? null : Buffer.from(all.subarray(line + 1, line + length))
      this.#chunks = [all.subarray(this.#needed)]
      this.#held -= this.#needed
      this.#needed = 1
      this.#waiting.shift()?.(blob)
    }
  }

  #git(...args: string[]): string {
    return execFileSync('git', ['-C', this.#folder, ...args], { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 })
  }
}
