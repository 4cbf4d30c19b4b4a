import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Cell, CellRun } from './cell.ts'
import { cellsWork, cgroupsOf, livingIn, mountsHere, namespaceOf, openTestCell, sh } from './testing.ts'

describe.skipIf(!(await cellsWork()))('what a hostile package does to its cell', () => {
  let cell: Cell
  let namespace: string | null = null
  const mounts = mountsHere()

  const seen = <R extends CellRun>(run: R): R => {
    namespace = namespaceOf(run)
    return run
  }
  const open = async (limits: Parameters<typeof openTestCell>[0] = {}): Promise<void> => {
    cell = await openTestCell(limits)
  }

  beforeEach(() => {
    namespace = null
  })

  // Whatever it was: nothing of it is left.
  afterEach(async () => {
    await cell.close()
    expect(namespace).not.toBeNull()
    expect(livingIn(namespace as string)).toEqual([])
    expect(cgroupsOf(process.pid)).toEqual([])
    expect(mountsHere()).toBe(mounts)
  })

  it('forks without end', async () => {
    await open({ limits: { processes: 80 } })
    const run = seen(await sh(cell, 'perl -e "fork or select(undef, undef, undef, 0.01) while 1"', { timeMs: 30_000 }))
    expect(run.status).toBe('processes')
    expect(run.elapsedMs).toBeLessThan(40_000)
    expect(seen(await sh(cell, 'echo on')).out).toBe('on\n')
  })

  it('fills the disk, by one file and by many', async () => {
    await open({ limits: { diskMb: 16, fileMb: 8 } })
    const large = seen(await sh(cell, 'head -c 20000000 /dev/zero >/tmp/large'))
    expect(large).toMatchObject({ status: 'failed' })
    expect((await cell.list(['/tmp']))[0]).toMatchObject({ path: '/tmp/large', size: 8 * 1024 * 1024 })
    const full = seen(await sh(cell, 'for n in 1 2 3 4 5; do head -c 5000000 /dev/zero >/var/tmp/$n || exit 1; done'))
    expect(full.status).toBe('disk')
    expect(full.err).toContain('No space left')
    const many = seen(await sh(cell, 'rm -rf /var/tmp/* /tmp/*; mkdir /var/tmp/many; cd /var/tmp/many; seq 1 10000 | xargs touch', { traced: false }))
    expect(many.status).toBe('disk')
    expect((await cell.list(['/var/tmp'])).length).toBeGreaterThan(5_000)
    const { out } = seen(await sh(cell, 'for at in /dev/shm /var/tmp /run/user/1000 /dev /run /; do head -c 60000000 /dev/zero 2>/dev/null >$at/x && echo $at; done; echo end', { traced: false }))
    expect(out).toBe('end\n')
  })

  it('takes all memory', async () => {
    await open({ limits: { memoryMb: 200 } })
    const run = seen(await sh(cell, '/opt/node -e "const all = []; for (;;) all.push(Buffer.alloc(8 << 20, 1))"'))
    expect(run.status).toBe('memory')
    expect(seen(await sh(cell, 'echo on')).out).toBe('on\n')
  })

  it('ignores signals and never ends', async () => {
    await open()
    const run = seen(await sh(cell, 'trap "" INT TERM HUP QUIT; echo begun; while :; do :; done', { timeMs: 4_000 }))
    expect(run).toMatchObject({ status: 'time', exit: null, out: 'begun\n' })
    expect(run.elapsedMs).toBeLessThan(30_000)
  })

  it('detaches, and acts when its parent is gone: seen until the grace is over', async () => {
    await open()
    const run = seen(await sh(cell, 'setsid sh -c "setsid sh -c \\"sleep 0.2; cat /etc/hostname >/tmp/late; sleep 300\\" &" & exit 3', { graceMs: 3_000 }))
    expect(run).toMatchObject({ status: 'failed', exit: 3 })
    expect(run.elapsedMs).toBeGreaterThan(2_900)
    expect(readFileSync(run.trace as string, 'utf8')).toContain('"/tmp/late"')
    expect(await cell.read(['/tmp/late'], 100)).toEqual([new Uint8Array(Buffer.from('laptop\n'))])
  })

  it('leaves nothing running: the grace ends at once', async () => {
    await open()
    const run = seen(await sh(cell, 'true', { graceMs: 60_000, timeMs: 120_000 }))
    expect(run.elapsedMs).toBeLessThan(40_000)
  })

  it('prints gigabytes', async () => {
    await open()
    const run = seen(await sh(cell, 'head -c 1000000000 /dev/zero; printf end; head -c 5000000 /dev/zero >&2', { timeMs: 60_000 }))
    expect(run.status).toBe('completed')
    expect(run.stdout).toHaveLength(64 * 1024)
    expect(run.out.endsWith('end')).toBe(true)
    expect(run.cut).toEqual(['stdout: 1000000003 bytes', 'stderr: 5000000 bytes'])
  })

  it('floods the trace: it is cut after a whole line, and says so', async () => {
    await open({ limits: { traceMb: 1 } })
    const run = seen(await sh(cell, 'n=0; while [ $n -lt 12000 ]; do : <"/etc/hostname"; n=$((n + 1)); done; echo on'))
    expect(run).toMatchObject({ status: 'completed', out: 'on\n', cut: ['trace: more than 1 MiB'] })
    const trace = readFileSync(run.trace as string, 'latin1')
    expect(trace.length).toBeLessThanOrEqual(1024 * 1024)
    expect(trace.endsWith('\n')).toBe(true)
  })

  it('floods what hooks write, and leaves traps where they write', async () => {
    await open({ limits: { traceMb: 1 } })
    const run = seen(await sh(cell, `
      cd /run/user/1000; ln -s /etc/passwd link; mkfifo pipe; mkdir folder; echo '{"a":1}' >a; echo unfinished >b; truncate -s -1 b; head -c 2000000 /dev/zero >z`))
    expect(run.cut).toEqual(['hooks: more than 1 MiB'])
    const hooks = readFileSync(run.hooks as string, 'latin1')
    expect(hooks.startsWith('{"a":1}\nunfinished\n\0')).toBe(true)
    expect(hooks.length).toBeLessThanOrEqual(1024 * 1024 + 8)
    expect(seen(await sh(cell, 'ls -A /run/user/1000')).out).toBe('session.log\n')
  })

  it('leaves traps where files are listed and read', async () => {
    await open()
    seen(await sh(cell, `
      mkdir t; cd t; ln -s /etc/passwd shadow; ln -s / world; ln -s . self; mkfifo fifo; echo text >plain; ln plain hard; mkdir -p a/b; ln -s /proc/self/root a/b/root
      perl -e 'use IO::Socket::UNIX; IO::Socket::UNIX->new(Local => "socket", Listen => 1)'
      touch "$(printf 'line\\nend')" "$(printf 'esc\\033[2J')" "$(printf 'raw\\377byte')" "$(printf 'e\\314\\201')" -- '-rf'
      mkdir closed; echo in >closed/file; chmod 000 closed/file closed; truncate -s 60M sparse
      cd a; perl -e 'for (1..900) { mkdir "dddddddddd"; chdir "dddddddddd" }'`))
    const listed = await cell.list(['/home/ana/t', '/nowhere', '/etc', '/home/ana/t/world'])
    const of = (name: string) => listed.find(({ path }) => path === `/home/ana/t/${name}`)
    expect(of('world')?.kind).toBe('link')
    expect([of('fifo')?.kind, of('socket')?.kind, of('hard')?.kind, of('plain')?.sha256]).toEqual(['special', 'special', 'file', of('hard')?.sha256])
    expect(listed.filter(({ path }) => path.startsWith('/home/ana/t/world/') || path.startsWith('/etc'))).toEqual([])
    for (const name of ['line\nend', 'esc\u001b[2J', 'raw\udcffbyte', 'e\u0301', '-rf', 'closed/file']) expect(of(name)).toMatchObject({ kind: 'file' })
    const deepest = Math.max(...listed.map(({ path }) => path.length))
    expect(deepest).toBeGreaterThan(3_000)
    expect(deepest).toBeLessThan(4_096)
    const wanted = ['shadow', 'world/etc/hostname', 'a/b/root/etc/hostname', 'fifo', 'self/plain', '../../../etc/passwd', 'nowhere', 'plain', 'raw\udcffbyte', 'closed/file']
    expect(await cell.read(wanted.map((name) => `/home/ana/t/${name}`), 3)).toEqual([null, null, null, null, null, null, null, ...['tex', '', 'in\n'].map((text) => new Uint8Array(Buffer.from(text)))])
  })

  it('is closed in the middle of a command', async () => {
    await open()
    const first = seen(await sh(cell, 'true'))
    const running = sh(cell, 'sleep 1000').then(() => 'ended', (thrown: unknown) => (thrown as { code?: string }).code)
    await cell.close()
    expect(await running).toBe('sandbox-unavailable')
    expect(() => readFileSync(first.wire)).toThrow()
    await expect(cell.run({ argv: ['true'], cwd: '/', env: {}, timeMs: 1, graceMs: 1, traced: false })).rejects.toMatchObject({ code: 'sandbox-unavailable' })
  })
})

