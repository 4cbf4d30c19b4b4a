import type { Command } from 'commander'
import { atDesk } from './at-desk.ts'
import type { Surroundings } from './opened.ts'
import { count, plain } from './print.ts'

/** Advisories in. */
export function feed(program: Command, surroundings: Surroundings): void {
  program.command('feed').description('advisories: import them').command('import <path>')
    .description('import OSV records: a folder, or a .json, .jsonl or .zip file; again and again, nothing is stored twice')
    .addHelpText('after', '\nRecords whose id begins with MAL- make versions malicious: they are quarantined. Others are vulnerabilities; policy says what they do.\n\nExample:\n  sluice feed import malicious-packages/osv')
    .action(async (path: string, _options: object, command: Command) => {
      await atDesk(command, surroundings, { create: true }, async (desk, printer) => {
        const report = await desk.importFeed(path, (done) => printer.progress(`${count(done, 'record')} read`))
        if (printer.wantsJson) return printer.json(report)
        const { imported, updated, unchanged, withdrawn, skippedTotal, skipped } = report
        printer.lines(`${count(imported, 'record')} imported, ${updated} updated, ${unchanged} known before, ${withdrawn} withdrawn, ${skippedTotal} skipped`)
        for (const one of skipped.slice(0, 10)) printer.note(`skipped ${plain(one.file)}: ${plain(one.reason)}`)
        if (skippedTotal > 10) printer.note(`and ${skippedTotal - 10} more; --json lists them`)
      })
    })
}
