import { execFileSync } from 'node:child_process'
import { machinePath } from '../../../test/harness/machine.ts'

/** Runs a package manager as it is set up on this machine; what it prints goes to stderr. Throws when it fails. */
export function client(command: string, args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}): void {
  const inherited = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name))
  execFileSync(command, args, { cwd, env: { ...Object.fromEntries(inherited), PATH: machinePath(), ...env }, stdio: ['ignore', 2, 2] })
}
