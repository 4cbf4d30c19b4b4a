import type { Env } from './way-out.ts'

/** The process's environment; everything else takes it as a parameter. */
export const environment = (): Env => process.env
