import { fileURLToPath } from 'node:url'

/** Where Node keeps compiled code between starts. Of the installation, not of the machine: others could write to a shared one. */
export const COMPILED = fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url))
