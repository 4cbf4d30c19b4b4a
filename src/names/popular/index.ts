import { npmHighImpact } from 'npm-high-impact'
import type { EcosystemId } from '../../core/types.ts'
import { isName } from '../../ecosystems/npm/names.ts'
import { goPopular } from './go.ts'
import { pypiPopular } from './pypi.ts'

/** npm's list has a name or two that no client can install any more. */
const BUILT_IN: Readonly<Record<EcosystemId, readonly string[]>> = { npm: npmHighImpact.filter(isName), pypi: pypiPopular, go: goPopular }

/** Canonical names that are popular as far as Sluice knows by itself, roughly the most popular first. What people import replaces them. */
export const popularNames = (ecosystem: EcosystemId): readonly string[] => BUILT_IN[ecosystem]
