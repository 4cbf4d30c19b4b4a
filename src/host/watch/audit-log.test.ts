import { describe, expect, it } from 'vitest'
import { AuditLog } from './audit-log.ts'
import type { Audited } from './audit-log.ts'

const EXEC = [
  'type=SYSCALL msg=audit(1700000001.302:279): arch=c000003e syscall=59 success=yes exit=0 a0=55 items=2 ppid=18104 pid=18106 auid=4294967295 uid=0 comm="echo" exe="/usr/bin/echo" key="sluice-host"',
  'type=EXECVE msg=audit(1700000001.302:279): argc=3 a0="/bin/echo" a1=782079 a2="ppid=1"',
  'type=CWD msg=audit(1700000001.302:279): cwd="/tmp/h"',
  'type=PATH msg=audit(1700000001.302:279): item=0 name="/bin/echo" inode=247141 nametype=NORMAL',
  'type=PROCTITLE msg=audit(1700000001.302:279): proctitle=2F62',
]

function read(lines: readonly string[], pieces = 7): { events: Audited[]; unreadable: number } {
  const events: Audited[] = []
  const log = new AuditLog({ key: 'sluice-host', began: 1_700_000_000_000, onEvent: (event) => void events.push(event) })
  const text = lines.map((line) => `${line}\n`).join('')
  for (let at = 0; at < text.length; at += pieces) log.push(text.slice(at, at + pieces))
  log.flush()
  return { events, unreadable: log.unreadable }
}

describe('the log of auditd', () => {
  it('tells what was executed, arguments that are written as hexadecimal too', () => {
    expect(read(EXEC).events).toEqual([{ pid: 18106, parent: 18104, folder: '/tmp/h', seen: { what: 'exec', at: 1302, pid: 18106, program: '/bin/echo', argv: ['/bin/echo', 'x y', 'ppid=1'] } }])
  })

  it('tells where something connected, and which file was opened', () => {
    const { events } = read([
      'type=SYSCALL msg=audit(1700000002.000:1): arch=c000003e syscall=42 success=no exit=-115 ppid=1 pid=5 comm="x" exe="/x" key="sluice-host"', 'type=SOCKADDR msg=audit(1700000002.000:1): saddr=020001BBC00002070000000000000000',
      'type=SYSCALL msg=audit(1700000003.000:2): arch=c000003e syscall=257 success=no exit=-13 ppid=1 pid=5 comm="x" exe="/x" key="sluice-host"', 'type=CWD msg=audit(1700000003.000:2): cwd="/"', 'type=PATH msg=audit(1700000003.000:2): item=0 name="/home/u/.ssh/id_rsa" nametype=NORMAL',
    ])
    expect(events.map(({ seen }) => seen)).toMatchObject([{ kind: 'connect', target: '192.0.2.7:443', error: null }, { kind: 'read', path: '/home/u/.ssh/id_rsa', error: 'EACCES' }])
  })

  it('lets nobody speak for it: names of files and programs are quoted or hexadecimal', () => {
    const forged = Buffer.from('/x\ntype=SYSCALL msg=audit(1.0:9): pid=1').toString('hex').toUpperCase()
    const { events, unreadable } = read([EXEC[0] as string, (EXEC[1] as string).replace('782079', forged)])
    expect(events).toHaveLength(1)
    expect(events[0]?.seen).toMatchObject({ argv: ['/bin/echo', '/x\ntype=SYSCALL msg=audit(1.0:9): pid=1', 'ppid=1'] })
    expect(unreadable).toBe(0)
  })

  it('leaves rules of others alone, and says what it could not read', () => {
    const { events, unreadable } = read([(EXEC[0] as string).replace('sluice-host', 'theirs'), ...EXEC.slice(1), 'nonsense', `type=${'x'.repeat(70_000)}`])
    expect(events).toEqual([])
    expect(unreadable).toBeGreaterThan(0)
  })
})
