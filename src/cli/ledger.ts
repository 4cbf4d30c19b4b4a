import type { Command } from 'commander'
import { formatHead, parseHead } from '../ledger/head.ts'
import { atDesk } from './at-desk.ts'
import type { Surroundings } from './opened.ts'
import { count, plain } from './print.ts'

/** The ledger as a whole: is it what it was? */
export function ledger(program: Command, surroundings: Surroundings, done: (code: number) => void): void {
  const group = program.command('ledger').description('verify the ledger, or print its head to keep it elsewhere')

  group.command('verify')
    .description('read the whole ledger and find any change, gap or cut')
    .option('--head <seq:hash>', 'a head that was kept elsewhere: the ledger must still lead to it')
    .addHelpText('after', '\nSomebody who can rewrite the whole data folder can rewrite the ledger too. Only a head that was kept elsewhere shows that.\nExit code 1 when something is wrong.')
    .action(async (options: { head?: string }, command: Command) => {
      const head = options.head === undefined ? null : parseHead(options.head)
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        const result = await desk.verifyLedger(head, (lines) => printer.progress(`${count(lines, 'line')} read`))
        done(result.ok ? 0 : 1)
        if (printer.wantsJson) return printer.json(result)
        const { paint } = printer
        for (const { seq, says } of result.problems) printer.lines(`${paint.red('✗')} line ${seq}: ${plain(says, 500)}`)
        if (result.problemCount > result.problems.length) printer.lines(`  and ${count(result.problemCount - result.problems.length, 'more problem')}`)
        const end = result.head ? `, head ${formatHead(result.head)}` : ''
        printer.lines(result.ok ? `${paint.green('✓')} ${count(result.lines, 'line')}, unbroken${end}` : `${paint.red('✗')} ${count(result.problemCount, 'problem')} in ${count(result.lines, 'line')}: keep a copy of ${desk.where} as evidence`)
      })
    })

  group.command('head')
    .description('print SEQ:HASH of the last line, to keep it where nobody who runs the gate can change it')
    .action(async (_options: object, command: Command) => {
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        const head = await desk.head()
        if (printer.wantsJson) printer.json(head)
        else printer.lines(formatHead(head))
      })
    })
}
