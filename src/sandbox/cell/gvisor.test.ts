import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Tracing } from '../../tracing/tracing.ts'
import type { Cell } from './cell.ts'
import { cellsWork, cgroupsOf, file, livingIn, namespaceOf, openTestCell, sh } from './testing.ts'

const SECRET = '/etc/shadow'

describe.skipIf(!(await cellsWork('gvisor')))('a cell of gVisor', () => {
  let cell: Cell

  beforeAll(async () => {
    cell = await openTestCell({ backend: 'gvisor', files: [file('/home/ana/.npmrc', 'x=y\n', 0o600)], limits: { memoryMb: 1_024 } })
  })
  afterAll(async () => cell?.close())

  it('runs a command on the cell\'s disk and network, and tells what it did in strace\'s words', async () => {
    const script = 'cat ~/.npmrc; echo made >~/made; /opt/node -e \'require("net").connect(4444, "5.6.7.8").pipe(process.stdout)\'; (sleep 0.3; cat /etc/hostname >/tmp/late) & exit 3'
    const run = await sh(cell, script, { graceMs: 5_000 })
    expect(run.err).toBe('')
    expect(run).toMatchObject({ status: 'failed', exit: 3, out: 'x=y\nhello\n' })
    const tracing = new Tracing({ command: ['sh', '-c', script] })
    tracing.push(readFileSync(run.trace as string))
    const { acts, processes, began, unreadable } = tracing.end()
    expect([began, unreadable]).toEqual([true, 0])
    const told = acts.map(({ kind, target }) => `${kind} ${target}`)
    expect(told).toEqual(expect.arrayContaining(['exec /usr/bin/sh', 'exec /usr/bin/cat', 'read /home/ana/.npmrc', 'write /home/ana/made', 'connect 5.6.7.8:4444', 'write /tmp/late']))
    expect(processes.find(({ argv }) => argv.join(' ') === 'cat /etc/hostname')?.parent).not.toBeNull()
    expect(readFileSync(run.wire, 'utf8')).toContain('"address":"5.6.7.8","port":4444')
    expect(await cell.read(['/home/ana/made', '/tmp/late'], 100)).toEqual(['made\n', 'laptop\n'].map((text) => new Uint8Array(Buffer.from(text))))
  })

  it('ends what does not end, at its limit of time or of grace', async () => {
    const late = await sh(cell, 'trap "" TERM INT; while :; do :; done', { timeMs: 2_500 })
    expect(late).toMatchObject({ status: 'time', exit: null })
    const detached = await sh(cell, 'setsid sleep 500 & exit 0', { graceMs: 500 })
    expect(detached).toMatchObject({ status: 'completed', exit: 0 })
    expect(detached.elapsedMs).toBeLessThan(50_000)
  })

  it('lets nothing of the machine in, and leaves nothing of itself', async () => {
    const run = await sh(cell, `cat ${SECRET} /proc/1/root${SECRET}; ls /root /boot; mount -t tmpfs tmpfs /tmp; touch /usr/new /etc/new; unshare -U true; perl -e 'print socket(my $s, 40, 1, 0) ? "vsock" : ""'; dmesg | head -1`)
    expect(run.out).toMatch(/^(?:\[.*\] Starting gVisor\.\.\.\n)?$/)
    const namespace = namespaceOf(run)
    await cell.close()
    expect(livingIn(namespace)).toEqual([])
    expect(cgroupsOf(process.pid)).toEqual([])
  })
})
