import type { Command } from 'commander'
import type { Answer } from '../api/schemas.ts'
import { SluiceError } from '../core/errors.ts'
import { parsePackage } from '../core/package-spec.ts'
import { atDesk } from './at-desk.ts'
import type { Desk } from './desk.ts'
import type { Surroundings } from './opened.ts'
import { moment, plain, shade } from './print.ts'
import type { Printer } from './print.ts'
import { showRecall } from './recalls.ts'
import { digestOf, until } from './words.ts'

type Action = Answer<'order'>['action']

const SAYS: Readonly<Record<Action, { does: string; done: string }>> = {
  hold: { does: 'stop serving a package until a person says otherwise', done: 'held' },
  release: { does: 'serve a package whatever verdict and policy say: a person has looked at it', done: 'released' },
  recall: { does: 'take back what was served, and say who received it', done: 'recalled' },
}

/** A person's word on a package: `hold`, `release`, `recall`, and the list of all of them. */
export function orders(program: Command, surroundings: Surroundings): void {
  for (const action of ['hold', 'release', 'recall'] as const) {
    program.command(`${action} <package>`)
      .description(SAYS[action].does)
      .requiredOption('--because <reason>', 'why; whoever is refused reads it')
      .option('--expires <when>', 'end by itself: 7d, 2030-12-31')
      .option('--digest <digest>', 'only these bytes (sha256:…)')
      .addHelpText('after', `\nPACKAGE is npm:name[@version], pypi:name[==version], go:module[@version] or a purl; without a version, every version.\nIt takes effect in every gate on the data folder within a second. The latest word counts, but a recall of\none version ends only with a release of that version.\n\nExample:\n  sluice ${action} npm:left-pad@1.3.0 --because "SEC-123"`)
      .action(async (name: string, options: { because: string; expires?: string; digest?: string }, command: Command) => {
        parsePackage(name)
        if (options.because.trim() === '') throw new SluiceError('usage', `a ${action} needs a reason`, { hint: 'say why with --because "…"' })
        const request = {
          package: name, action, because: options.because,
          expiresAt: options.expires === undefined ? null : until(options.expires, '--expires'),
          digest: options.digest === undefined ? null : digestOf(options.digest),
        }
        await atDesk(command, surroundings, { create: true }, async (desk, printer) => {
          const order = await desk.order(request)
          const waits = await waiting(desk, order)
          if (waits !== null) printer.note(waits)
          if (action === 'recall') return showCarriedOut(desk, printer, order)
          if (action === 'release' && !(await desk.recalls.settle(order.ecosystem, order.name))) printer.note('Bytes that were recalled are still being put back.')
          if (printer.wantsJson) printer.json(order)
          else printer.lines(saidDone(order, printer))
        })
      })
  }

  program.command('orders')
    .description('what people have held, released and recalled, newest first')
    .action(async (_options: object, command: Command) => {
      await atDesk(command, surroundings, {}, async (desk, printer) => {
        const all = await desk.orders()
        if (printer.wantsJson) printer.json(all)
        else if (all.length === 0) printer.note('Nobody has held, released or recalled anything yet.')
        else {
          printer.table(['when', 'order', 'package', 'by', 'because'], all.map((order) =>
            [moment(order.at), shade(printer.paint, order.action), subject(order), plain(order.by), plain(order.because) + expiry(order)]))
        }
      })
    })
}

/** An order that is being carried out: by the gate where one runs, else by this process. */
async function showCarriedOut(desk: Desk, printer: Printer, order: Answer<'order'>): Promise<void> {
  printer.progress('withdrawing, and counting who met it')
  const done = await desk.recalls.settle(order.ecosystem, order.name)
  printer.progress('')
  if (!done) printer.note('It is refused everywhere; withdrawing its bytes takes longer. Look again with: sluice recalls list')
  const mine = (await desk.recalls.list(false)).find(({ reference }) => reference === order.id)
  const recall = mine ? await desk.recalls.show(mine.id) : null
  if (printer.wantsJson) return printer.json({ order, recall })
  printer.lines(saidDone(order, printer))
  if (recall) {
    printer.lines('')
    showRecall(printer, recall)
  }
}

/** What the person should know of an order that has met nothing yet: perhaps the name is wrong. null: the gate knows of it. */
async function waiting(desk: Desk, order: Answer<'order'>): Promise<string | null> {
  const about = order.digest === null ? { package: spec(order) } : { digest: digestOf(order.digest) }
  const { lines } = await desk.trace(about, { kinds: ['served', 'denied', 'decided', ...(order.version === null ? ['index'] as const : [])], since: undefined, cursor: undefined })
  if (lines.some(({ entry }) => order.version === null || order.digest !== null || typeof entry.version === 'string')) return null
  const waits = `nothing of ${subject(order)} is known here yet; the order waits for it`
  return order.digest === null ? waits : `${waits}. Where the index promises no SHA-256, it knows the bytes only after they were fetched: there, name the version`
}

const spec = ({ ecosystem, name, version }: Answer<'order'>): string => `${ecosystem}:${name}${version === null ? '' : `@${version}`}`

const saidDone = (order: Answer<'order'>, { paint }: Printer): string =>
  `${paint.bold(subject(order))} is ${SAYS[order.action].done}${expiry(order)}: ${plain(order.because, 300)}`

const subject = (order: Answer<'order'>): string =>
  plain(`${spec(order)}${order.digest === null ? '' : ` ${order.digest.slice(0, 19)}…`}`)

const expiry = ({ expiresAt }: Answer<'order'>): string => (expiresAt === null ? '' : ` (until ${moment(expiresAt)})`)
