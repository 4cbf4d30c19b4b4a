import { arch, endianness } from 'node:os'

/**
 * A seccomp program (classic BPF over `struct seccomp_data`, see seccomp(2)) for what namespaces do not separate: socket families
 * that reach past a network namespace (AF_VSOCK goes to the machine below this one), the kernel's log, calls of another
 * architecture, which strace's own filter might take for others. What it refuses strace does not see; so of a traced command it
 * refuses only these, and strace refuses the rest and tells.
 */
export function seccompProgram(traced: boolean, cpu: string = arch()): Buffer {
  const machine = MACHINES[cpu]
  if (!machine || endianness() !== 'LE') throw new RangeError(`no system call numbers are known for ${cpu}`)
  const { numbers, audit } = machine
  const { socket, syslog, ...refused } = numbers
  return program([
    load(ARCHITECTURE), unless(audit, REFUSE(ENOSYS)),
    load(NUMBER), ...(cpu === 'x64' ? [over(X32, REFUSE(ENOSYS))] : []),
    when(syslog, REFUSE(EPERM)),
    ...(traced ? [] : Object.values(refused).map((number) => when(number, REFUSE(number === numbers.io_uring_setup ? ENOSYS : EPERM)))),
    [[JUMP_IF_EQUAL, 0, 2 * FAMILIES.length + 2, socket]], load(FIRST_ARGUMENT), ...FAMILIES.map((family) => when(family, ALLOW)), [[RETURN, 0, 0, REFUSE(EAFNOSUPPORT)]],
    [[RETURN, 0, 0, ALLOW]],
  ])
}

type Instruction = readonly [code: number, whenTrue: number, whenFalse: number, value: number]

const NUMBER = 0
const ARCHITECTURE = 4
/** Its lower half, where families are. */
const FIRST_ARGUMENT = 16

const LOAD = 0x20
const JUMP_IF_EQUAL = 0x15
const JUMP_IF_OVER = 0x35
const RETURN = 0x06

const ALLOW = 0x7fff_0000
const REFUSE = (errno: number): number => 0x0005_0000 | errno
const EPERM = 1
const ENOSYS = 38
const EAFNOSUPPORT = 97

/** System calls of x86 with 32-bit pointers have this bit. */
const X32 = 0x4000_0000

/** Unspecified, Unix, IPv4, IPv6, and netlink, by which programs list their own interfaces. */
const FAMILIES = [0, 1, 2, 10, 16]

interface Machine {
  audit: number
  numbers: Record<'socket' | 'syslog' | 'io_uring_setup' | 'io_uring_enter' | 'io_uring_register' | 'ptrace' | 'bpf' | 'perf_event_open' | 'userfaultfd' | 'add_key' | 'request_key' | 'keyctl', number>
}

/** linux/audit.h, asm/unistd_64.h, asm-generic/unistd.h */
const MACHINES: Readonly<Record<string, Machine>> = {
  x64: {
    audit: 0xc000_003e,
    numbers: {
      socket: 41, syslog: 103, io_uring_setup: 425, io_uring_enter: 426, io_uring_register: 427, ptrace: 101, bpf: 321, perf_event_open: 298,
      userfaultfd: 323, add_key: 248, request_key: 249, keyctl: 250,
    },
  },
  arm64: {
    audit: 0xc000_00b7,
    numbers: {
      socket: 198, syslog: 116, io_uring_setup: 425, io_uring_enter: 426, io_uring_register: 427, ptrace: 117, bpf: 280, perf_event_open: 241,
      userfaultfd: 282, add_key: 217, request_key: 218, keyctl: 219,
    },
  },
}

const load = (offset: number): Instruction[] => [[LOAD, 0, 0, offset]]
const when = (value: number, verdict: number): Instruction[] => [[JUMP_IF_EQUAL, 0, 1, value], [RETURN, 0, 0, verdict]]
const unless = (value: number, verdict: number): Instruction[] => [[JUMP_IF_EQUAL, 1, 0, value], [RETURN, 0, 0, verdict]]
const over = (value: number, verdict: number): Instruction[] => [[JUMP_IF_OVER, 0, 1, value], [RETURN, 0, 0, verdict]]

function program(parts: readonly (readonly Instruction[])[]): Buffer {
  const all = parts.flat()
  const bytes = Buffer.alloc(all.length * 8)
  all.forEach(([code, whenTrue, whenFalse, value], at) => {
    bytes.writeUInt16LE(code, at * 8)
    bytes.writeUInt8(whenTrue, at * 8 + 2)
    bytes.writeUInt8(whenFalse, at * 8 + 3)
    bytes.writeUInt32LE(value >>> 0, at * 8 + 4)
  })
  return bytes
}
