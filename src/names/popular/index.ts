import { npmHighImpact } from 'npm-high-impact'
import type { EcosystemId } from '../../core/types.ts'
import { goPopular } from './go.ts'
import { pypiPopular } from './pypi.ts'

const BUILT_IN: Readonly<Record<EcosystemId, readonly string[]>> = { npm: npmHighImpact, pypi: pypiPopular, go: goPopular }

/** Canonical names that are popular as far as Sluice knows by itself, roughly the most popular first. What people import replaces them. */
export const popularNames = (ecosystem: EcosystemId): readonly string[] => BUILT_IN[ecosystem]
