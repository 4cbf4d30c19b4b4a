export type { Indicator } from './indicator.ts'
export { indicatorsIn } from './indicators.ts'
export { RESERVED } from './reserved.ts'
export { defang, mask } from './spelling.ts'
