import { InvalidArgumentError } from 'commander'
import type { Command } from 'commander'
import type { DomainAnswer } from '../api/domains-schemas.ts'
import { defang } from '../analysis/indicators/spelling.ts'
import { SluiceError } from '../core/errors.ts'
import { atDesk } from './at-desk.ts'
import { showReport } from './domains-report.ts'
import type { AddCommand, Surroundings } from './opened.ts'
import { count, moment, plain, wrap } from './print.ts'
import type { Printer } from './print.ts'
import { since } from './words.ts'

/** Names and addresses of attackers: whom they imitate, who registered them, and whether they are gone. */
export const domains: AddCommand = (program, surroundings, done) => {
  const group = program.command('domains').description('names of attackers: whom they imitate, who answers for them, whether they are gone')
  check(group, surroundings, done)
  looking(group, surroundings)
  clock(group, surroundings, done)
  evidence(group, surroundings)
}

const safe = (target: string): string => {
  const [, type, value = target] = /^(domain|ip|asn):(.*)$/.exec(target) ?? []
  return plain(type === 'asn' ? `AS${value}` : value.includes(':') ? defang(value, 'ipv6') : defang(value, 'domain'), 100)
}

function check(group: Command, surroundings: Surroundings, done: (code: number) => void): void {
  group.command('check <name...>')
    .description('do these names imitate a registry, a code host, a security vendor or you, and how? Exits with 1 where one surely does')
    .option('--protect <host>', 'a host to protect besides those that are configured or learnt; may be given again', (host: string, all: string[]) => [...all, hostOf(host)], [])
    .option('--alone', 'protect only the hosts given with --protect, and well-known brands: the registries are not asked for theirs')
    .addHelpText('after', '\nExamples:\n  sluice domains check files.acmehosted.example\n  sluice domains check acme-l0gin.example --protect acme.example')
    .action(async (names: string[], { protect, alone = false }: { protect: string[]; alone?: boolean }, command: Command) => {
      await atDesk(command, surroundings, { passing: true, upstreams: !alone }, async (desk, printer) => {
        const all = await desk.domains.check(names, protect)
        if (all.some(({ standing }) => standing === 'imitates')) done(1)
        if (printer.wantsJson) return printer.json(all)
        for (const one of all) showChecked(one, printer)
      })
    })
  group.command('candidates <host>').description('what somebody might register to pass for this host').action(async (host: string, _options: object, command: Command) => {
    await atDesk(command, surroundings, { passing: true }, async (desk, printer) => {
      const all = await desk.domains.candidates(host)
      if (printer.wantsJson) return printer.json(all)
      printer.table(['kind', 'name'], all.map(({ kind, host: name }) => [kind, plain(name)]))
      printer.note(`${count(all.length, 'name')}.`)
    })
  })
}

function hostOf(text: string): string {
  if (!/^[^\s/:@]+\.[^\s/:@]+$/.test(text)) throw new InvalidArgumentError('Write a host like files.acme.example.')
  return text
}

const SAYS = { own: 'is its owner\'s', allowed: 'is allowed by sluice.yaml', imitates: 'imitates', resembles: 'resembles', none: 'imitates nobody that is protected', 'no-name': 'is no name of a host' } as const

function showChecked({ shown, standing, imitations, remarks }: DomainAnswer<'checked'>[number], { paint, lines, width }: Printer): void {
  const colour = standing === 'imitates' ? paint.red : standing === 'resembles' ? paint.yellow : paint.green
  const whom = standing === 'imitates' || standing === 'resembles' ? ` ${plain(imitations[0]?.of ?? '', 80)}` : ''
  lines(`${paint.bold(safe(shown))}  ${colour(`${SAYS[standing]}${whom}`)}`)
  const told = imitations.slice(0, 3).flatMap(({ of, ways }) => ways.slice(0, 3).map(({ kind, says }) => `${imitations.length > 1 ? `${of}: ` : ''}${says} (${kind})`))
  for (const text of told) for (const line of wrap(plain(text, 300), width - 2)) lines(`  ${line}`)
  for (const remark of remarks) lines(paint.yellow(`  ${plain(remark)}`))
}

function looking(group: Command, surroundings: Surroundings): void {
  group.command('look <name>').description('what registries, DNS and configured services say of a name, IP address or AS number now; it is written down').action(async (name: string, _options: object, command: Command) => {
    await atDesk(command, surroundings, { create: true, upstreams: true }, async (desk, printer) => {
      printer.progress('asking')
      const report = await desk.domains.look(name)
      if (printer.wantsJson) return printer.json(report)
      showReport(report, printer, safe)
    })
  })
  group.command('history <name>').description('what was seen and told of it, in the order of time').action(async (name: string, _options: object, command: Command) => {
    await atDesk(command, surroundings, {}, async (desk, printer) => {
      const { target, kept, looks, happenings } = await desk.domains.history(name)
      if (printer.wantsJson) return printer.json({ target, kept, looks, happenings })
      printer.lines(`${printer.paint.bold(safe(target))}  ${count(looks, 'observation')}${kept === null ? '' : `, ${kept.state} since ${moment(kept.stateSince)}`}`)
      printer.table(['when', 'says', 'what'], happenings.map(({ at, source, by, says }) => [moment(at), by === null ? source : plain(`${source} (${by})`, 40), plain(says, 300)]))
    })
  })
  group.command('siblings <name>').description('known domains that may be of the same hands, with reasons; never a proof').action(async (name: string, _options: object, command: Command) => {
    await atDesk(command, surroundings, { upstreams: true }, async (desk, printer) => {
      const all = await desk.domains.siblings(name)
      if (printer.wantsJson) return printer.json(all)
      if (all.length === 0) return printer.note('Nothing that is known here has enough in common with it. What was looked at is known: sluice domains look NAME.')
      for (const { target, score, reasons } of all) {
        printer.lines(`${score.toFixed(2)}  ${printer.paint.bold(safe(target))}`)
        for (const { says } of reasons) printer.lines(`      ${plain(says, 200)}`)
      }
    })
  })
}

function clock(group: Command, surroundings: Surroundings, done: (code: number) => void): void {
  group.command('watch <name>').description('look at it by the clock from now on, until it is gone for half a year').requiredOption('--because <reason>', 'why: a case, a package')
    .action(async (name: string, { because }: { because: string }, command: Command) => {
      await atDesk(command, surroundings, { create: true }, async (desk, printer) => {
        const kept = await desk.domains.watch(name, because)
        if (printer.wantsJson) printer.json(kept)
        else printer.lines(`${printer.paint.bold(safe(kept.target))} is watched: ${plain(kept.because)}`)
      })
    })
  group.command('unwatch <name>').description('look at it no more; what was seen stays').action(async (name: string, _options: object, command: Command) => {
    await atDesk(command, surroundings, {}, async (desk, printer) => {
      if (!(await desk.domains.unwatch(name))) throw new SluiceError('not-found', `${plain(name, 80)} is not watched`, { hint: 'sluice domains list shows what is' })
      if (printer.wantsJson) printer.json({ removed: true })
      else printer.lines(`${safe(name)} is watched no more`)
    })
  })
  group.command('list').description('what is or was watched, and where it stands').action(async (_options: object, command: Command) => {
    await atDesk(command, surroundings, {}, async (desk, printer) => {
      const all = await desk.domains.watched()
      if (printer.wantsJson) return printer.json(all)
      if (all.length === 0) return printer.note('Nothing is watched yet: sluice domains watch NAME --because "…"')
      printer.table(['name', 'state', 'since', 'next look', 'because'], all.map(({ target, state, stateSince, dueAt, because }) => [
        safe(target), paintState(state, printer), moment(stateSince), dueAt === null ? '-' : moment(dueAt), plain(because, 60),
      ]))
    })
  })
  group.command('recheck').description('look at what is due now; a running gate does so by itself. Exits with 1 where one came back').action(async (_options: object, command: Command) => {
    await atDesk(command, surroundings, { upstreams: true }, async (desk, printer) => {
      const { reports, problems } = await desk.domains.recheck()
      if (reports.some(({ relapse }) => relapse)) done(1)
      if (printer.wantsJson) return printer.json({ reports, problems })
      if (reports.length + problems.length === 0) return printer.note('Nothing is due.')
      for (const { target, state, reasons, relapse } of reports) {
        printer.lines(`${printer.paint.bold(safe(target))}  ${paintState(state, printer)}${relapse ? printer.paint.red(' again: it was down') : ''}: ${plain(reasons[0] ?? '', 160)}`)
      }
      for (const problem of problems) printer.note(plain(problem, 300))
    })
  })
}

const paintState = (state: string, { paint }: Printer): string => (state === 'down' ? paint.green(state) : state === 'up' ? paint.red(state) : paint.yellow(state))

function evidence(group: Command, surroundings: Surroundings): void {
  group.command('evidence <name>').description('write down what somebody else saw of it')
    .requiredOption('--says <text>', 'what was seen')
    .requiredOption('--from <source>', 'whose page, letter or picture it is')
    .requiredOption('--at <when>', 'when it was so: 2024-03-18, 2024-03-18T10:00Z')
    .option('--url <url>', 'where it can be read')
    .addHelpText('after', '\nExample:\n  sluice domains evidence evil.example --says "name servers gone" --from "a history service" --at 2024-03-18')
    .action(async (name: string, { says, from, at, url }: { says: string; from: string; at: string; url?: string }, command: Command) => {
      const when = since(at)
      await atDesk(command, surroundings, { create: true }, async (desk, printer) => {
        await desk.domains.addEvidence({ name, says, from, url: url ?? null, at: when })
        if (printer.wantsJson) printer.json({ kept: true })
        else printer.lines('Kept.')
      })
    })
}
