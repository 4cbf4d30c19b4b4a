import { join } from 'node:path'

/** The hooks as they lie on this machine: a folder to be mounted as it is. */
export const HOOK_FILES = import.meta.dirname

/** As the hooks know them; named so that nobody who reads a list of variables stops at them, and taken out of what programs see. */
const FILE = 'XDG_SESSION_LOG'
const LEAD = 'XDG_SESSION_LEAD'

export interface HookOptions {
  /** Where `HOOK_FILES` is inside. No spaces. */
  folder: string
  /** What the hooks append to, inside; whoever runs must be able to write it. */
  file: string
  /** Long waits pass in a second or two, and clocks move on with them. */
  timeRuns: boolean
}

/** What a command's environment needs so that Node and Python processes tell what they do. */
export function hookEnvironment({ folder, file, timeRuns }: HookOptions): Record<string, string> {
  return {
    NODE_OPTIONS: `--require=${join(folder, 'node.cjs')}`, PYTHONPATH: join(folder, 'python'),
    [FILE]: file, ...(timeRuns ? { [LEAD]: '0' } : {}),
  }
}
