import { SluiceError } from '../../core/errors.ts'
import { bubblewrap } from './bubblewrap.ts'
import type { Backend, Probe } from './cell.ts'
import { gvisor } from './gvisor.ts'
import type { BackendName } from './protocol.ts'

/** What isolates, first what is taken where nobody asked for another. */
const backends: readonly Backend[] = [bubblewrap, gvisor]

export type { BackendName } from './protocol.ts'

/** Each is tried for real: half a second. */
export function probeBackends(): Promise<Probe[]> {
  return Promise.all(backends.map((backend) => backend.probe()))
}

/** For so long a backend that worked is taken to work: what changed meanwhile shows when a cell is made. */
const REMEMBERED_MS = 10 * 60_000
const worked = new Map<string, { at: number; probe: Probe }>()

async function probed(backend: Backend): Promise<Probe> {
  const known = worked.get(backend.name)
  if (known && performance.now() - known.at < REMEMBERED_MS) return known.probe
  const probe = await backend.probe()
  if (probe.works) worked.set(backend.name, { at: performance.now(), probe })
  return probe
}

/**
 * The one that was asked for, or, with `null`, the first that works. Never another than the one asked for: throws SluiceError
 * `sandbox-unavailable` with what is in the way.
 */
export async function chooseBackend(preference: BackendName | null): Promise<{ backend: Backend; probe: Probe }> {
  const refused: Probe[] = []
  for (const backend of backends.filter(({ name }) => preference === null || name === preference)) {
    const probe = await probed(backend)
    if (probe.works) return { backend, probe }
    refused.push(probe)
  }
  const why = refused.map(({ backend, says }) => `${backend}: ${says}`).join('; ')
  const hint = refused.find(({ remedy }) => remedy !== null)?.remedy
  throw new SluiceError('sandbox-unavailable', `no package can be run here: ${why}`, hint ? { hint } : {})
}
