import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, uptime } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Tracing } from '../../tracing/tracing.ts'
import { bubblewrap } from './bubblewrap.ts'
import type { Cell, CellOptions } from './cell.ts'
import { cellsWork, cgroupsOf, file, LIMITS, livingIn, namespaceOf, openTestCell, sh } from './testing.ts'

describe.skipIf(!(await cellsWork()))('a cell', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cell-'))
  let cell: Cell

  beforeAll(async () => {
    chmodSync(folder, 0o755)
    mkdirSync(join(folder, 'package'))
    writeFileSync(join(folder, 'package/index.js'), 'module.exports = 1\n')
    cell = await openTestCell({
      mounts: [{ from: join(folder, 'package'), to: '/opt/package' }, { from: join(folder, 'package'), to: '/home/ana/project/node_modules/it' }],
      files: [
        file('/home/ana/.npmrc', 'x=y\n', 0o600), file('/home/ana/project/package.json', '{}'), file('/etc/ssl/certs/ca-certificates.crt', 'whom to trust\n'),
        file('/opt/tools/run', '#!/bin/sh\necho ran\n', 0o755), file('/etc/made-up/deep', 'deep\n'),
      ],
    })
  })

  afterAll(async () => {
    await cell?.close()
    rmSync(folder, { recursive: true })
  })

  it('holds what it was given, where it was asked for', async () => {
    const { out, err } = await sh(cell, `
      cat ~/.npmrc; stat -c %a ~/.npmrc; cat /etc/ssl/certs/ca-certificates.crt /etc/made-up/deep; /opt/tools/run; cat /opt/package/index.js ~/project/node_modules/it/index.js
      cat ~/project/package.json; echo; ls /etc/ssl/certs | wc -l`)
    expect(err).toBe('')
    expect(out.split('\n').slice(0, 8)).toEqual(['x=y', '600', 'whom to trust', 'deep', 'ran', 'module.exports = 1', 'module.exports = 1', '{}'])
  })

  it('looks like somebody\'s laptop', async () => {
    const { out } = await sh(cell, `
      whoami; id -u; hostname; pwd; cat /proc/1/comm; grep -c hypervisor /proc/cpuinfo; cut -d. -f1 /proc/uptime; cat /etc/resolv.conf; getent hosts localhost | head -1
      awk '{print $4, $5}' /proc/self/mountinfo; ls -d /sys/class /root 2>/dev/null; env | sort`)
    const lines = out.trim().split('\n')
    expect(lines.slice(0, 6)).toEqual(['ana', '1000', 'laptop', '/home/ana', 'systemd', '0'])
    expect(Number(lines[6])).toBeGreaterThan(100_000)
    expect(Math.abs(Number(lines[6]) - uptime())).toBeGreaterThan(100)
    expect(lines[7]).toBe('nameserver 192.168.178.1')
    expect(lines.slice(-4)).toEqual(['HOME=/home/ana', 'LANG=C.UTF-8', 'PATH=/usr/local/bin:/usr/bin:/bin', 'PWD=/home/ana'])
    for (const own of [process.cwd(), process.execPath, tmpdir() === '/tmp' ? folder : tmpdir()]) expect(lines.filter((line) => !line.includes('/opt/') && !line.includes('node_modules/it') && line.includes(own))).toEqual([])
  })

  it('keeps its disk from one command to the next, and nothing else', async () => {
    await sh(cell, 'mkdir -p ~/made; echo 1 >~/made/file; echo 2 >/tmp/file; sleep 500 & echo 3 >/dev/shm/file', { graceMs: 0 })
    const { out } = await sh(cell, 'cat ~/made/file /tmp/file /dev/shm/file; ls /proc | grep -c "^[0-9]"')
    expect(out.split('\n').slice(0, 3)).toEqual(['1', '2', '3'])
    expect(Number(out.split('\n')[3])).toBeLessThan(7)
  })

  it.each([
    ['true', { status: 'completed', exit: 0, signal: null }],
    ['exit 7', { status: 'failed', exit: 7, signal: null }],
    ['kill -SEGV $$', { status: 'failed', exit: null, signal: 'SIGSEGV' }],
    ['exec /nowhere', { status: 'failed', exit: 127, signal: null }],
  ])('tells how %s ended', async (script, expected) => {
    expect(await sh(cell, script)).toMatchObject(expected)
  })

  it('passes on arguments and variables as they are', async () => {
    const words = ['a b', '"', '\'', '$HOME', '`id`', '\\', 'line\nend', '*', '', '-n', 'é\u{1f600}']
    const { stdout } = await cell.run({ argv: ['perl', '-e', 'print join("\\0", @ARGV, $ENV{ODD})', ...words], cwd: '/tmp', env: { PATH: '/usr/bin', ODD: '$(id) \'"\n' }, timeMs: 45_000, graceMs: 0, traced: false })
    expect(Buffer.from(stdout).toString().split('\0')).toEqual([...words, '$(id) \'"\n'])
  })

  it('is traced from its command on: what tracing makes of it begins there', async () => {
    const { trace } = await sh(cell, 'cat ~/.npmrc >/tmp/copy; (cat /etc/hostname)')
    const tracing = new Tracing({ command: ['sh', '-c', 'cat ~/.npmrc >/tmp/copy; (cat /etc/hostname)'] })
    tracing.push(readFileSync(trace as string))
    const { acts, processes, began } = tracing.end()
    expect(began).toBe(true)
    expect(acts.filter(({ kind }) => kind === 'exec').map(({ target }) => target)).toEqual(['/usr/bin/sh', '/usr/bin/cat', '/usr/bin/cat'])
    expect(acts.filter(({ kind }) => kind === 'read' || kind === 'write').map(({ kind, target }) => `${kind} ${target}`)).toEqual(expect.arrayContaining(['read /home/ana/.npmrc', 'write /tmp/copy', 'read /etc/hostname']))
    expect(processes.map(({ argv }) => argv.join(' '))).toEqual(['sh -c cat ~/.npmrc >/tmp/copy; (cat /etc/hostname)', 'cat /home/ana/.npmrc', 'cat /etc/hostname'])
  })

  it('answers every address and port, and says which was meant', async () => {
    const dial = `for my $to (@ARGV) { my $s = IO::Socket::IP->new($to =~ /^\\[?(.*?)\\]?:(\\d+)$/ ? (PeerHost => $1, PeerPort => $2, Timeout => 20) : ()); print $s ? <$s> : "none $to: $!\\n" }`
    const places = ['1.2.3.4:80', '5.6.7.8:4444', '192.168.178.1:22', '[2001:db8::1]:443', '[2606:4700::1]:31337', '169.254.169.254:80']
    const { stdout, wire } = await cell.run({ argv: ['perl', '-MIO::Socket::IP', '-e', dial, ...places], cwd: '/', env: { PATH: '/usr/bin' }, timeMs: 45_000, graceMs: 0, traced: false })
    expect(Buffer.from(stdout).toString()).toBe('hello\n'.repeat(places.length))
    const seen = readFileSync(wire, 'utf8').trim().split('\n').map((line) => (JSON.parse(line) as { to: { address: string; port: number } }).to)
    expect(seen.map(({ address, port }) => address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`)).toEqual(places)
  })

  it('answers datagrams from whom they were sent to', async () => {
    const ask = 'for (["8.8.8.8", 53], ["203.0.113.5", 4000]) { socket(my $s, 2, 2, 0); my $to = pack_sockaddr_in($_->[1], inet_aton($_->[0])); send($s, "q", 0, $to); my $from = recv($s, my $said, 99, 0); my ($p, $a) = unpack_sockaddr_in($from); print "$said ", inet_ntoa($a), ":$p\\n" }'
    const { stdout } = await cell.run({ argv: ['perl', '-MSocket', '-e', ask], cwd: '/', env: { PATH: '/usr/bin' }, timeMs: 45_000, graceMs: 0, traced: false })
    expect(Buffer.from(stdout).toString()).toBe('hello 8.8.8.8:53\nhello 203.0.113.5:4000\n')
  })

  it('skips sleep on demand', async () => {
    const { elapsedMs, status } = await sh(cell, 'sleep 3000; perl -e "sleep 3000"', { skipsSleep: true })
    expect(status).toBe('completed')
    expect(elapsedMs).toBeLessThan(50_000)
  })

  it('hands out what hooks wrote, once', async () => {
    const { hooks } = await sh(cell, 'echo \'{"k":1}\' >>/run/user/1000/session.log')
    expect(readFileSync(hooks as string, 'utf8')).toBe('{"k":1}\n')
    expect((await sh(cell, 'true')).hooks).toBeNull()
  })

  it('runs one command after another, however they are asked for', async () => {
    const all = await Promise.all([1, 2, 3].map((n) => sh(cell, `echo ${n} >>/tmp/order; sleep 0.1; cat /tmp/order`)))
    expect(all.map(({ out }) => out.trim().split('\n').length)).toEqual([1, 2, 3])
  })

  it('makes the folder a command is to run in; of others it says that they are not there', async () => {
    expect((await sh(cell, 'pwd', { cwd: '/home/ana/new/deep' })).out).toBe('/home/ana/new/deep\n')
    expect(await sh(cell, 'pwd', { cwd: '/nowhere' })).toMatchObject({ status: 'failed', err: expect.stringContaining('/nowhere') })
    await sh(cell, 'ln -s /nowhere ~/link')
    expect((await sh(cell, 'pwd', { cwd: '/home/ana/link/new' })).status).toBe('failed')
  })

  it('refuses what could mean something else inside', async () => {
    const wrong = { argv: ['true'] as [string], cwd: '/', env: {}, timeMs: 1_000, graceMs: 0, traced: false }
    await expect(cell.run({ ...wrong, argv: ['-c'] })).rejects.toMatchObject({ code: 'usage' })
    await expect(cell.run({ ...wrong, argv: ['echo', 'a\0b'] })).rejects.toMatchObject({ code: 'usage' })
    await expect(cell.run({ ...wrong, env: { 'A B': '1' } })).rejects.toMatchObject({ code: 'usage' })
    const options: CellOptions = { limits: LIMITS, mounts: [], files: [], host: { name: 'laptop', user: 'ana', home: '/home/ana' }, sinkhole: { seed: 'x' } }
    for (const more of [{ host: { ...options.host, name: '-x' } }, { host: { ...options.host, user: 'a b' } }, { mounts: [{ from: 'relative', to: '/a' }] }, { limits: { ...LIMITS, memoryMb: 0 } }]) {
      await expect(bubblewrap.open({ ...options, ...more })).rejects.toMatchObject({ code: 'usage' })
    }
  })

  it('is not made of what cannot be read, nor after it was called off', async () => {
    await expect(openTestCell({ mounts: [{ from: join(folder, 'nowhere'), to: '/opt/x' }] })).rejects.toMatchObject({ code: 'sandbox-unavailable', message: expect.stringContaining('nowhere') })
    mkdirSync(join(folder, 'closed'), { mode: 0o700 })
    if (process.getuid?.() === 0) await expect(openTestCell({ mounts: [{ from: join(folder, 'closed'), to: '/opt/x' }] })).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('/opt/x') })
    const options: CellOptions = { limits: LIMITS, mounts: [], files: [], host: { name: 'laptop', user: 'ana', home: '/home/ana' }, sinkhole: { seed: 'x' } }
    await expect(bubblewrap.open({ ...options, signal: AbortSignal.abort(new Error('no more')) })).rejects.toThrow('no more')
    const calling = new AbortController()
    const opening = bubblewrap.open({ ...options, signal: calling.signal })
    calling.abort(new Error('called off'))
    await expect(opening).rejects.toThrow('called off')
  })

  it('stands beside others, with a real sinkhole, and ends when its signal does', async () => {
    const calling = new AbortController()
    const options: CellOptions = { limits: LIMITS, mounts: [], files: [], host: { name: 'other', user: 'bo', home: '/home/bo' }, sinkhole: { seed: 'x' }, signal: calling.signal }
    const other = await bubblewrap.open(options)
    const run = await sh(other, 'hostname; getent ahostsv4 registry.example | head -1; ls /home/ana', { cwd: '/home/bo' })
    expect(run.out).toMatch(/^other\n198\.1[89]\.\d+\.\d+ +STREAM registry\.example\n$/)
    expect(readFileSync(run.wire, 'utf8')).toContain('"name":"registry.example"')
    const namespace = namespaceOf(run)
    expect(namespace).not.toBe(namespaceOf(await sh(cell, 'true')))
    calling.abort()
    await other.close()
    expect(livingIn(namespace)).toEqual([])
    expect(cgroupsOf(process.pid).length).toBeLessThanOrEqual(3)
  })
})
