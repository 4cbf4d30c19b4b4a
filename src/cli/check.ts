import { Option } from 'commander'
import type { Command } from 'commander'
import { SluiceError } from '../core/errors.ts'
import type { AddCommand, Surroundings } from './opened.ts'
import { globalsOf } from './globals.ts'
import { createPrinter, plain } from './print.ts'
import { failing, FAILINGS } from './check-verdict.ts'

interface CheckOptions {
  failOn: string
  format?: 'human' | 'json' | 'sarif' | 'vex'
  list?: string[]
  gate?: string[]
  machine?: boolean
  installed: boolean
  production?: boolean
  maxAge?: string
}

const HELP = `
Reads package.json, package-lock.json, pnpm-lock.yaml, yarn.lock, bun.lock, requirements.txt, Pipfile(.lock), pyproject.toml, setup.cfg,
poetry.lock, uv.lock, pdm.lock, pylock.toml, go.mod, go.sum, CycloneDX and SPDX, clients' settings (.npmrc, .yarnrc.yml, pip.conf, uv.toml,
bunfig.toml, go.env), node_modules, site-packages, Go's module cache. Holds every package against advisories, the gate's own verdicts,
people's orders, what the watch suspects, and policy; says how it comes in, and the nearest version that nothing is known against.

Without --server it works on the data folder, and asks nobody. Advisories get there by
sluice feed import PATH, or by sluice feed add and sluice feed sync; --data ~/.cache/sluice keeps them where every check finds them.

--fail-on takes one or more of these, with commas between:
  ${FAILINGS.slice(0, 6).join(', ')}, ${FAILINGS.slice(6, 10).join(', ')},
  ${FAILINGS.slice(10).join(', ')}
What the gate quarantines (malicious, recalled, denied, listed) always counts, unless it is nothing.

Exit codes: 0 nothing of that, 1 something, 2 bad usage, a file that cannot be read, or nothing known to hold packages against.

Examples:
  sluice check
  sluice check package-lock.json --fail-on vulnerable:high --format sarif > sluice.sarif
  sluice check --server https://sluice.acme.example
  sluice check --list indicators.csv --machine`

/** Whether a project or a machine has what should not be there. */
export const check: AddCommand = (program, surroundings, done) => {
  program.command('check [path...]')
    .description('does a project, or this machine, have what is malicious, recalled, denied or vulnerable? Offline, or asking a gate')
    .option('--fail-on <kinds>', 'what exits with 1', 'malicious')
    .addOption(new Option('--format <name>', 'human, json, sarif (2.1.0) or vex (CycloneDX 1.6)').choices(['human', 'json', 'sarif', 'vex']))
    .option('--list <file>', 'hold packages against this list too: CSV, OSV, purls, STIX, MISP; may be given again', collect)
    .option('--gate <url>', 'where the gate is, to say what goes past it; known with --server or from sluice.yaml; may be given again', collect)
    .option('--machine', 'what is installed on this machine, and its clients\' settings, instead of a folder')
    .option('--no-installed', 'manifests and lockfiles alone, not what is installed below the folder')
    .option('--production', 'leave out what only development needs, where the file tells')
    .option('--max-age <duration>', 'exit with 2 when the newest advisories came in longer ago than that: 7d')
    .addHelpText('after', HELP)
    .action(async (paths: string[], options: CheckOptions, command: Command) => {
      await run(paths, options, { command, surroundings, done }).catch((thrown: unknown) => { throw undecided(thrown) })
    })
}

const collect = (value: string, before: string[] = []): string[] => [...before, value]

/** Exit code 1 says that something was found: a check that could not be made must not look like one. */
function undecided(thrown: unknown): unknown {
  if (!(thrown instanceof SluiceError) || thrown.code === 'usage') return thrown
  return new SluiceError('usage', thrown.message, { cause: thrown, ...(thrown.hint === undefined ? {} : { hint: thrown.hint }) })
}

async function run(paths: readonly string[], options: CheckOptions, { command, surroundings, done }: { command: Command; surroundings: Surroundings; done: (code: number) => void }): Promise<void> {
  const fails = failing(options.failOn)
  const globals = globalsOf(command)
  const format = options.format ?? (globals.json ? 'json' : 'human')
  const printer = createPrinter(surroundings, format !== 'human')
  if (options.machine && paths.length > 0) throw new SluiceError('usage', '--machine looks where clients install packages: name no path with it')
  const { gather } = await import('../screening/gather.ts')
  const machine = options.machine ? (await import('../screening/machine.ts')).machinePlaces(surroundings.env) : null
  const gathered = gather(machine?.paths ?? (paths.length === 0 ? ['.'] : paths), { trees: options.installed })
  if (machine) gathered.files.push(...machine.settings)
  const { openScreener } = await import('./screeners.ts')
  const screener = await openScreener({ globals, surroundings, gates: options.gate ?? [], lists: options.list ?? [], warn: (says) => printer.note(plain(says, 300)) })
  try {
    const { screen } = await import('../screening/screen.ts')
    const screened = await screen(gathered, screener, { production: options.production ?? false, progress: (checked, of) => printer.progress(`${checked} of ${of} packages`) })
    const { verdictOf } = await import('./check-verdict.ts')
    const verdict = verdictOf(screened, { fails, lists: (options.list ?? []).length > 0, ...(options.maxAge === undefined ? {} : { maxAge: options.maxAge }), now: new Date() })
    done(verdict.code)
    if (format === 'json') printer.json({ ...(await import('./check-json.ts')).asJson(screened, screener.where), failed: verdict.code === 1, code: verdict.code, warnings: verdict.warnings })
    else if (format === 'sarif') printer.json((await import('./check-sarif.ts')).checkSarif(screened, gathered, verdict))
    else if (format === 'vex') printer.json((await import('./check-vex.ts')).vex(screened, new Date()))
    else (await import('./check-print.ts')).printCheck(screened, { printer, lineOf: gathered.lineOf, where: screener.where, verdict })
    if (format !== 'human') for (const warning of verdict.warnings) printer.note(warning)
  } finally {
    await screener.close()
  }
}
