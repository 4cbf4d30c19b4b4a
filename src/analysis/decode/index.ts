export { decode, decodeEncodedCommand } from './decode.ts'
export type { Mark } from './marks/mark.ts'
export { recognise } from './marks/recognise.ts'
export { unwrap } from './unwrap.ts'
