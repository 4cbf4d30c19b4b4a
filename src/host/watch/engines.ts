import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { auditProblem } from './audit.ts'
import { callsOf, kernelEvents } from './kernel-events.ts'
import type { EngineName } from './observation.ts'
import { onPath } from './on-path.ts'

/** Whether a way to watch works here, and for what. */
export interface EngineHere {
  engine: EngineName
  for: readonly ('guard' | 'watch')[]
  works: boolean
  version: string | null
  says: string | null
  remedy: string | null
}

/** The best first, as they are chosen. bpftrace is really started: what a kernel allows is not to be told otherwise. */
export function enginesHere({ path, root }: { path: string; root: boolean }): EngineHere[] {
  const version = (program: string): string | null => /\d+\.\d[\w.]*/.exec(spawnSync(program, ['--version'], { encoding: 'utf8', timeout: 5_000, env: { PATH: path } }).stdout ?? '')?.[0] ?? null
  const bpf = bpftraceProblem(path, root)
  const audit = !root ? { says: 'needs root', remedy: 'run it as root' } : auditProblem() === null ? null : { says: auditProblem() as string, remedy: 'install auditd and start it' }
  const strace = onPath('strace', path) ? null : { says: 'strace is not installed', remedy: 'install the package strace' }
  const linux = existsSync('/proc/self/stat') ? null : { says: 'there is no /proc', remedy: 'watch on Linux' }
  const here = (engine: EngineName, what: EngineHere['for'], problem: { says: string; remedy: string } | null, of: string | null): EngineHere =>
    ({ engine, for: what, works: problem === null, version: problem === null && of !== null ? version(of) : null, says: problem?.says ?? null, remedy: problem?.remedy ?? null })
  return [here('bpftrace', ['guard', 'watch'], bpf, 'bpftrace'), here('audit', ['watch'], audit, null), here('strace', ['guard'], strace, 'strace'), here('poll', ['watch'], linux, null)]
}

function bpftraceProblem(path: string, root: boolean): { says: string; remedy: string } | null {
  if (!root) return { says: 'needs root', remedy: 'run it as root; strace does without' }
  if (!onPath('bpftrace', path)) return { says: 'bpftrace is not installed', remedy: 'install the package bpftrace' }
  if (callsOf(kernelEvents()).size === 0) return { says: 'the kernel\'s tracepoints cannot be read (tracefs)', remedy: 'in a container: give it CAP_SYS_ADMIN, CAP_BPF and CAP_PERFMON, and the host\'s pid namespace' }
  const { status, stdout, stderr, pid } = spawnSync('bpftrace', ['-e', 'BEGIN { printf("pid %d\\n", pid); exit() }'], { encoding: 'utf8', timeout: 20_000, env: { PATH: path } })
  const seen = /^pid (\d+)$/m.exec(stdout)?.[1]
  if (status !== 0 || seen === undefined) return { says: `the kernel does not let it: ${stderr.trim().split('\n').at(-1) ?? ''}`, remedy: 'it needs CAP_BPF and CAP_PERFMON (CAP_SYS_ADMIN before Linux 5.8), and bpf that is not locked' }
  // The kernel speaks of processes by the numbers of its first namespace.
  return Number(seen) === pid ? null : { says: 'this is a pid namespace of its own: the kernel numbers processes otherwise', remedy: 'run it in the machine\'s own (docker run --pid host)' }
}
