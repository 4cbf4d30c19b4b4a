import type { Command } from 'commander'
import type { SandboxAnswer } from '../api/sandbox-schemas.ts'
import type { HostAnswer } from '../api/hosts-schemas.ts'
import type { RetroWire } from '../api/hunt-schemas.ts'
import { atDesk } from './at-desk.ts'
import type { Surroundings } from './opened.ts'
import { count, moment, plain, shade } from './print.ts'

export function status(program: Command, surroundings: Surroundings): void {
  program.command('status')
    .description('what the gate has done so far, in a few numbers; doctor says whether it is well')
    .action(async (_options: object, command: Command) => {
      await atDesk(command, surroundings, { upstreams: true }, async (desk, printer) => {
        const [state, looked, retro, sandbox, machines] = await Promise.all([desk.status(), desk.reviews.status(), desk.hunt.retro(), desk.sandbox.status(), desk.hosts.status()])
        if (printer.wantsJson) return printer.json({ ...state, recheck: looked, retro, sandbox, machines })
        const { paint } = printer
        const verdicts = Object.entries(state.verdicts).map(([level, files]) => `${files} ${shade(paint, level)}`).join(', ')
        printer.lines(
          `${paint.bold('Sluice')} in ${desk.where}`,
          `policy      ${plain(state.policy.id)}, ${state.policy.mode} mode`,
          `judged      ${verdicts || 'nothing yet: point a client at the gate and install something'}`,
          `ledger      ${count(state.ledgerLines, 'line')}`,
          `look back   ${count(looked.packages, 'package')} looked after, ${looked.lastPass === null ? 'no pass complete yet' : `last pass ended ${moment(looked.lastPass)}`}, ${count(looked.openReviews, 'open review')}`,
          `advisories  ${state.advisories.toLocaleString('en')}`,
          `hunting     ${hunting(retro)}`,
          `sandbox     ${sandboxLine(sandbox)}`,
          `machines    ${machinesLine(machines)}`,
          ...Object.entries(state.sources).map(([ecosystem, source]) => `${ecosystem.padEnd(11)} ${source.url === null ? paint.yellow(`off: ${plain(source.why, 400)}`) : plain(source.url)}`),
        )
      })
    })
}

/** Who tells what is installed. */
const machinesLine = ({ hosts, packages, refused, lastAt }: HostAnswer<'status'>): string => (hosts === 0 || lastAt === null ? 'none tells what it has installed'
  : `${count(hosts, 'machine')} with ${count(packages, 'package')}, last heard of ${moment(lastAt)}${refused > 0 ? `; ${count(refused, 'event')} refused` : ''}`)

/** Whether packages are run, and what waits. */
function sandboxLine({ mode, works, backends, budget, running, waiting, held, left, problem, runs }: SandboxAnswer<'status'>): string {
  if (mode === 'off') return 'off: packages are judged by their code alone'
  const best = backends.find((one) => one.works)
  return [
    works ? plain(best?.version ?? best?.backend ?? 'run by another gate on this data', 60) : 'no package can be run: sluice doctor says why',
    `${count(runs['completed'] ?? 0, 'run')}, ${budget.usedThisHour} of ${budget.anHour} this hour`,
    ...running > 0 ? [`${running} under way`] : [], ...waiting > 0 ? [`${waiting} waiting, ${held} of them held`] : [], ...left > 0 ? [`${left} could not be run`] : [],
    ...problem === null ? [] : [plain(problem, 120)],
  ].join('; ')
}

/** How far what is new has been matched against what was judged. */
function hunting({ indexed, indicators, held, outdated, unswept, sweep }: RetroWire): string {
  return [
    indexed ? 'every verdict can be found' : 'older verdicts are still being put into the index',
    ...indicators > 0 ? [`${count(indicators, 'change')} of known indicators to match`] : [], ...held > 0 ? [`${count(held, 'file')} held for known indicators`] : [],
    ...outdated > 0 ? [`${count(outdated, 'file')} judged by older detectors`] : [],
    ...sweep.running ? [`rules ${plain(sweep.names.join(', '), 60)} still to be run over ${count(unswept, 'file')}`] : [],
  ].join('; ')
}
