import { Command, CommanderError, Option } from 'commander'
import { isCode, sentence, SluiceError } from '../core/errors.ts'
import type { AddCommand, Surroundings } from './opened.ts'
import { up } from './up.ts'

const commands: readonly AddCommand[] = [up]

/** Exit codes: 0 done, 1 found something or failed, 2 bad usage or could not judge. */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<number> {
  let code = 0
  const program = new Command('sluice')
    .description('One gate between an organisation and the public npm, PyPI and Go registries.')
    .addOption(new Option('--config FILE', 'configuration').env('SLUICE_CONFIG'))
    .addOption(new Option('--data DIR', 'data folder').env('SLUICE_DATA'))
    .option('--json', 'print data as JSON')
    .showHelpAfterError('(sluice --help lists the commands)')
    .exitOverride()
    .configureOutput({ writeOut: (text) => surroundings.out.write(text), writeErr: (text) => surroundings.err.write(text) })

  const done = (exit: number): void => { code = exit }
  for (const command of commands) command(program, surroundings, done)
  try {
    await program.parseAsync([...args], { from: 'user' })
    return code
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : 2
    surroundings.err.write(`sluice: ${thrown instanceof SluiceError ? thrown.message : sentence(thrown)}\n`)
    if (thrown instanceof SluiceError && thrown.hint) surroundings.err.write(`  ${thrown.hint}\n`)
    return isCode(thrown, 'usage', 'config-invalid') ? 2 : 1
  }
}
