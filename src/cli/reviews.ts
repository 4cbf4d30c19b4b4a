import { Option } from 'commander'
import type { Command } from 'commander'
import type { ReviewAnswer } from '../api/reviews-schemas.ts'
import { SluiceError } from '../core/errors.ts'
import { parsePackage } from '../core/package-spec.ts'
import { atDesk } from './at-desk.ts'
import type { AddCommand, Surroundings } from './opened.ts'
import { count, moment, plain } from './print.ts'
import type { Paint, Printer } from './print.ts'

type Review = ReviewAnswer<'list'>[number]
type Detail = ReviewAnswer<'review'>

/** What upstream did to things that were had here, and what people say to it. */
export const reviews: AddCommand = (program, surroundings, done) => {
  const group = program.command('reviews')
    .description('what upstream removed, quarantined or changed after it was had here; each waits for a person\'s word')
    .option('--open', 'only those that wait')
    .addHelpText('after', '\nExamples:\n  sluice reviews --open\n  sluice reviews show 1c9f2a\n  sluice reviews close 1c9f2a --outcome malicious --because "SEC-123: stole tokens"\n  sluice reviews recheck pypi:yocolor')
    .action(async ({ open = false }: { open?: boolean }, command: Command) => {
      await atDesk(command, surroundings, {}, async (desk, printer) => list(await desk.reviews.list(open ? 'open' : 'all'), printer, open))
    })
  show(group, surroundings)
  close(group, surroundings)
  recheck(group, surroundings, done)
  status(group, surroundings)
}

function list(all: readonly Review[], printer: Printer, open: boolean): void {
  if (printer.wantsJson) return printer.json(all)
  if (all.length === 0) return printer.note(open ? 'No open reviews.' : 'Nothing that was had here was removed or changed upstream, as far as it was looked at: sluice reviews status.')
  const order = ['open', 'noted', 'closed']
  const sorted = [...all].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
  printer.table(['review', 'noticed', 'state', 'severity', 'what happened'], sorted.map((one) =>
    [one.id.slice(0, 8), moment(one.noticedAt), stateOf(one, printer.paint), severityOf(one, printer.paint), plain(one.says, Math.max(60, printer.width - 52))]))
}

const stateOf = ({ state, outcome, backAt }: Review, paint: Paint): string =>
  (state === 'closed' ? paint.dim(outcome ?? state) : state === 'noted' ? paint.dim('note') : paint.yellow(backAt === null ? 'open' : 'open, back'))
const severityOf = ({ severity }: Review, paint: Paint): string => (severity === 'critical' || severity === 'high' ? paint.red(severity) : severity === 'medium' ? paint.yellow(severity) : severity)

function show(group: Command, surroundings: Surroundings): void {
  group.command('show <review>').description('the evidence of one, and who received what it is about').action(async (id: string, _options: object, command: Command) => {
    await atDesk(command, surroundings, {}, async (desk, printer) => {
      const found = await desk.reviews.show(id)
      if (printer.wantsJson) return printer.json(found)
      detail(found, printer)
    })
  })
}

function detail(review: Detail, printer: Printer): void {
  const { paint, lines, width } = printer
  lines(
    `${severityOf(review, paint)}  ${paint.bold(plain(review.says, width - 12))}`, '',
    `review    ${review.id}, ${stateOf(review, paint)}`,
    `about     ${plain(`${review.ecosystem}:${review.name}`)}, ${review.versions === null ? 'every version' : plain(review.versions.slice(0, 10).join(', ')) + (review.versions.length > 10 ? ` and ${review.versions.length - 10} more` : '')}`,
    `noticed   ${moment(review.noticedAt)}, believed ${moment(review.openedAt)}${review.backAt === null ? '' : `; upstream has it again since ${moment(review.backAt)}`}`,
    ...(review.closedAt === null ? [] : [`closed    ${moment(review.closedAt)} as ${review.outcome} by ${plain(review.by ?? '-', 60)}: ${plain(review.because ?? '', 200)}`]),
  )
  lines('', paint.bold('What the documents say'))
  for (const { says, before, after } of review.evidence.lines.slice(0, 10)) {
    lines(`  ${plain(says, width - 4)}`)
    if (before !== null) lines(paint.dim(`    before  ${plain(before, width - 14)}`))
    lines(paint.dim(`    now     ${after === null ? 'not there' : plain(after, width - 14)}`))
  }
  if (review.evidence.lines.length > 10) lines(paint.dim(`  and ${review.evidence.lines.length - 10} more; --json has all`))
  for (const { url, status: answered, digest, at } of review.evidence.looks) lines(paint.dim(`  ${moment(at)}  ${answered}  ${plain(url, 90)}  sha256 ${digest.slice(0, 12)}…`))
  for (const one of review.evidence.bytes) bytes(one, printer)
  exposure(review, printer)
  if (review.state === 'open') lines('', `Decide: sluice reviews close ${review.id.slice(0, 8)} --outcome malicious|harmless|held --because "…"`)
}

function bytes({ file, first, now, level, says, added, removed }: Detail['evidence']['bytes'][number], { lines, paint, width }: Printer): void {
  lines('', paint.bold(`The bytes of ${plain(file, 80)}`))
  lines(`  first seen  ${first ?? 'never had'}`, `  now         ${now ?? '-'}${level === null ? '' : `, ${level}`}${says === '' ? '' : `: ${plain(says, width - 40)}`}`)
  for (const line of added.slice(0, 10)) lines(paint.red(`  + ${plain(line, width - 6)}`))
  for (const line of removed.slice(0, 10)) lines(paint.green(`  - ${plain(line, width - 6)}`))
}

function exposure({ exposure: { met, totals, complete }, ecosystem, name }: Detail, printer: Printer): void {
  printer.lines('', printer.paint.bold('Who met it'))
  const grave = met.filter(({ contact }) => contact !== 'index' && contact !== 'denied').slice(0, 20)
  if (grave.length === 0) {
    const others = totals.denied + totals.index
    return printer.lines(`  nobody is known to have received, locked or installed it${others > 0 ? `; ${count(others, 'caller')} read its index or were refused it` : ''}`)
  }
  printer.table(['  who', 'how', 'version', 'times', 'first', 'last'], grave.map((one) => [
    `  ${plain([one.service ?? one.user ?? one.token, one.host ?? one.address].filter(Boolean).join(' at ') || 'somebody', 60)}`, one.contact,
    plain(one.subject.version ?? '-', 30), String(one.count), moment(one.first), moment(one.last),
  ]))
  if (!complete || met.length > grave.length) printer.lines(printer.paint.dim(`  more with: sluice trace ${plain(`${ecosystem}:${name}`)}`))
}

function close(group: Command, surroundings: Surroundings): void {
  group.command('close <review>')
    .description('a person\'s word: malicious recalls it, harmless releases it, held holds it from now on')
    .addOption(new Option('--outcome <what>', 'what it turned out to be').choices(['malicious', 'harmless', 'held']).makeOptionMandatory())
    .requiredOption('--because <reason>', 'why; whoever is refused reads it')
    .action(async (id: string, { outcome, because }: { outcome: 'malicious' | 'harmless' | 'held'; because: string }, command: Command) => {
      if (because.trim() === '') throw new SluiceError('usage', 'closing a review needs a reason', { hint: 'say why with --because "…"' })
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        const closed = await desk.reviews.close(id, { outcome, because })
        if (printer.wantsJson) return printer.json(closed)
        const { review, orders } = closed
        const does = { malicious: 'recalled', harmless: 'released', held: 'held' }[outcome]
        printer.lines(`${printer.paint.bold(plain(`${review.ecosystem}:${review.name}`))}: closed as ${outcome}${orders === 0 ? '' : `; ${review.versions === null && outcome !== 'harmless' ? 'the whole package' : count(orders, 'version')} ${does}`}`)
      })
    })
}

function recheck(group: Command, surroundings: Surroundings, done: (code: number) => void): void {
  group.command('recheck <package>')
    .description('ask upstream now whether it still stands by a package. Exits with 1 where it does not, with 2 where it could not be asked')
    .action(async (written: string, _options: object, command: Command) => {
      const { ecosystem, name } = parsePackage(written)
      await atDesk(command, surroundings, { upstreams: true }, async (desk, printer) => {
        const found = await desk.reviews.recheck(ecosystem, name)
        done(found.result === 'trouble' ? 2 : found.result === 'found' || found.result === 'gone' || found.result === 'doubted' ? 1 : 0)
        if (printer.wantsJson) return printer.json(found)
        printer.lines(`${printer.paint.bold(plain(`${found.ecosystem}:${found.name}`))}: ${WORDS[found.result]}${found.says === '' ? '' : `; ${plain(found.says, 400)}`}`)
        for (const review of found.reviews) printer.lines(`  review ${review.id.slice(0, 8)} (${review.state === 'noted' ? 'a note' : `${review.severity}, open`})`)
        if (found.again !== null && found.result !== 'as it was') printer.note(`It is looked at again at ${moment(found.again)}${found.result === 'gone' ? ', and believed if it is still gone' : ''}.`)
      })
    })
}

const WORDS: Readonly<Record<ReviewAnswer<'rechecked'>['result'], string>> = {
  'as it was': 'as it was', 'nothing had': 'nothing to look after', gone: 'not there at this look', doubted: 'gone, with too many others to be believed', found: 'not as it was', trouble: 'upstream could not be asked',
}

function status(group: Command, surroundings: Surroundings): void {
  group.command('status').description('how far the look back at upstream is').action(async (_options: object, command: Command) => {
    await atDesk(command, surroundings, {}, async (desk, printer) => {
      const found = await desk.reviews.status()
      if (printer.wantsJson) return printer.json(found)
      const { paint } = printer
      if (found.packages === 0) printer.note(found.budget === 0 ? 'The look back is switched off: watch.recheck.budget in sluice.yaml.' : 'Nothing is looked after yet: a running gate takes in what was fetched, and what inventories name.')
      printer.lines(
        `packages    ${found.packages.toLocaleString('en')}, ${found.recent.toLocaleString('en')} of them in use or young; ${found.due.toLocaleString('en')} due now, ${found.unseen.toLocaleString('en')} not looked at yet`,
        `passes      ${found.lastPass === null ? 'none is complete yet' : `the last one ended ${moment(found.lastPass)}`}${found.oldestLook === null ? '' : `; the longest wait is since ${moment(found.oldestLook)}`}`,
        `budget      ${found.budget} a minute${found.looked === null ? '' : `; ${found.looked.toLocaleString('en')} looked at and ${Math.round((found.bytes ?? 0) / 1e6).toLocaleString('en')} MB read since the start of this process`}`,
        `reviews     ${count(found.openReviews, 'open one')}; ${count(found.doubted, 'package')} gone at the last look and waiting for another`,
      )
      for (const { ecosystem, state, problem, pausedUntil } of found.registries) {
        if (state !== 'answering') printer.lines(paint.yellow(`${ecosystem.padEnd(11)} ${state}: ${plain(problem ?? '', 300)}${pausedUntil === null ? '' : `; left alone until ${moment(pausedUntil)}`}`))
      }
    })
  })
}
