import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import type { Command } from 'commander'
import type { Answer } from '../api/schemas.ts'
import { ecosystems } from '../ecosystems/index.ts'
import { atDesk } from './at-desk.ts'
import type { Desk } from './desk.ts'
import { sandboxHere, sandboxLines } from './doctor-sandbox.ts'
import type { SandboxHere } from './doctor-sandbox.ts'
import { watchingHere, watchingLines } from './doctor-host.ts'
import type { EngineHere } from '../host/watch/engines.ts'
import type { Surroundings } from './opened.ts'
import { plain } from './print.ts'
import type { Paint, Printer } from './print.ts'
import { answers } from './remote.ts'

interface LocalClient {
  client: string
  path: string
  /** Whether it asks the gate; null: not looked up for this client. */
  usesGate: boolean | null
}

interface Settings { ecosystem: string; client: string; lines: readonly string[] }

/** Is everything well, and what is left to do? */
export function doctor(program: Command, surroundings: Surroundings, done: (code: number) => void): void {
  program.command('doctor')
    .description('check everything the gate depends on, and print what to put into each client\'s configuration')
    .addHelpText('after', '\nAsks each upstream one small question. Exit code 1 when something failed.')
    .action(async (_options: object, command: Command) => {
      await atDesk(command, surroundings, { create: true, upstreams: true }, async (desk, printer) => {
        printer.progress('looking at everything; this takes a few seconds')
        const [checks, gate, clients, policy, sandbox] = await Promise.all([desk.checkup(), open(desk), clientsHere(surroundings, desk.origin), desk.policy(), sandboxHere(surroundings.env['PATH'] ?? '')])
        const watching = watchingHere(surroundings.env['PATH'] ?? '')
        const settings = settingsFor(desk.origin, checks, policy)
        if (printer.wantsJson) printer.json({ checks: [gate, ...checks], clients, settings, sandbox, watching })
        else show({ desk, checks: [gate, ...checks], clients, settings, sandbox, watching }, printer)
        done(checks.some(({ state }) => state === 'failed') ? 1 : 0)
      })
    })
}

type Check = Answer<'checkup'>[number]

async function open({ origin }: Desk): Promise<Check> {
  const started = performance.now()
  const found = await answers(origin)
  const elapsedMs = Math.round(performance.now() - started)
  return found ? { name: 'gate', state: 'ok', says: `open at ${origin}`, remedy: null, elapsedMs }
    : { name: 'gate', state: 'warning', says: `nothing answers at ${origin}`, remedy: 'start it with npm start or sluice up', elapsedMs }
}

/** Package managers on the PATH; of the three that are asked for their registry, whether it is this gate. None is changed. */
async function clientsHere({ env, clients }: Surroundings, origin: string): Promise<LocalClient[]> {
  const settings = clients()
  const [npm, pip, go] = await Promise.all([settings.npm(false), settings.pip(false), settings.go(false)])
  const asks: Readonly<Record<string, string | null>> = { npm, pip, pip3: pip, go: go?.proxy ?? null }
  const names = ['npm', 'pnpm', 'yarn', 'bun', 'pip', 'pip3', 'uv', 'poetry', 'go']
  const found = await Promise.all(names.map(async (client): Promise<LocalClient | null> => {
    const path = await onPath(client, env['PATH'] ?? '')
    const asked = Object.hasOwn(asks, client) ? asks[client] ?? null : null
    return path === null ? null : { client, path, usesGate: asked === null ? null : asked.startsWith(`${origin}/`) }
  }))
  return found.filter((client) => client !== null)
}

async function onPath(name: string, path: string): Promise<string | null> {
  for (const folder of path.split(delimiter).filter(Boolean)) {
    for (const file of process.platform === 'win32' ? [`${name}.cmd`, `${name}.exe`] : [name]) {
      const found = await access(join(folder, file), constants.X_OK).then(() => true, () => false)
      if (found) return join(folder, file)
    }
  }
  return null
}

/** Of the ecosystems that are on. */
function settingsFor(origin: string, checks: Answer<'checkup'>, policy: Answer<'policy'>): Settings[] {
  return Object.values(ecosystems)
    .filter(({ id }) => checks.find(({ name }) => name === `${id} upstream`)?.state !== 'off')
    .flatMap((ecosystem) => {
      const names = policy.private.filter((entry) => entry.ecosystem === ecosystem.id).map(({ pattern }) => pattern)
      return ecosystem.clientSettings(`${origin}/${ecosystem.id}/`, names).map((one) => ({ ecosystem: ecosystem.id, ...one }))
    })
}

const MARKS: Readonly<Record<Check['state'], (paint: Paint) => string>> = {
  ok: (paint) => paint.green('✓'), off: (paint) => paint.dim('-'), warning: (paint) => paint.yellow('!'), failed: (paint) => paint.red('✗'),
}

function show({ desk, checks, clients, settings, sandbox, watching }: { desk: Desk; checks: readonly Check[]; clients: readonly LocalClient[]; settings: readonly Settings[]; sandbox: SandboxHere; watching: readonly EngineHere[] }, printer: Printer): void {
  const { paint } = printer
  const wide = Math.max(...checks.map(({ name }) => name.length))
  printer.lines(paint.bold(`Sluice, ${desk.where}`))
  for (const { name, state, says, remedy, elapsedMs } of checks) {
    const took = name.includes('upstream') || name.includes('registry') ? paint.dim(` (${elapsedMs} ms)`) : ''
    printer.lines(`  ${MARKS[state](paint)} ${plain(name).padEnd(wide)}  ${plain(says, 500)}${took}`)
    if (remedy !== null && state !== 'ok') printer.lines(`    ${''.padEnd(wide)}→ ${plain(remedy, 500)}`)
  }
  printer.lines('', paint.bold('Clients on this machine'))
  if (clients.length === 0) printer.lines('  none found on the PATH')
  for (const { client, path, usesGate } of clients) {
    const uses = usesGate === null ? '' : usesGate ? paint.green('  asks this gate') : paint.yellow('  asks somewhere else')
    printer.lines(`  ${client.padEnd(8)} ${plain(path)}${uses}`)
  }
  printer.lines('', ...sandboxLines(sandbox, paint), '', ...watchingLines(watching, paint))
  printer.lines('', paint.bold('What to put into each client'))
  for (const { client, lines } of settings) printer.lines(`  ${paint.dim(client)}`, ...lines.map((line) => `    ${line}`))
}
