/** What the clients of the test matrix call themselves, with and without CI, and what that is read as: `node bench/downloads/agents.ts`. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readAgent } from '../../src/core/client.ts'
import { startHttp } from '../../test/fakes/http.ts'
import { runClient } from '../../test/harness/clients.ts'
import type { ClientName } from '../../test/harness/clients.ts'

const NPM: readonly ClientName[] = ['npm', 'npm12', 'npm10', 'pnpm12', 'pnpm10', 'yarn1', 'yarn4', 'bun']
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  npm: ['install', 'left-pad'], npm12: ['install', 'left-pad'], npm10: ['install', 'left-pad'], pnpm12: ['add', 'left-pad'], pnpm10: ['add', 'left-pad'], yarn1: ['add', 'left-pad'],
  yarn4: ['add', 'left-pad'], bun: ['add', 'left-pad'], pip: ['download', 'left-pad'], uv: ['pip', 'install', 'left-pad'], poetry: ['add', 'left-pad'], go: ['mod', 'download', 'example.test/x@v1.0.0'],
}

const server = await startHttp((_, response) => {
  response.writeHead(404)
  response.end('not here')
})
const rows: string[][] = []
for (const [client, args] of Object.entries(ARGUMENTS) as [ClientName, readonly string[]][]) {
  for (const ci of [false, true]) {
    const cwd = mkdtempSync(join(tmpdir(), 'sluice-agent-'))
    if (NPM.includes(client)) writeFileSync(join(cwd, 'package.json'), '{"name":"project","version":"1.0.0"}')
    if (client === 'go') writeFileSync(join(cwd, 'go.mod'), 'module project.test\n\ngo 1.19\n')
    if (client === 'poetry') writeFileSync(join(cwd, 'pyproject.toml'), `[project]\nname = "project"\nversion = "1"\nrequires-python = ">=3.9"\n[[tool.poetry.source]]\nname = "gate"\nurl = "${server.url}pypi/simple/"\npriority = "primary"\n`)
    server.clear()
    await runClient(client, args, {
      cwd, gate: { npm: `${server.url}npm/`, pypi: `${server.url}pypi/simple/`, go: `${server.url}go` }, timeoutMs: 30_000, ...(ci ? { env: { CI: 'true', GITHUB_ACTIONS: 'true' } } : {}),
    }).catch(() => null)
    const agents = new Set(server.requests.map(({ headers }) => headers['user-agent'] ?? ''))
    for (const agent of agents) {
      const { tool, version, kind, ci: told } = readAgent(agent)
      rows.push([`${client}${ci ? ' in CI' : ''}`, `\`${agent.length > 70 ? `${agent.slice(0, 69)}…` : agent}\``, `${tool} ${version ?? ''}`.trim(), kind, told ?? ''])
    }
    if (agents.size === 0) rows.push([`${client}${ci ? ' in CI' : ''}`, 'asked nothing', '', '', ''])
    rmSync(cwd, { recursive: true, force: true })
  }
}
await server.close()
const HEADS = ['client', 'calls itself', 'read as', 'is for', 'CI']
process.stdout.write([HEADS, HEADS.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join(''))
