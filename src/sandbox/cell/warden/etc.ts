import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { NETWORK } from '../network.ts'

/** Files of a laptop that tell nothing of the machine this is. */
export function madeUp(host: { name: string; user: string; home: string }): Record<string, string> {
  const { name, user, home } = host
  return {
    '/etc/passwd': [
      'root:x:0:0:root:/root:/bin/bash', 'daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin', 'bin:x:2:2:bin:/bin:/usr/sbin/nologin',
      'sys:x:3:3:sys:/dev:/usr/sbin/nologin', 'mail:x:8:8:mail:/var/mail:/usr/sbin/nologin', 'www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin',
      `${user}:x:1000:1000:${user},,,:${home}:/bin/bash`, 'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin', '',
    ].join('\n'),
    '/etc/group': [
      'root:x:0:', 'daemon:x:1:', 'adm:x:4:', 'mail:x:8:', `sudo:x:27:${user}`, `audio:x:29:${user}`, 'www-data:x:33:', `video:x:44:${user}`,
      'users:x:100:', `${user}:x:1000:`, 'nogroup:x:65534:', '',
    ].join('\n'),
    '/etc/hosts': `127.0.0.1\tlocalhost\n127.0.1.1\t${name}\n::1\tlocalhost ip6-localhost ip6-loopback\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n`,
    '/etc/hostname': `${name}\n`,
    '/etc/resolv.conf': `nameserver ${NETWORK.resolver}\n`,
    '/etc/nsswitch.conf': 'passwd: files\ngroup: files\nshadow: files\nhosts: files dns\nnetworks: files\nprotocols: files\nservices: files\n',
    '/etc/host.conf': 'multi on\n',
    '/etc/os-release': [
      'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"', 'NAME="Debian GNU/Linux"', 'VERSION_ID="12"', 'VERSION="12 (bookworm)"',
      'VERSION_CODENAME=bookworm', 'ID=debian', '',
    ].join('\n'),
    '/etc/debian_version': '12.9\n',
    '/etc/issue': 'Debian GNU/Linux 12 \\n \\l\n',
    '/etc/machine-id': `${randomBytes(16).toString('hex')}\n`,
    '/etc/timezone': 'Europe/Vienna\n',
    '/etc/shells': '/bin/sh\n/bin/bash\n/usr/bin/bash\n/bin/dash\n',
    '/etc/profile': 'PATH="/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games"\nexport PATH\n',
    '/etc/services': 'ftp\t21/tcp\nssh\t22/tcp\nsmtp\t25/tcp\ndomain\t53/tcp\ndomain\t53/udp\nhttp\t80/tcp\nntp\t123/udp\nhttps\t443/tcp\nhttps\t443/udp\n',
    '/etc/protocols': 'ip\t0\tIP\nicmp\t1\tICMP\ntcp\t6\tTCP\nudp\t17\tUDP\nipv6-icmp\t58\tIPv6-ICMP\n',
  }
}

/** Of `/proc` what would tell a virtual machine from a laptop, or this machine from others. */
export function mendedProc(): Record<string, string> {
  const cpu = readFileSync('/proc/cpuinfo', 'latin1').replace(/ hypervisor(?= |$)/gm, '')
  return {
    '/proc/cpuinfo': cpu,
    '/proc/cmdline': 'BOOT_IMAGE=/boot/vmlinuz-6.1.0-28-amd64 root=UUID=7c3f5f0e-2f0c-4a58-9a0f-6d9c0e5b7b51 ro quiet splash\n',
    '/proc/sys/kernel/random/boot_id': `${crypto.randomUUID()}\n`,
  }
}
