import { Command, CommanderError } from 'commander'
import { isCode, sentence, SluiceError } from '../core/errors.ts'
import { LISTED } from './listed.ts'
import type { AddCommand, Surroundings } from './opened.ts'

/**
 * In the order in which help lists them. Only what is asked for is loaded: `check` has to answer before the rest would be read.
 * `names` are those of the program's own commands that a file adds.
 */
const commands: readonly { names: readonly string[]; load(): Promise<AddCommand> }[] = [
  { names: ['up'], load: async () => (await import('./up.ts')).up },
  { names: ['scan'], load: async () => (await import('./scan.ts')).scan },
  { names: ['sandbox'], load: async () => (await import('./sandbox.ts')).sandbox },
  { names: ['sandbox'], load: async () => (await import('./sandbox-gate.ts')).sandboxOfGate },
  { names: ['check'], load: async () => (await import('./check.ts')).check },
  { names: ['trace'], load: async () => (await import('./trace.ts')).trace },
  { names: ['hold', 'release', 'recall', 'orders'], load: async () => (await import('./orders.ts')).orders },
  { names: ['recalls'], load: async () => (await import('./recalls.ts')).recalls },
  { names: ['evidence'], load: async () => (await import('./recalls.ts')).evidence },
  { names: ['leftovers'], load: async () => (await import('./leftovers.ts')).leftovers },
  { names: ['policy'], load: async () => (await import('./policy.ts')).policy },
  { names: ['names'], load: async () => (await import('./names.ts')).names },
  { names: ['hunt'], load: async () => (await import('./hunt.ts')).hunt },
  { names: ['watch'], load: async () => (await import('./watch.ts')).watch },
  { names: ['reviews'], load: async () => (await import('./reviews.ts')).reviews },
  { names: ['campaigns'], load: async () => (await import('./campaigns.ts')).campaigns },
  { names: ['downloads'], load: async () => (await import('./downloads.ts')).downloads },
  { names: ['report'], load: async () => (await import('./exposure.ts')).reports },
  { names: ['inventory'], load: async () => (await import('./inventory.ts')).inventory },
  { names: ['host'], load: async () => (await import('./host.ts')).host },
  { names: ['hosts'], load: async () => (await import('./hosts.ts')).hosts },
  { names: ['reports'], load: async () => (await import('./reports.ts')).reportsIn },
  { names: ['case'], load: async () => (await import('./case.ts')).cases },
  { names: ['ticket'], load: async () => (await import('./ticket.ts')).tickets },
  { names: ['domains'], load: async () => (await import('./domains.ts')).domains },
  { names: ['feed'], load: async () => (await import('./feed.ts')).feed },
  { names: ['indicators'], load: async () => (await import('./known.ts')).known },
  { names: ['ledger'], load: async () => (await import('./ledger.ts')).ledger },
  { names: ['token'], load: async () => (await import('./token.ts')).token },
  { names: ['guard'], load: async () => (await import('./guard.ts')).guard },
  { names: ['status'], load: async () => (await import('./status.ts')).status },
  { names: ['doctor'], load: async () => (await import('./doctor.ts')).doctor },
]

/** The commands that the arguments may mean: those whose names are among them. None where help or a slip of the pen names none. */
function meant(args: readonly string[]): typeof commands {
  const all = new Set(commands.flatMap(({ names }) => names))
  // What follows a command is its own (`host inventory`), unless that may have been the value of an option.
  const said = new Set(args.filter((arg, at) => all.has(arg) && !(all.has(args[at - 1] ?? '') && !(args[at - 2] ?? '').startsWith('-'))))
  return commands.filter(({ names }) => names.some((name) => said.has(name)))
}

/** All commands as help lists them, and as a name that none has is compared with; none of them can be run. */
function list(program: Command): void {
  const terms = new Map(LISTED.map(([term]) => [term.split(' ')[0], term]))
  for (const [term, description] of LISTED) program.command(term.split(' ')[0] as string).description(description)
  program.configureHelp({ ...program.configureHelp(), subcommandTerm: (command) => terms.get(command.name()) ?? 'help [command]' })
}

/** Exit codes: 0 done, 1 found something or failed, 2 bad usage or could not judge. */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<number> {
  let code = 0
  const program = new Command('sluice')
    .description('One gate between an organisation and the public npm, PyPI and Go registries.')
    .option('--config <file>', 'configuration (also SLUICE_CONFIG; else sluice.yaml here)')
    .option('--data <dir>', 'data folder to work on (also SLUICE_DATA); safe beside a running gate')
    .option('--server <url>', 'work on a running gate instead, with the token in SLUICE_TOKEN')
    .option('--json', 'print data as JSON')
    .showHelpAfterError('(add --help for what is possible)')
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput({ writeOut: (text) => surroundings.out.write(text), writeErr: (text) => surroundings.err.write(text) })

  const done = (exit: number): void => { code = exit }
  const wanted = meant(args)
  for (const { load } of wanted) (await load())(program, surroundings, done)
  if (wanted.length === 0) list(program)
  try {
    await program.parseAsync([...args], { from: 'user' })
    return code
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2
    const { withoutSecrets } = await import('../gateway/log.ts')
    surroundings.err.write(`sluice: ${withoutSecrets(thrown instanceof SluiceError ? thrown.message : sentence(thrown))}\n`)
    if (thrown instanceof SluiceError && thrown.hint) surroundings.err.write(`  ${thrown.hint}\n`)
    return isCode(thrown, 'usage', 'config-invalid') ? 2 : 1
  }
}
