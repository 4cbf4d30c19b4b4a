import { Option } from 'commander'
import type { Command } from 'commander'
import type { ExchangeAnswer } from '../api/exchange-schemas.ts'
import { INDICATOR_KINDS } from '../intel/indicator.ts'
import type { IndicatorKind } from '../intel/indicator.ts'
import { TLP_WORDS } from '../intel/tlp.ts'
import type { Tlp } from '../intel/tlp.ts'
import { defanged } from '../intel/write/defang.ts'
import { atDesk } from './at-desk.ts'
import type { AddCommand } from './opened.ts'
import { count, moment, plain } from './print.ts'
import { until } from './words.ts'

const PAGE = 5_000

/** Indicators that are known as bad. */
export const known: AddCommand = (program, surroundings) => {
  const group = program.command('indicators').description('indicators that are known as bad: domains, URLs, addresses, hashes; of feeds, and what you add')
  group.command('add <value...>')
    .description('add indicators, defanged or not')
    .requiredOption('--because <reason>', 'why; hunts and alarms say it')
    .addOption(new Option('--type <type>', 'else told by the value').choices([...INDICATOR_KINDS]))
    .addOption(new Option('--tlp <word>', 'how far they may be handed on').choices([...TLP_WORDS]).default('amber'))
    .option('--expires <when>', 'until when they count: 90d, 2030-12-31')
    .addHelpText('after', '\nExample:\n  sluice indicators add hxxps://c2[.]example/in 192.0.2[.]7 --because "second stage of case 12"')
    .action(async (values: string[], options: { because: string; type?: IndicatorKind; tlp: Tlp; expires?: string }, command: Command) => {
      const validUntil = options.expires === undefined ? undefined : until(options.expires, '--expires')
      await atDesk(command, surroundings, { create: true }, async (desk, printer) => {
        const added = await desk.exchange.addIndicators(values, { because: options.because, type: options.type ?? null, tlp: options.tlp, validUntil })
        if (printer.wantsJson) return printer.json(added)
        for (const { type, value } of added) printer.lines(`${type} ${printer.paint.bold(plain(defanged(type, value), 300))} is known from now on`)
      })
    })
  group.command('list')
    .description('what is known, the latest change last; defanged, --json as it is')
    .option('--source <name>', 'of one source only; people: what was added by hand')
    .option('--like <text>', 'with this in it')
    .option('--withdrawn', 'withdrawn ones, too')
    .option('--limit <n>', 'how many', '200')
    .action(async (options: { source?: string; like?: string; withdrawn?: boolean; limit: string }, command: Command) => {
      const limit = Math.max(1, Number.parseInt(options.limit, 10) || 200)
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        const found: ExchangeAnswer<'indicators'> = []
        for (let after = 0; found.length < limit;) {
          const size = Math.min(PAGE, limit - found.length)
          const page = await desk.exchange.indicators({ source: options.source, like: options.like, withdrawn: options.withdrawn ?? false, after, limit: size })
          found.push(...page)
          if (page.length < size) break
          after = page.at(-1)?.seq ?? after
        }
        if (printer.wantsJson) return printer.json(found)
        if (found.length === 0) return printer.note('None is known yet: sluice indicators add, or a feed that has some.')
        printer.table(['type', 'indicator', 'source', 'tlp', 'changed', 'says'], found.map(({ type, value, source, tlp, modified, withdrawn, says }) =>
          [type, plain(defanged(type, value), 100), plain(source, 40), tlp, moment(modified), `${withdrawn === null ? '' : printer.paint.dim('withdrawn: ')}${plain(says, 100)}`]))
        if (found.length === limit) printer.note(`the first ${count(limit, 'indicator')}; --limit shows more`)
      })
    })
  group.command('withdraw <value>').description('take back an indicator that was added by hand').action(async (value: string, _options: object, command: Command) => {
    await atDesk(command, surroundings, {}, async (desk, printer) => {
      const one = await desk.exchange.withdrawIndicator(value)
      if (printer.wantsJson) printer.json(one)
      else printer.lines(`${one.type} ${plain(defanged(one.type, one.value), 300)} is withdrawn`)
    })
  })
}
