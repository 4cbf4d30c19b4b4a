import { SandboxAnswers } from '../api/sandbox-schemas.ts'
import type { SandboxAnswer } from '../api/sandbox-schemas.ts'
import { wire } from '../api/wire.ts'
import { parsePackage } from '../core/package-spec.ts'
import type { SandboxDesk as Sandbox } from '../sandbox/gate/desk.ts'
import { written } from '../sandbox/gate/packed.ts'
import type { Call } from './watch-desk.ts'

type Status = SandboxAnswer<'list'>[number]['status']

/** What commands ask of the sandbox of a gate, in its data folder or at the running gate. */
export interface SandboxDesk {
  status(): Promise<SandboxAnswer<'status'>>
  waiting(limit: number): Promise<SandboxAnswer<'waiting'>>
  list(query: { package?: string | undefined; status?: Status | undefined; limit: number }): Promise<SandboxAnswer<'list'>>
  show(id: string): Promise<SandboxAnswer<'run'>>
  ask(spec: string, file: string | undefined): Promise<SandboxAnswer<'asked'>>
}

export const localSandboxDesk = (sandbox: Pick<Sandbox, 'status' | 'waiting' | 'list' | 'show' | 'ask'>, whoami: () => string): SandboxDesk => ({
  status: async () => wire(await sandbox.status()),
  waiting: async (limit) => wire(await sandbox.waiting(limit)),
  list: async ({ package: spec, ...query }) => wire(await sandbox.list({ ...query, ...(spec === undefined ? {} : { package: parsePackage(spec) }) })) as SandboxAnswer<'list'>,
  async show(id) {
    const { run, record } = await sandbox.show(id)
    return { run: wire(run), record: record && wire(written(record)) } as SandboxAnswer<'run'>
  },
  ask: async (spec, file) => wire(await sandbox.ask(parsePackage(spec), { file, by: whoami() })),
})

export const remoteSandboxDesk = (call: Call): SandboxDesk => ({
  status: () => call(SandboxAnswers.status, 'sandbox'),
  waiting: (limit) => call(SandboxAnswers.waiting, `sandbox/waiting?limit=${limit}`),
  list: ({ limit, ...query }) => call(SandboxAnswers.list, `sandbox/runs?${new URLSearchParams({ limit: String(limit), ...Object.fromEntries(Object.entries(query).filter((one): one is [string, string] => one[1] !== undefined)) })}`),
  show: (id) => call(SandboxAnswers.run, `sandbox/runs/${encodeURIComponent(id)}`),
  ask: (spec, file) => call(SandboxAnswers.asked, 'sandbox/runs', { json: { package: spec, ...(file === undefined ? {} : { file }) } }),
})
