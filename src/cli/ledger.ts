import type { Command } from 'commander'
import { SluiceError } from '../core/errors.ts'
import { formatHead, parseHead } from '../ledger/head.ts'
import type { Answer } from '../api/schemas.ts'
import { atDesk } from './at-desk.ts'
import type { Surroundings } from './opened.ts'
import { count, plain } from './print.ts'

/** The ledger as a whole: is it what it was? */
export function ledger(program: Command, surroundings: Surroundings, done: (code: number) => void): void {
  const group = program.command('ledger').description('verify the ledger, print its head to keep it elsewhere, or forget who somebody is')

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
        printer.lines(result.ok ? `${paint.green('✓')} ${count(result.lines, 'line')}, unbroken${end}${forgotten(result.callers)}` : `${paint.red('✗')} ${count(result.problemCount, 'problem')} in ${count(result.lines, 'line')}: keep a copy of ${desk.where} as evidence`)
      })
    })

  group.command('forget')
    .description('forget who somebody is, in everything asked until now; what was asked stays, and the chain holds')
    .option('--user <name>', 'all that is named must be theirs')
    .option('--host <name>', 'a machine')
    .option('--address <address>', 'an address')
    .option('--token <name>', 'a token')
    .requiredOption('--because <reason>', 'why; stands in the ledger, so name nobody')
    .addHelpText('after', '\nLines from before callers had rows of their own keep who asked, as do backups.\n\nExample:\n  sluice ledger forget --user ann --because "request of 2030-01-31"')
    .action(async ({ because, ...person }: { user?: string; host?: string; address?: string; token?: string; because: string }, command: Command) => {
      if (Object.keys(person).length === 0) throw new SluiceError('usage', 'whom?', { hint: 'name --user, --host, --address or --token' })
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        const { callers } = await desk.forget(person, because)
        if (printer.wantsJson) printer.json({ callers })
        else if (callers === 0) printer.note('Nobody like that is known.')
        else printer.lines(`Forgotten: ${count(callers, 'row')} about who asked. What was asked stays in the ledger.`)
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

const forgotten = ({ whole, forgotten: some }: Answer<'verification'>['callers']): string =>
  (some > 0 ? `; something was forgotten in ${some.toLocaleString('en')} of ${count(whole + some, 'row')} about who asked` : '')
