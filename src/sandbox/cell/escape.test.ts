import { createSocket } from 'node:dgram'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Cell } from './cell.ts'
import { cellsWork, file, openTestCell, sh } from './testing.ts'

const SECRET = 'the-machine-itself-4711'

/** Dials every place it is told, and prints what each says. */
const DIAL = `
import net from 'node:net'
import dgram from 'node:dgram'
const places = JSON.parse(process.argv[2])
const one = (options) => new Promise((resolve) => {
  let said = ''
  const socket = net.connect(options)
  socket.setTimeout(20_000, () => socket.destroy())
  socket.on('data', (chunk) => { said += chunk })
  socket.on('error', (error) => { said += error.code })
  socket.on('close', () => resolve(said.trim()))
  socket.write('let me out\\n')
})
const told = await Promise.all(places.map(one))
const udp = dgram.createSocket('udp4')
for (const { host, port } of places) if (host && net.isIPv4(host)) udp.send('let me out', port, host, () => {})
await new Promise((resolve) => setTimeout(resolve, 200))
udp.close()
console.log(JSON.stringify(told))
`

describe.skipIf(!(await cellsWork()))('out of a cell', () => {
  const folder = mkdtempSync(join(tmpdir(), 'escape-'))
  const servers: Server[] = []
  const heard: string[] = []
  let cell: Cell

  const listen = async (where: { port: number; host: string } | { path: string }): Promise<AddressInfo | string | null> => {
    const server = createServer((socket) => {
      heard.push(JSON.stringify(where))
      socket.on('error', () => {})
      socket.end(SECRET)
    })
    servers.push(server)
    await new Promise<void>((resolve, reject) => server.on('error', reject).listen(where, resolve))
    return server.address()
  }

  beforeAll(async () => {
    chmodSync(folder, 0o755)
    mkdirSync(join(folder, 'shared'))
    writeFileSync(join(folder, 'shared/file'), 'as it was')
    chmodSync(join(folder, 'shared/file'), 0o666)
    chmodSync(join(folder, 'shared'), 0o777)
    writeFileSync(join(folder, 'secret'), SECRET)
    cell = await openTestCell({ mounts: [{ from: join(folder, 'shared'), to: '/opt/shared' }], files: [file('/home/ana/dial.mjs', DIAL)] })
  })

  afterAll(async () => {
    await cell?.close()
    for (const server of servers) server.close()
    rmSync(folder, { recursive: true })
  })

  it('no listener of the machine is reached, by any of its addresses', async () => {
    const tcp = await listen({ port: 0, host: '0.0.0.0' }) as AddressInfo
    const local = await listen({ port: 0, host: '127.0.0.1' }) as AddressInfo
    await listen({ path: join(folder, 'socket') })
    chmodSync(join(folder, 'socket'), 0o777)
    await listen({ path: `\0${folder}` })
    const udp = createSocket('udp4', (message) => heard.push(message.toString()))
    await new Promise<void>((resolve) => udp.bind(local.port, '0.0.0.0', resolve))
    const own = Object.values(networkInterfaces()).flat().flatMap((one) => one?.family === 'IPv4' ? [one.address] : [])
    const hosts = [...new Set([...own, '127.0.0.1', '127.0.0.53', 'localhost', '::1', '0.0.0.0', '10.0.2.2', '172.17.0.1', '192.168.178.1', '169.254.169.254'])]
    const dialled = [
      ...hosts.flatMap((host) => [{ host, port: tcp.port }, { host, port: local.port }]), { path: join(folder, 'socket') }, { path: `\0${folder}` },
      { path: '/run/dbus/system_bus_socket' }, { path: '/var/run/docker.sock' },
    ]
    const { out, err } = await sh(cell, `/opt/node ~/dial.mjs '${JSON.stringify(dialled)}'`)
    udp.close()
    expect(err).toBe('')
    const told = JSON.parse(out) as string[]
    expect(told).toHaveLength(dialled.length)
    expect(told.filter((one) => one.includes(SECRET))).toEqual([])
    // What has an address elsewhere was answered by the sinkhole: it was really dialled.
    expect(told.filter((one) => one === 'hello').length).toBeGreaterThanOrEqual(8)
    expect(heard).toEqual([])
  })

  it.each([40, 38, 17, 16])('of socket families that reach past a network namespace none is given (%i)', async (family) => {
    const { out } = await sh(cell, `perl -e 'print socket(my $s, ${family}, 3, 0) ? "given" : "refused: $!"'`)
    expect(out).toMatch(family === 16 ? /^given$/ : /^refused: (?:Address family|Operation not)/)
  })

  it('raw sockets are not given', async () => {
    const { out } = await sh(cell, 'perl -e \'print socket(my $s, 2, 3, 1) ? "given" : "refused: $!"\'')
    expect(out).toBe('refused: Operation not permitted')
  })

  it('files of the machine are not there, by any path', async () => {
    const secret = join(folder, 'secret')
    const paths = ['', '/proc/1/root', '/proc/self/root', '/proc/1/cwd/../../../..', '/proc/self/cwd/../../../../..', '/dev/fd/../../..', '/proc/2/root', '/proc/self/fd/0/../..']
    const { out, err } = await sh(cell, `${paths.map((path) => `cat '${path}${secret}'`).join('; ')}; cat /etc/shadow /root/.profile; ls /root /mnt /boot /sys/fs/cgroup /var/lib`)
    expect(out).not.toContain(SECRET)
    expect(out).toBe('')
    expect(err.trim().split('\n')).toHaveLength(paths.length + 7)
  })

  it('what is mounted cannot be changed, nor mounted anew', async () => {
    const before = statSync(join(folder, 'shared/file')).mtimeMs
    const { out, err } = await sh(cell, `
      echo broken >/opt/shared/file; touch /opt/shared/new; rm -f /opt/shared/file; ln /opt/shared/file /opt/shared/other; chmod 777 /opt/shared/file
      touch /usr/bin/new /etc/new /new /dev/new; mount -o remount,rw /opt/shared; mount -o remount,rw /; mount --bind /home /opt; umount /opt/shared; umount -l /usr
      mkdir /tmp/m; mount -t tmpfs tmpfs /tmp/m; mount -t proc proc /tmp/m; mount -t cgroup cgroup /tmp/m; mount -t cgroup2 cgroup /tmp/m; chroot /tmp/m; pivot_root /tmp/m /tmp/m
      echo done`)
    expect(out).toBe('done\n')
    expect(err.split('\n').filter((line) => /Read-only|Permission|denied|not permitted|must be superuser|failed|cannot/i.test(line)).length).toBeGreaterThan(15)
    expect(readFileSync(join(folder, 'shared/file'), 'utf8')).toBe('as it was')
    expect(statSync(join(folder, 'shared/file')).mtimeMs).toBe(before)
    expect(readdirSync(join(folder, 'shared'))).toEqual(['file'])
  })

  it('no right is gained: no other user, no further namespace, no device, no kernel setting', async () => {
    const { out } = await sh(cell, `
      cp /usr/bin/id /tmp/id; chmod u+s,g+s /tmp/id; /tmp/id -u
      perl -e '$> = 0; $< = 0; print "$<$>\\n"'
      grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status
      for kind in -U -Ur -n -m -p -i -u -C; do unshare $kind true 2>/dev/null && echo "unshare $kind"; done
      mknod /tmp/null c 1 3 2>/dev/null && echo device; mknod /tmp/disk b 8 0 2>/dev/null && echo disk; ls /dev/sd* /dev/vd* /dev/mem /dev/kmsg /dev/fuse /dev/kvm /dev/net/tun /dev/vsock 2>/dev/null
      for setting in kernel/core_pattern kernel/hostname vm/drop_caches kernel/modprobe net/ipv4/ip_forward; do { echo x >/proc/sys/$setting; } 2>/dev/null && echo "set $setting"; done
      { echo b >/proc/sysrq-trigger; } 2>/dev/null && echo sysrq
      { echo -900 >/proc/self/oom_score_adj; } 2>/dev/null && echo oom
      hostname other 2>/dev/null && echo renamed; dmesg 2>/dev/null | head -1; date -s 2001-01-01 >/dev/null 2>&1 && echo clock; echo end`)
    expect(out.trim().split('\n')).toEqual(['1000', '10001000', 'CapEff:\t0000000000000000', 'CapBnd:\t0000000000000000', 'NoNewPrivs:\t1', expect.stringMatching(/^Seccomp:\t2$/), 'end'])
  })

  it('processes elsewhere are neither seen nor signalled', async () => {
    const { out } = await sh(cell, `
      ls /proc | grep -c '^[0-9]'; cat /proc/*/comm | grep -E 'bwrap|strace|node|nsenter|unshare'; kill -9 ${process.pid} 2>/dev/null && echo killed
      readlink /proc/self/fd/*; ls /proc/self/fd | wc -l; grep TracerPid /proc/self/status`)
    const lines = out.trim().split('\n')
    expect(Number(lines[0])).toBeLessThan(8)
    expect(out).not.toMatch(/bwrap|strace|nsenter|unshare|killed/)
    expect(lines.at(-1)).toBe('TracerPid:\t0')
    // Its three, and the one by which they are listed.
    expect(lines.at(-2)).toBe('4')
  })

  it('killing everybody ends only the command, and the cell goes on', async () => {
    await sh(cell, 'kill -9 -1')
    expect((await sh(cell, 'echo still here')).out).toBe('still here\n')
  })

  it('calls of another kind of process, and those that hide, are refused', async () => {
    // io_uring_setup, ptrace(TRACEME), bpf, userfaultfd, keyctl, getpid as x32 has it, clone3
    const { out, trace } = await sh(cell, `perl -e 'for (425, 101, 321, 323, 250, 0x40000000 | 39, 435) { $! = 0; my $r = syscall($_, 0, 0, 0, 0, 0); print "$_ ", $r < 0 ? $!+0 : "done", "\\n" }'`)
    if (process.arch !== 'x64') return
    expect(out.trim().split('\n')).toEqual(['425 38', '101 done', '321 1', '323 1', '250 1', `${0x4000_0000 + 39} 38`, '435 38'])
    const told = readFileSync(trace as string, 'utf8')
    for (const call of ['io_uring_setup', 'ptrace', 'bpf', 'userfaultfd', 'keyctl', 'clone3']) expect(told).toMatch(new RegExp(` ${call}\\(.*\\(INJECTED\\)`))
  })

  it('what strace would lose by CLONE_UNTRACED can open, start and reach nothing', async () => {
    if (process.arch !== 'x64') return
    const { out, trace } = await sh(cell, `perl -e '$| = 1; my $p = syscall(56, 0x00800000 | 17, 0, 0, 0, 0); if ($p == 0) { print open(my $f, "<", "/etc/hostname") ? "opened" : "not: $!"; exec "/usr/bin/id"; print " not: $!"; } else { waitpid($p, 0) }'`)
    expect(out).toBe('not: Function not implemented not: Function not implemented')
    expect(readFileSync(trace as string, 'utf8')).toContain('CLONE_UNTRACED')
  })
})
