import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { shadowed } from './shadow.ts'
import type { Mounter } from './shadow.ts'

/** Clients that run hooks by a shell that can be named (`script-shell`). */
const NAMEABLE = /^(?:npm|npx|pnpm|pnpx|yarn|yarnpkg)$/

export const hasHookShell = (client: string): boolean => NAMEABLE.test(client)

export interface HookShellOptions {
  folder: string
  variables: readonly string[]
  binds: readonly (readonly [string, string])[]
  /** Whether hooks get a namespace of their own also where nothing is hidden: they cannot read then what the client was started with. */
  apart: boolean
  mounter: Mounter
}

/**
 * A shell for hooks: it takes variables away, hides the client's own settings, and then is `sh`. The client itself keeps both.
 * Returns the variables that make the client use it.
 */
export function hookShell({ folder, variables, binds, apart, mounter }: HookShellOptions): Record<string, string> {
  const path = join(folder, 'hook-shell')
  const lines = [
    ...(variables.length === 0 ? [] : [`unset ${variables.join(' ')}`]),
    // Root may not mount any more by then: hooks get a user namespace, whoever runs them.
    binds.length === 0 && !apart ? 'exec sh "$@"' : `exec ${shadowed(binds, { ...mounter, root: false }, ['sh']).map(quoted).join(' ')} "$@"`,
  ]
  writeFileSync(path, `#!/bin/sh\n${lines.join('\n')}\n`, { mode: 0o755 })
  return { npm_config_script_shell: path }
}

const quoted = (text: string): string => `'${text.replaceAll('\'', '\'\\\'\'')}'`
