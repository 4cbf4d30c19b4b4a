import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SluiceError } from '../../core/errors.ts'

/** Of a Go's standard library, to be built in its place (`go build -overlay`). */
export interface Overlay {
  /** Below `src` of its root → what it says. */
  files: ReadonlyMap<string, string>
  /** Follows from the files. */
  digest: string
}

/** One place that must be there exactly `times` times. */
interface Edit { find: RegExp; times: number; by: string }
interface Edited { path: string; edits: readonly Edit[]; appended: string }

const text = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8')

/**
 * What makes time of a Go program run fast: while nothing can happen before its next timer, its clocks go on to that timer. Every
 * timed wait of goroutines ends in `netpoll` (sleeps, timers, tickers, contexts, deadlines of connections), every clock in
 * `nanotime` and `time.now`. The same text has been there since Go 1.21.
 */
function edited(architecture: string): readonly Edited[] {
  const amd64 = architecture === 'x64'
  return [
    { path: 'runtime/time_nofake.go', edits: [{ find: /^\treturn nanotime1\(\)$/gm, times: 1, by: '\treturn nanotime1() + timeLead.Load()' }], appended: '' },
    { path: 'runtime/netpoll_epoll.go', edits: [{ find: /^func netpoll\(delay int64\) (?=gList \{$|\(gList, int32\) \{$)/gm, times: 1, by: 'func netpollWait(delay int64) ' }], appended: text('netpoll.txt') },
    {
      path: 'time/time.go', appended: text('time.txt'),
      edits: [
        { find: /^\tsec, nsec, mono := (now|runtimeNow)\(\)$/gm, times: 1, by: '\tsec, nsec, mono := $1()\n\tsec, nsec, mono = ahead(sec, nsec)' },
        { find: /\bruntimeNano\(\)(?= ?- ?startNano\b)/g, times: 2, by: 'askedNano()' },
      ],
    },
    {
      path: 'syscall/syscall_linux.go', appended: `${text('syscall.txt').replace('OLDER', amd64 ? 'timeOlder(trap, a1, a2, a3, a5)' : '0')}${amd64 ? text('syscall-amd64.txt') : ''}`,
      edits: [
        { find: /^func Syscall\(trap, a1, a2, a3 uintptr\) \(r1, r2 uintptr, err Errno\) \{$/gm, times: 1, by: `$&\n${NAP('0, 0')}` },
        { find: /^func Syscall6\(trap, a1, a2, a3, a4, a5, a6 uintptr\) \(r1, r2 uintptr, err Errno\) \{$/gm, times: 1, by: `$&\n${NAP('a4, a5')}` },
      ],
    },
  ]
}

const NAP = (rest: string): string => `\tif ns := timeOnly(trap, a1, a2, a3, ${rest}); ns > 0 {\n\t\ttimeNap(ns)\n\t\treturn 0, 0, 0\n\t}`

/** Made from a Go's own files. Throws `sandbox-unavailable` where one of them does not have what is to be changed: nothing is guessed. */
export async function overlayOf(root: string, architecture: string): Promise<Overlay> {
  const files = new Map<string, string>()
  for (const { path, edits, appended } of edited(architecture)) {
    const own = await readFile(join(root, 'src', path), 'utf8').catch(() => '')
    let changed = own
    for (const { find, times, by } of edits) {
      if ([...changed.matchAll(find)].length !== times) throw new SluiceError('sandbox-unavailable', `${path} of this Go is not as it is known`)
      changed = changed.replace(find, by)
    }
    files.set(path, changed + resulted(own, appended))
  }
  return { files, digest: createHash('sha256').update(JSON.stringify([...files])).digest('hex').slice(0, 16) }
}

/** `netpoll` has answered two values since Go 1.22. */
function resulted(own: string, appended: string): string {
  const two = own.includes(') (gList, int32) {\n')
  return appended.replace('RESULT', two ? '(gList, int32)' : 'gList').replaceAll('LIST', two ? 'list, delta' : 'list')
}

/** Puts it into a folder, and answers the flag of `go build` that builds with it. */
export async function writeOverlay(overlay: Overlay, { root, folder }: { root: string; folder: string }): Promise<string> {
  const { flag, files } = inPlace(overlay, { root, seenAs: folder })
  await mkdir(folder, { recursive: true, mode: 0o755 })
  for (const { name, content } of files) await put(join(folder, name), content)
  return flag
}

/** Its files as they are to lie in the folder `seenAs`, and the flag. */
export function inPlace({ files }: Overlay, { root, seenAs }: { root: string; seenAs: string }): { flag: string; files: readonly { name: string; content: string }[] } {
  const named = [...files].map(([path, content]) => ({ path: join(root, 'src', path), name: path.replaceAll('/', '-'), content }))
  const list = JSON.stringify({ Replace: Object.fromEntries(named.map(({ path, name }) => [path, join(seenAs, name)])) })
  return { flag: `-overlay=${join(seenAs, 'overlay.json')}`, files: [...named.map(({ name, content }) => ({ name, content })), { name: 'overlay.json', content: list }] }
}

/** Several may do so at once. */
async function put(path: string, content: string): Promise<void> {
  const meanwhile = `${path}.${process.pid}`
  await writeFile(meanwhile, content, { mode: 0o644 })
  await rename(meanwhile, path)
}
