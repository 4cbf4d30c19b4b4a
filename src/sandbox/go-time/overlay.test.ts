import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { inPlace, overlayOf, writeOverlay } from './overlay.ts'

/** As much of Go's own files as is looked at; `netpoll` answers one value up to Go 1.21. */
const GO: Readonly<Record<string, string>> = {
  'runtime/time_nofake.go': 'package runtime\n\nfunc nanotime() int64 {\n\treturn nanotime1()\n}\n',
  'runtime/netpoll_epoll.go': 'package runtime\n\nfunc netpoll(delay int64) (gList, int32) {\n\treturn gList{}, 0\n}\n',
  'time/time.go': 'package time\n\nfunc Since(t Time) Duration { return subMono(runtimeNano()-startNano, t.ext) }\nfunc Until(t Time) Duration { return subMono(t.ext, runtimeNano()-startNano) }\nvar startNano int64 = runtimeNano() - 1\nfunc Now() Time {\n\tsec, nsec, mono := runtimeNow()\n}\n',
  'syscall/syscall_linux.go': 'package syscall\n\nfunc Syscall(trap, a1, a2, a3 uintptr) (r1, r2 uintptr, err Errno) {\n}\n\nfunc Syscall6(trap, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err Errno) {\n}\n',
}

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sluice-go-time-'))
  for (const [path, text] of Object.entries(GO)) await put(path, text)
})
afterEach(() => rm(root, { recursive: true }))

async function put(path: string, text: string): Promise<void> {
  await mkdir(join(root, 'src', dirname(path)), { recursive: true })
  await writeFile(join(root, 'src', path), text)
}
const textOf = async (path: string, architecture = 'x64'): Promise<string> => (await overlayOf(root, architecture)).files.get(path) ?? ''

describe('overlayOf', () => {
  it('moves both clocks, and leaves the moment a program began at', async () => {
    expect(await textOf('runtime/time_nofake.go')).toContain('return nanotime1() + timeLead.Load()\n')
    const time = await textOf('time/time.go')
    expect(time).toContain('\tsec, nsec, mono := runtimeNow()\n\tsec, nsec, mono = ahead(sec, nsec)\n')
    expect(time.match(/askedNano\(\) ?-/g)).toHaveLength(2)
    expect(time).toContain('var startNano int64 = runtimeNano() - 1')
  })

  it('answers as many values as this Go does where it waits', async () => {
    expect(await textOf('runtime/netpoll_epoll.go')).toMatch(/^func netpoll\(delay int64\) \(gList, int32\) \{\n[^]*list, delta := netpollWait\(slice\)/m)
    await put('runtime/netpoll_epoll.go', (GO['runtime/netpoll_epoll.go'] ?? '').replace('(gList, int32)', 'gList'))
    const older = await textOf('runtime/netpoll_epoll.go')
    expect(older).toMatch(/^func netpoll\(delay int64\) gList \{\n[^]*\tlist := netpollWait\(slice\)/m)
    expect(older).not.toContain('delta')
  })

  it('knows the older calls only where a processor has them', async () => {
    expect(await textOf('syscall/syscall_linux.go')).toContain('SYS_SELECT')
    const arm = await textOf('syscall/syscall_linux.go', 'arm64')
    expect([arm.includes('SYS_SELECT'), arm.includes('timeOlder'), arm.includes('SYS_PSELECT6')]).toEqual([false, false, true])
  })

  it.each<[string, string, string]>([
    ['another text', 'runtime/time_nofake.go', 'package runtime\n\nfunc nanotime() int64 { return clock() }\n'],
    ['a text that is there twice', 'runtime/time_nofake.go', `${GO['runtime/time_nofake.go']}${GO['runtime/time_nofake.go']}`],
    ['another signature', 'runtime/netpoll_epoll.go', 'package runtime\n\nfunc netpoll(delay int64) (gList, int32, bool) {\n'],
    ['no such file', 'syscall/syscall_linux.go', ''],
  ])('changes nothing of a Go that has %s', async (_what, path, text) => {
    await put(path, text)
    await expect(overlayOf(root, 'x64')).rejects.toThrow(`${path} of this Go is not as it is known`)
  })

  it('has a digest that follows from what it says', async () => {
    const { digest } = await overlayOf(root, 'x64')
    expect((await overlayOf(root, 'x64')).digest).toBe(digest)
    await put('time/time.go', `${GO['time/time.go']}// another Go\n`)
    expect((await overlayOf(root, 'x64')).digest).not.toBe(digest)
  })
})

it('lies in a folder as its list says', async () => {
  const overlay = await overlayOf(root, 'x64')
  const folder = join(root, 'text')
  expect(await writeOverlay(overlay, { root, folder })).toBe(`-overlay=${folder}/overlay.json`)
  const { Replace: replaced } = JSON.parse(await readFile(join(folder, 'overlay.json'), 'utf8')) as { Replace: Record<string, string> }
  for (const path of Object.keys(GO)) expect(await readFile(replaced[join(root, 'src', path)] ?? '', 'utf8')).toBe(overlay.files.get(path))
  expect(inPlace(overlay, { root: '/opt/go', seenAs: '/opt/text' }).files.at(-1)?.content).toContain('"/opt/go/src/time/time.go":"/opt/text/time-time.go"')
})
