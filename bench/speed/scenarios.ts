import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runClient } from '../../test/harness/clients.ts'
import { installed } from '../../test/harness/projects.ts'
import type { Contestant } from './process.ts'
import { CONNECTIONS, load, NPM_HEADERS } from './wrk.ts'
import type { Load } from './wrk.ts'

/** Closed-loop load on one server. */
export interface LoadScenario {
  id: string
  title: string
  goal: string
  paths: readonly string[]
  /** Asks for the first path once and sends its ETag along. */
  conditional?: boolean
}

export const LOADS: readonly LoadScenario[] = [
  { id: 'typescript', title: 'abbreviated packument of typescript, warm, minimum age on', goal: '≥25×', paths: ['typescript'] },
  { id: 'small', title: 'small packument and small tarball in turn, warm', goal: '≥8×', paths: ['bench-tiny', 'bench-tiny/-/bench-tiny-1.0.2.tgz'] },
  { id: '304', title: '304 for typescript', goal: 'p99 < 5 ms', paths: ['typescript'], conditional: true },
]

export async function runLoad(scenario: LoadScenario, server: Contestant, seconds: number): Promise<Load> {
  const headers = { ...NPM_HEADERS }
  for (const path of scenario.paths) {
    const first = await ask(new URL(path, server.npm), headers)
    if (first.status !== 200) throw new Error(`${server.name} answered ${first.status} for ${path}: ${first.text}`)
    if (scenario.conditional) headers['if-none-match'] = first.etag ?? ''
  }
  if (scenario.conditional) {
    const { status } = await ask(new URL(scenario.paths[0] ?? '', server.npm), headers)
    if (status !== 304) throw new Error(`${server.name} answers ${status} where 304 was expected`)
  }
  const alone = await warmUp(() => ask(new URL(scenario.paths[0] ?? '', server.npm), headers))
  // Long enough for three rounds of all connections, or a slow server would seem to answer nothing at all.
  return load(server.npm, scenario.paths, { seconds: Math.max(seconds, Math.min(150, Math.ceil(3 * CONNECTIONS * alone))), headers })
}

/** One request after the other, for three seconds and at least five times; the seconds that the fastest took. */
async function warmUp(request: () => Promise<unknown>): Promise<number> {
  let fastest = Infinity
  const end = performance.now() + 3_000
  for (let count = 0; count < 5 || performance.now() < end; count += 1) {
    const started = performance.now()
    await request()
    fastest = Math.min(fastest, (performance.now() - started) / 1_000)
  }
  return fastest
}

/** Plain, because `fetch` adds `cache-control: no-cache` to conditional requests and npm does not. */
function ask(url: URL, headers: Readonly<Record<string, string>>): Promise<{ status: number; etag: string | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    get(url, { headers, agent: false }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => { if (text.length < 500) text += chunk.toString('latin1', 0, 500) })
      response.once('end', () => resolve({ status: response.statusCode ?? 0, etag: response.headers.etag, text })).once('error', reject)
    }).once('error', reject)
  })
}

/** An application of about 1,300 packages as people start one. */
const APPLICATION = { react: '18.3.1', 'react-dom': '18.3.1', 'react-scripts': '5.0.1', 'web-vitals': '2.1.4' }

export interface Install {
  seconds: number
  packages: number
}

/** Resolves anew and installs the application with the machine's npm, nothing cached; no install scripts are run. */
export async function installApplication(registry: string, way: 'loopback' | 'network' = 'loopback'): Promise<Install> {
  const cwd = await mkdtemp(join(tmpdir(), 'sluice-app-'))
  try {
    await writeFile(join(cwd, 'package.json'), JSON.stringify({ name: 'app', version: '1.0.0', private: true, dependencies: APPLICATION }))
    const outcome = await runClient('npm', ['install', '--ignore-scripts', '--no-audit'], {
      cwd, gate: { npm: registry }, timeoutMs: 1_200_000, env: way === 'network' ? { HTTP_PROXY: '', HTTPS_PROXY: '' } : {},
    })
    if (outcome.code !== 0) throw new Error(`npm install failed:\n${outcome.text.slice(-2_000)}`)
    return { seconds: outcome.elapsedMs / 1_000, packages: (await installed('npm', cwd)).length }
  } finally {
    await rm(cwd, { recursive: true, force: true })
  }
}
