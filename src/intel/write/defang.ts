import { defang } from '../../analysis/indicators/index.ts'
import type { IndicatorType } from '../../analysis/indicators/indicator.ts'
import type { IndicatorKind } from '../indicator.ts'

/** Hashes and addresses of money lead nowhere by themselves. */
const HASHES = new Set<IndicatorKind>(['md5', 'sha1', 'sha256', 'sha512'])

/** An indicator as people may see it: nothing that a program makes a link of. */
export const defanged = (type: IndicatorKind, value: string): string => (HASHES.has(type) ? value : defang(value, type as IndicatorType))
