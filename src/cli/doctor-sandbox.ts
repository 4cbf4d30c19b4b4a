import type { EcosystemId } from '../core/types.ts'
import { probeBackends } from '../sandbox/cell/backends.ts'
import type { Probe } from '../sandbox/cell/cell.ts'
import { Tools } from '../sandbox/plan/tools.ts'
import { plain } from './print.ts'
import type { Paint } from './print.ts'

/** Whether packages can be run on this machine: ways to isolate, the one that is taken first, and what runs each ecosystem's. */
export interface SandboxHere {
  backends: readonly Probe[]
  interpreters: Readonly<Record<EcosystemId, string | null>>
}

export async function sandboxHere(path: string): Promise<SandboxHere> {
  const tools = new Tools(path)
  const known = (asked: Promise<string>): Promise<string | null> => asked.catch(() => null)
  const [backends, npm, pypi, go] = await Promise.all([
    probeBackends(),
    known(tools.node().then(({ node, npmVersion }) => `${node}, npm ${npmVersion}`)),
    known(tools.python().then(({ program, facts }) => `${program}, Python ${facts.markers['python_full_version'] ?? ''}`)),
    known(tools.go().then(({ program, version }) => `${program}, ${version}`)),
  ])
  return { backends, interpreters: { npm, pypi, go } }
}

const NEEDS: Readonly<Record<EcosystemId, string>> = { npm: 'install Node.js with npm', pypi: 'install python3, python3-pip and python3-venv', go: 'install Go' }

/** Lines for a person. */
export function sandboxLines({ backends, interpreters }: SandboxHere, paint: Paint): string[] {
  const lines = [paint.bold('Packages run in isolation on this machine')]
  for (const { backend, works, version, weaker, says, remedy } of backends) {
    lines.push(`  ${works ? paint.green('✓') : paint.dim('-')} ${backend.padEnd(10)}  ${plain(works ? version ?? 'works' : says ?? 'does not work', 300)}`)
    for (const one of weaker) lines.push(`    ${paint.yellow('weaker:')} ${plain(one, 300)}`)
    if (!works && remedy !== null) lines.push(`    → ${plain(remedy, 300)}`)
  }
  for (const [ecosystem, says] of Object.entries(interpreters)) {
    lines.push(`  ${says === null ? paint.dim('-') : paint.green('✓')} ${ecosystem.padEnd(10)}  ${says === null ? 'nothing here runs its packages' : plain(says, 200)}`)
    if (says === null) lines.push(`    → ${NEEDS[ecosystem as EcosystemId]}, so that it is on the PATH`)
  }
  return lines
}
