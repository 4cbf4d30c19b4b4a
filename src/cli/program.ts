import { Command, CommanderError } from 'commander'
import { isCode, sentence, SluiceError } from '../core/errors.ts'
import { withoutSecrets } from '../gateway/log.ts'
import { campaigns } from './campaigns.ts'
import { doctor } from './doctor.ts'
import { feed } from './feed.ts'
import { ledger } from './ledger.ts'
import { names } from './names.ts'
import type { AddCommand, Surroundings } from './opened.ts'
import { orders } from './orders.ts'
import { policy } from './policy.ts'
import { scan } from './scan.ts'
import { status } from './status.ts'
import { token } from './token.ts'
import { trace } from './trace.ts'
import { up } from './up.ts'
import { watch } from './watch.ts'

/** In the order in which help lists them. */
const commands: readonly AddCommand[] = [up, scan, trace, orders, policy, names, watch, campaigns, feed, ledger, token, status, doctor]

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
  for (const command of commands) command(program, surroundings, done)
  try {
    await program.parseAsync([...args], { from: 'user' })
    return code
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2
    surroundings.err.write(`sluice: ${withoutSecrets(thrown instanceof SluiceError ? thrown.message : sentence(thrown))}\n`)
    if (thrown instanceof SluiceError && thrown.hint) surroundings.err.write(`  ${thrown.hint}\n`)
    return isCode(thrown, 'usage', 'config-invalid') ? 2 : 1
  }
}
