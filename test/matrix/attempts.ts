import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runClient } from '../harness/clients.ts'
import type { ClientName, Outcome } from '../harness/clients.ts'
import type { Gate } from '../harness/gate.ts'
import { projectFolder, writeProject } from '../harness/projects.ts'
import type { Wanted } from '../harness/projects.ts'
import { registryOf } from './kinds.ts'

export interface Desk {
  client: ClientName
  /** Parent of the projects. */
  folder: string
  gate: Gate
  gosumdb: string
}

/** The client's own notation for exactly one version, and for anything from 1.0.0 on. */
export function pinned(client: ClientName, version: string): string {
  return registryOf(client) === 'go' ? `v${version}` : registryOf(client) === 'pypi' ? `==${version}` : version
}

export function ranged(client: ClientName): string {
  return registryOf(client) === 'go' ? 'latest' : registryOf(client) === 'pypi' ? '>=1,<2' : '^1.0.0'
}

/** A new project that wants these packages, installed as its client installs. */
export async function install(desk: Desk, project: string, wanted: Wanted): Promise<{ outcome: Outcome; cwd: string }> {
  const cwd = await projectFolder(desk.folder, `${desk.client}-${project}`)
  const args = await writeProject(desk.client, cwd, wanted, desk.gate)
  return { outcome: await run(desk, cwd, args), cwd }
}

/** Again in a folder that has been used before, with nothing in any cache. */
export async function again(desk: Desk, cwd: string, wanted: Wanted): Promise<Outcome> {
  return run(desk, cwd, await writeProject(desk.client, cwd, wanted, desk.gate))
}

export function run({ client, gate, gosumdb }: Desk, cwd: string, args: readonly string[], home?: string): Promise<Outcome> {
  return runClient(client, args, {
    cwd, gate: { npm: gate.npm, pypi: gate.pypi, go: gate.go }, timeoutMs: 90_000,
    ...(client === 'go' ? { env: { GOSUMDB: gosumdb } } : {}), ...(home === undefined ? {} : { home }),
  })
}

/** Writes a lock file for one version of a package and returns the arguments that install exactly what it says. */
export async function lock(desk: Desk, cwd: string, name: string): Promise<readonly string[]> {
  const { client } = desk
  const wanted = { [name]: pinned(client, '1.1.0') }
  switch (client) {
    case 'pip': {
      const file = `${name.replaceAll('-', '_')}-1.1.0-py3-none-any.whl`
      const bytes = Buffer.from(await (await fetch(`${desk.gate.origin}/pypi/files/${name}/${file}`)).arrayBuffer())
      await writeFile(join(cwd, 'lock.txt'), `${name}==1.1.0 --hash=sha256:${createHash('sha256').update(bytes).digest('hex')}\n`)
      return ['install', '--require-hashes', '-r', 'lock.txt']
    }
    case 'uv': {
      await writeFile(join(cwd, 'pyproject.toml'), `[project]\nname = "app"\nversion = "1.0.0"\nrequires-python = ">=3.9"\ndependencies = ["${name}==1.1.0"]\n`)
      await must(run(desk, cwd, ['lock']))
      return ['sync', '--frozen']
    }
    case 'poetry': {
      const args = await writeProject(client, cwd, wanted, desk.gate)
      await must(run(desk, cwd, ['lock', '--no-ansi']))
      return args
    }
    default: {
      await must(run(desk, cwd, await writeProject(client, cwd, wanted, desk.gate)))
      return frozen(client)
    }
  }
}

/** Arguments that install what the lock file says and nothing else. */
export const frozen = (client: ClientName): readonly string[] => FROZEN[client] ?? []

const FROZEN: Partial<Record<ClientName, readonly string[]>> = {
  npm: ['ci'], npm12: ['ci'], npm10: ['ci'],
  pnpm12: ['install', '--frozen-lockfile'], pnpm10: ['install', '--frozen-lockfile'],
  yarn1: ['install', '--frozen-lockfile', '--non-interactive'], yarn4: ['install', '--immutable'], bun: ['install', '--frozen-lockfile'],
  go: ['mod', 'download'],
}

async function must(running: Promise<Outcome>): Promise<void> {
  const outcome = await running
  if (outcome.code !== 0) throw new Error(`an install that nothing stands in the way of failed: ${outcome.text}`)
}
