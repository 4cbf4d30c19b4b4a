import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { sentence, SluiceError } from '../core/errors.ts'
import { atDesk } from './at-desk.ts'
import { aboutOf, asking } from './downloads.ts'
import type { AskOptions } from './downloads.ts'
import { incidentReport } from './incident-report.ts'
import type { Surroundings } from './opened.ts'
import { count, plain } from './print.ts'

/** Reports to read and to hand on. */
export function reports(program: Command, surroundings: Surroundings): void {
  const group = program.command('report').description('reports to read, print and hand on')
  incidentReport(group, surroundings)
  asking(group.command('exposure [package-or-digest]').description('who received it: one page with timeline, map and table'))
    .option('--out <file>', 'write the page there; else it is printed')
    .addHelpText('after', '\nThe page loads nothing from anywhere. With --json, its figures are printed instead.\n\nExamples:\n  sluice report exposure pypi:requests==2.32.0 --out exposure.html\n  sluice report exposure --campaign 7f3a --out campaign.html')
    .action(async (what: string | undefined, { out, ...options }: AskOptions & { out?: string }, command: Command) => {
      const about = await aboutOf(what, options)
      if (about.package === undefined && about.digest === undefined && about.campaign === undefined && about.since === undefined) {
        throw new SluiceError('usage', 'of what?', { hint: 'name a package, a digest, a campaign with --campaign, or a period with --since' })
      }
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        const progress = (lines: number): void => printer.progress(`${count(lines, 'line')} of the ledger read`)
        if (printer.wantsJson) return printer.json(await desk.downloads.read({ ...about, progress }))
        const page = await desk.downloads.page({ ...about, progress })
        if (out === undefined) return printer.lines(page)
        await writeFile(out, page).catch((cause: unknown) => { throw new SluiceError('storage', `cannot write ${plain(out)}: ${sentence(cause)}`, { cause }) })
        printer.note(`Written to ${plain(out)}. It names people and machines; hand it on with care.`)
      })
    })
}
