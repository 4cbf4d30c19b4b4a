import type { Backend } from './cell.ts'
import type { Controller } from './cgroup.ts'
import { openCell } from './open.ts'
import { probeCell, weakerThan } from './probe.ts'

/** A kernel of its own in user space (gvisor.dev, platform `ptrace`) between the package and the machine's. */
export const gvisor: Backend = {
  name: 'gvisor',
  probe: () => probeCell('gvisor', (options) => openCell('gvisor', options), weakerThanStrace),
  open: (options) => openCell('gvisor', options),
}

/** For people: what its own log of calls does not tell, and what it shows of itself. */
function weakerThanStrace(fenced: ReadonlySet<Controller>): string[] {
  return [
    ...weakerThan(fenced).filter((line) => !line.startsWith('memory')),
    ...(fenced.has('memory') ? [] : ['memory is not limited: no cgroup may be made for it here']),
    'calls are told by gVisor\'s log: of a path with a line end in it nothing is told, and one that imitates a line adds a call that never was',
    'what is sent over sockets is seen on the wire only; sleep is not skipped but by hooks',
    'packages are root on their own machine, and can see that it is gVisor',
  ]
}
