import type { EcosystemId } from '../core/types.ts'

/** What to run on a machine so that one client forgets something. */
export interface Clearing {
  client: string
  /** For a POSIX shell. */
  commands: readonly string[]
  says: string | null
}

export interface Clearable {
  name: string
  version: string | null
  digest: string | null
}

export function clearing(_ecosystem: EcosystemId, _things: readonly Clearable[]): Clearing[] {
  return []
}
