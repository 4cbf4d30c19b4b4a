import type { CellCommand } from '../cell.ts'
import { REFUSED, STRACE_OPTIONS, TRACED } from '../../../tracing/strace/calls.ts'

/** Of arguments and what is sent, per call: enough for what a shell is told to do. */
const SHOWN = 4_096

/** bwrap itself needs these; inside, the kernel refuses them: there is no capability and no further user namespace. */
const OF_BWRAP = new Set(['unshare', 'setns', 'mount', 'umount2', 'pivot_root', 'mount_setattr', 'move_mount', 'open_tree'])

/**
 * Refusals are strace's and not a filter's: the kernel would answer before strace hears of the call. A tracer that asks to be
 * traced is told that it is. `clone3` is refused because its flags lie in memory, where they may change after they were looked at;
 * the C library then takes `clone`, and with CLONE_UNTRACED the kernel refuses the child every traced call.
 */
export function straceArguments(trace: string, { skipsSleep }: CellCommand): string[] {
  const denied = [...REFUSED].filter((call) => !OF_BWRAP.has(call))
  const traced = [...new Set<string>([...TRACED, ...denied, 'ptrace', 'clone3', 'nanosleep', 'clock_nanosleep'])]
  return [
    ...STRACE_OPTIONS, '-s', String(SHOWN), '-o', trace, '-e', `trace=${traced.join(',')}`,
    '-e', `inject=${denied.filter((call) => call !== 'io_uring_setup').join(',')}:error=EPERM`,
    '-e', 'inject=io_uring_setup,clone3:error=ENOSYS', '-e', 'inject=ptrace:retval=0',
    ...(skipsSleep ? ['-e', 'inject=nanosleep,clock_nanosleep:retval=0'] : []),
  ]
}
