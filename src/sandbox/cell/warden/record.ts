import { closeSync, ftruncateSync, fstatSync, lstatSync, openSync, readdirSync, readSync, rmSync, writeSync } from 'node:fs'

/**
 * Keeps a file below a limit while somebody else goes on writing to it: the writer knows nothing, what is over becomes a hole
 * and costs nothing. At the end it is cut after its last whole line.
 */
export class Capped {
  readonly path: string
  readonly #most: number
  readonly #fd: number
  over = false

  constructor(path: string, most: number) {
    this.path = path
    this.#most = most
    this.#fd = openSync(path, 'w+')
  }

  check(): void {
    if (fstatSync(this.#fd).size <= this.#most) return
    this.over = true
    ftruncateSync(this.#fd, this.#most)
  }

  end(): void {
    this.check()
    if (this.over) ftruncateSync(this.#fd, lastLineEnd(this.#fd, this.#most))
    closeSync(this.#fd)
  }
}

function lastLineEnd(fd: number, size: number): number {
  const tail = Buffer.alloc(Math.min(size, 1024 * 1024))
  const read = readSync(fd, tail, 0, tail.length, size - tail.length)
  const end = tail.subarray(0, read).lastIndexOf(10)
  return end < 0 ? 0 : size - tail.length + end + 1
}

/**
 * Everything that hooks wrote, as one file, and their folder emptied. Code of the package can write there too, and leave
 * anything: links are not followed, what is no file is removed unread.
 */
export function gather(folder: string, into: string, most: number): { path: string | null; over: boolean } {
  let written = 0
  let over = false
  const out = openSync(into, 'w')
  const found = readdirSync(folder, { encoding: 'buffer' }).map((name) => {
    const path = Buffer.concat([Buffer.from(`${folder}/`), name])
    return { path, stat: lstatSync(path) }
  })
  // The hooks' own is the oldest: what was put beside it takes no room from it.
  for (const { path, stat } of found.sort((a, b) => a.stat.ino - b.stat.ino)) {
    if (stat.isFile()) {
      const room = most - written
      if (stat.size > room) over = true
      written += append(out, path, Math.min(stat.size, room))
    }
    rmSync(path, { recursive: true, force: true })
  }
  closeSync(out)
  return { path: written > 0 ? into : null, over }
}

function append(out: number, path: Buffer, most: number): number {
  const from = openSync(path, 'r')
  const chunk = Buffer.allocUnsafe(256 * 1024)
  let left = most
  let last = 10
  for (let read = readSync(from, chunk, 0, Math.min(chunk.length, left), null); read > 0; read = readSync(from, chunk, 0, Math.min(chunk.length, left), null)) {
    writeSync(out, chunk, 0, read)
    last = chunk[read - 1] as number
    left -= read
  }
  closeSync(from)
  if (last !== 10) writeSync(out, '\n')
  return most - left
}
