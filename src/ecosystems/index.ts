import type { EcosystemId } from '../core/types.ts'
import type { Ecosystem } from './ecosystem.ts'
import { go } from './go/go.ts'
import { npm } from './npm/npm.ts'
import { pypi } from './pypi/pypi.ts'

/** Every ecosystem Sluice speaks. Adding one touches its folder, the id union and this list. */
export const ecosystems: Readonly<Record<EcosystemId, Ecosystem>> = { npm, pypi, go }
