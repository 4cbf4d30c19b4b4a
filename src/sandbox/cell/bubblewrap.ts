import type { Backend } from './cell.ts'
import { openCell } from './open.ts'
import { probeCell, weakerThan } from './probe.ts'

/** Namespaces and strace, without any right that its user does not have. */
export const bubblewrap: Backend = {
  name: 'bubblewrap',
  probe: () => probeCell('bubblewrap', (options) => openCell('bubblewrap', options), weakerThan),
  open: (options) => openCell('bubblewrap', options),
}
