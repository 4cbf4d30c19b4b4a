import type { Command } from 'commander'
import type { Answer } from '../api/schemas.ts'
import type { EntryKind } from '../ledger/entry.ts'
import { atDesk } from './at-desk.ts'
import type { Desk, Wanted } from './desk.ts'
import type { Surroundings } from './opened.ts'
import { count, moment, plain, shade } from './print.ts'
import type { Printer } from './print.ts'
import { since, wanted } from './words.ts'

type Line = Answer<'trace'>['lines'][number]
type Receiver = Answer<'trace'>['receivers'][number]

/** Who received what, from the ledger. */
export function trace(program: Command, surroundings: Surroundings): void {
  program.command('trace <package-or-digest>')
    .description('who received a package, from the ledger; also after it was purged')
    .option('--denied', 'who was refused it')
    .option('--index', 'who read its index document')
    .option('--all', 'every line about it, decisions and orders included')
    .option('--since <when>', 'only from then on: 7d, 2030-01-31')
    .addHelpText('after', '\nExamples:\n  sluice trace npm:left-pad@1.3.0\n  sluice trace sha256:… --since 7d --json')
    .action(async (what: string, options: { denied?: boolean; index?: boolean; all?: boolean; since?: string }, command: Command) => {
      const about = wanted(what)
      const asked = [...(options.denied ? ['denied'] as const : []), ...(options.index ? ['index'] as const : [])]
      const kinds: readonly EntryKind[] | undefined = options.all ? undefined : asked.length > 0 ? asked : ['served']
      const from = options.since === undefined ? undefined : since(options.since)
      await atDesk(command, surroundings, {}, (desk, printer) => show(desk, printer, { about, what, kinds, from }))
    })
}

async function show(desk: Desk, printer: Printer, { about, what, kinds, from }: {
  about: Wanted; what: string; kinds: readonly EntryKind[] | undefined; from: Date | undefined
}): Promise<void> {
  let receivers: readonly Receiver[] = []
  let total = 0
  // Page by page, also as JSON: the ledger of a popular package does not fit into memory.
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await desk.trace(about, { kinds, since: from, cursor })
    if (cursor === undefined) {
      receivers = page.receivers
      if (printer.wantsJson) printer.lines('{"lines": [')
    }
    if (printer.wantsJson) page.lines.forEach((line, index) => printer.lines(`${total + index > 0 ? ', ' : '  '}${JSON.stringify(line)}`))
    else if (page.lines.length > 0) printer.table(total === 0 ? HEADS : null, page.lines.map((line) => rowOf(line, printer)))
    total += page.lines.length
    cursor = page.next
  }
  if (printer.wantsJson) return printer.lines(`], "receivers": ${JSON.stringify(receivers)}}`)
  if (total === 0) return printer.note(nothing(what, kinds))
  printer.lines('', `${count(total, 'line')}; by whom:`)
  receiversTable(printer, receivers)
}

const HEADS = ['when', 'what', 'version', 'file', 'who', 'with', 'about it']

function rowOf({ entry }: Line, { paint }: Printer): string[] {
  const what = entry.kind === 'decided' ? `${entry.reason ?? ''}` : entry.kind
  return [
    moment(entry.at), shade(paint, what), plain(entry.version ?? '-'), plain(entry.file ?? '-'),
    who({ token: entry.token ?? entry.by ?? null, address: entry.forwarded?.address ?? entry.address ?? null }),
    client(entry), plain(entry.kind === 'served' ? entry.forwarded?.job ?? '' : entry.because ?? ''),
  ]
}

const client = ({ client: one }: Line['entry']): string => (one ? plain(`${one.tool}${one.version ? ` ${one.version}` : ''}${one.ci ? ' (CI)' : ''}`, 60) : '-')

const who = ({ token, address }: { token: string | null; address: string | null }): string =>
  plain([token, address].filter((part) => part !== null && part !== '').join(' at '), 80) || 'the gate'

export function receiversTable(printer: Printer, receivers: readonly Receiver[]): void {
  printer.table(['who', 'with', 'how', 'times', 'first', 'last'], receivers.map((one) =>
    [who(one), plain(one.client ?? '-', 60), shade(printer.paint, one.kind), String(one.count), moment(one.first), moment(one.last)]))
}

function nothing(what: string, kinds: readonly EntryKind[] | undefined): string {
  const kind = kinds?.length === 1 ? kinds[0] : undefined
  const verb = kind === 'served' ? 'received' : kind === 'denied' ? 'was refused' : kind === 'index' ? 'read the index of' : 'met'
  return `Nobody ${verb} ${plain(what)}.${kind === 'served' ? ' --denied shows who was refused it, --all everything.' : ''}`
}
