import type { Command } from 'commander'
import type { Answer } from '../api/schemas.ts'
import { traceCsv } from '../api/trace-csv.ts'
import { SluiceError } from '../core/errors.ts'
import { atDesk } from './at-desk.ts'
import type { Desk, TraceSpan, TraceWanted } from './desk.ts'
import type { Surroundings } from './opened.ts'
import { count, moment, plain, shade } from './print.ts'
import type { Printer } from './print.ts'
import { since, wanted } from './words.ts'

type Line = Answer<'trace'>['lines'][number]
type Receiver = Answer<'trace'>['receivers'][number]

interface Options extends Omit<TraceWanted, 'package' | 'digest'> {
  denied?: boolean
  index?: boolean
  locked?: boolean
  installed?: boolean
  ran?: boolean
  all?: boolean
  csv?: boolean
  since?: string
  until?: string
}

/** Who received what, from the ledger. */
export function trace(program: Command, surroundings: Surroundings): void {
  program.command('trace [package-or-digest]')
    .description('who received a package, or what somebody received, from the ledger and the inventory; also after it was purged')
    .option('--range <range>', 'of the package: versions as its manifests write them, ^1.2 or >=1,<2')
    .option('--indicator <what>', 'what was judged and has it: a domain, an address, a hash, or an expression of sluice hunt')
    .option('--campaign <id>', 'members of a campaign')
    .option('--actor <uploader>', 'what somebody published: pypi:ACCOUNT, or an address of mail')
    .option('--token <name>', 'asked with this token')
    .option('--user <name>', 'asked by this user, as the client says')
    .option('--host <name>', 'asked by this machine, as the client says')
    .option('--job <job>', 'asked by this job of CI: its name or its page')
    .option('--address <address>', 'asked from this address or network: 192.0.2.7, 192.0.2.0/24')
    .option('--client <tool>', 'asked by this client: npm, or "npm 11.0.0"')
    .option('--denied', 'who was refused it')
    .option('--index', 'who read its index document')
    .option('--locked', 'who has it in a lockfile')
    .option('--installed', 'which machines say they have it installed')
    .option('--ran', 'which machines say it ran')
    .option('--all', 'every line about it, decisions and orders included')
    .option('--since <when>', 'only from then on: 7d, 2030-01-31')
    .option('--until <when>', 'only before then')
    .option('--csv', 'as a table for a spreadsheet')
    .addHelpText('after', `
Without --denied, --index, --locked, --installed, --ran or --all: who received it, who has it in a lockfile, and which machines say
they have it or ran it. "past the gate": this gate never delivered it to anybody.

Examples:
  sluice trace npm:left-pad@1.3.0
  sluice trace npm:left-pad --range '>=1.2 <1.3' --all
  sluice trace --indicator evil.example --csv > exposed.csv
  sluice trace --host build-7 --since 7d
  sluice trace sha256:… --address 10.1.0.0/16 --json`)
    .action(async (what: string | undefined, options: Options, command: Command) => {
      const asked = askedOf(what, options)
      const picked = KINDS.filter((kind) => options[kind])
      const kinds: TraceSpan['kinds'] = options.all ? undefined : picked.length > 0 ? picked : ['served', 'locked', 'installed', 'ran']
      const span = { kinds, since: options.since === undefined ? undefined : since(options.since), until: options.until === undefined ? undefined : since(options.until, '--until') }
      await atDesk(command, surroundings, {}, (desk, printer) => (options.csv && !printer.wantsJson ? table(desk, printer, asked, span) : show(desk, printer, asked, span)))
    })
}

const KINDS = ['denied', 'index', 'locked', 'installed', 'ran'] as const
const OF = ['range', 'indicator', 'campaign', 'actor', 'token', 'user', 'host', 'job', 'address', 'client'] as const

function askedOf(what: string | undefined, options: Options): TraceWanted {
  const asked: TraceWanted = { ...(what === undefined ? {} : wanted(what)), ...Object.fromEntries(OF.filter((one) => options[one] !== undefined).map((one) => [one, options[one]])) }
  if (Object.keys(asked).length === 0 && options.since === undefined) {
    throw new SluiceError('usage', 'a trace needs something to go by', { hint: 'name a package, a digest, somebody (--host, --user, --token, --job, --address) or a time (--since)' })
  }
  return asked
}

async function* pagesOf(desk: Desk, asked: TraceWanted, span: Omit<TraceSpan, 'cursor'>): AsyncGenerator<Answer<'trace'>> {
  // Page by page: the ledger of a popular package does not fit into memory.
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page: Answer<'trace'> = await desk.trace(asked, { ...span, cursor })
    yield page
    cursor = page.next
  }
}

async function table(desk: Desk, printer: Printer, asked: TraceWanted, span: Omit<TraceSpan, 'cursor'>): Promise<void> {
  let first = true
  for await (const page of pagesOf(desk, asked, span)) {
    const text = traceCsv(page, first).replace(/\r\n$/, '\r')
    if (text !== '') printer.lines(text)
    first = false
  }
}

async function show(desk: Desk, printer: Printer, asked: TraceWanted, span: Omit<TraceSpan, 'cursor'>): Promise<void> {
  let sum: Pick<Answer<'trace'>, 'receivers' | 'complete'> | null = null
  let total = 0
  const heads = asked.package === undefined ? ['when', 'what', 'package', ...HEADS] : ['when', 'what', ...HEADS]
  for await (const page of pagesOf(desk, asked, span)) {
    if (!sum) {
      sum = page
      if (printer.wantsJson) printer.lines('{"lines": [')
    }
    if (printer.wantsJson) page.lines.forEach((line, index) => printer.lines(`${total + index > 0 ? ', ' : '  '}${JSON.stringify(line)}`))
    else if (page.lines.length > 0) printer.table(total === 0 ? heads : null, page.lines.map((line) => rowOf(line, printer, asked.package === undefined)))
    total += page.lines.length
  }
  const { receivers = [], complete = true } = sum ?? {}
  if (printer.wantsJson) return printer.lines(`], "receivers": ${JSON.stringify(receivers)}, "complete": ${complete}}`)
  if (total === 0 && receivers.length === 0) return printer.note(nothing(asked, span.kinds))
  if (receivers.length > 0) {
    printer.lines(...(total > 0 ? ['', `${count(total, 'line')}; by whom:`] : []))
    receiversTable(printer, receivers)
  } else printer.lines('', count(total, 'line'))
  if (!complete) printer.note(`and more than these ${count(receivers.length, 'row')}: narrow it, or take the lines with --csv`)
}

const HEADS = ['version', 'file', 'who', 'with', 'about it']

function rowOf({ entry }: Line, { paint }: Printer, named: boolean): string[] {
  const what = entry.kind === 'decided' ? `${entry.reason ?? ''}` : entry.kind
  return [
    moment(entry.at), shade(paint, what), ...(named ? [plain(entry.name ? `${entry.ecosystem}:${entry.name}` : '-', 80)] : []), plain(entry.version ?? '-'), plain(entry.file ?? '-'),
    who({
      token: entry.token ?? entry.by ?? null, user: entry.forwarded?.user ?? null, host: entry.forwarded?.host ?? null, address: entry.forwarded?.address ?? entry.address ?? null,
    }) || (entry.forgotten ? paint.dim('forgotten') : 'the gate'),
    client(entry), plain(entry.kind === 'served' ? entry.forwarded?.job ?? '' : entry.because ?? ''),
  ]
}

const client = ({ client: one }: Line['entry']): string => (one ? plain(`${one.tool}${one.version ? ` ${one.version}` : ''}${one.ci ? ' (CI)' : ''}`, 60) : '-')

/** `team: ann on ann-laptop at 192.0.2.1`, as far as it is known. */
function who({ token, user, host, address }: Pick<Receiver, 'token' | 'user' | 'host' | 'address'>): string {
  const whom = [user ?? '', host ? `on ${host}` : '', address ? `at ${address}` : ''].filter((part) => part !== '').join(' ')
  return plain([token ?? '', whom].filter((part) => part !== '').join(token && (user || host) ? ': ' : ' '), 100)
}

export function receiversTable(printer: Printer, receivers: readonly Receiver[]): void {
  const { paint } = printer
  printer.table(['who', 'with', 'how', 'version', 'times', 'first', 'last'], receivers.map((one) => [
    one.kind === 'installed' || one.kind === 'ran' ? `${plain(one.host ?? '', 80)} ${paint.dim(plain(one.source ?? '', 120))}`
      : one.service === null ? `${who(one) || paint.dim('forgotten')}${one.job ? ` (${plain(one.job, 60)})` : ''}` : plain([one.service, one.source ?? '', one.path.length > 0 ? `via ${one.path.join(' > ')}` : ''].filter((part) => part !== '').join(' '), 120),
    plain(one.client ?? '-', 60), `${shade(paint, one.kind)}${one.delivered === 'never' ? paint.yellow(' past the gate') : ''}`, plain(one.version ?? '-', 40), String(one.count), moment(one.first), moment(one.last),
  ]))
}

function nothing({ package: spec, digest, ...rest }: TraceWanted, kinds: TraceSpan['kinds']): string {
  const received = kinds?.includes('served') === true
  const verb = received ? 'received' : kinds?.includes('denied') ? 'was refused' : kinds?.includes('index') ? 'read the index of' : kinds?.includes('locked') ? 'has in a lockfile' : kinds?.includes('installed') ? 'has installed' : kinds?.includes('ran') ? 'ran' : 'met'
  const what = spec ?? digest ?? Object.entries(rest).map(([of, value]) => `${of} ${value}`).join(', ')
  const named = spec !== undefined || digest !== undefined || rest.indicator !== undefined || rest.campaign !== undefined || rest.actor !== undefined
  return `${named ? `Nobody ${verb} ${plain(what)}.` : `Nothing was found of ${plain(what) || 'this time'}.`}${received ? ' --denied shows who was refused it, --all everything.' : ''}`
}
