import { defang } from '../../analysis/indicators/index.ts'
import type { DownloadsReport } from '../../downloads/downloads.ts'
import type { PublicReport } from './public.ts'

/** What stands in the text where a picture goes; `page.ts` puts it there. A person who edits may move or delete it. */
export const PICTURES = { timeline: '[picture: timeline]', clocks: '[picture: clocks]', map: '[picture: map]' } as const

/**
 * The report as Markdown (CommonMark with tables): plain words for people who were not there. It is a draft: a person reads and edits it
 * before it goes out, and the page is made of what they leave.
 */
export function markdown(report: PublicReport): string {
  const { packages, deeds, indicators, withheld, timeline, clocks, downloads, at, tlp, title } = report
  return `${[
    `# ${line(capital(title))}`,
    `TLP:${tlp.toUpperCase()}, ${minute(at)}`,
    summary(report),
    ...(timeline.length > 0 ? ['## What happened when', PICTURES.timeline, table(['UTC', 'What'], timeline.map((one) => [one.precision === 'day' ? one.at.toISOString().slice(0, 10) : minute(one.at).replace(' UTC', ''), one.says]))] : []),
    ...(clocks.length > 0 ? ['## How long each step took', PICTURES.clocks, table(['Step', 'About', 'Time'], clocks.map((one) => [one.step, one.subject ?? 'the packages', `${one.says}${one.to === null ? (report.closed ? ', without an answer' : ', and running') : ''}${one.outOfOrder ? ' (told out of order)' : ''}`]))] : []),
    ...(deeds.length > 0 ? ['## What the code does', ...deeds.slice(0, 8).flatMap(({ says, file, lines: [from, to], excerpt }) => [`**${line(capital(says))}** (${code(file)}${from === 0 ? '' : `, ${from === to ? `line ${from}` : `lines ${from} to ${to}`}`})`, fence(excerpt)])] : []),
    ...imitation(report),
    ...received(downloads),
    '## What to do',
    advice(report).map((one) => `- ${one}`).join('\n'),
    '## Indicators',
    'None of these leads anywhere as it is written: `hxxp` and `[.]` are to be undone by whoever needs them.',
    indicators.length + packages.length > 0 ? table(['Kind', 'Value', 'Part'], [
      ...packages.flatMap(({ ecosystem, name, versions, digests }) => [[`${ecosystem} package`, `${name}${versions.length > 0 ? ` ${versions.join(', ')}` : ''}`, ''], ...digests.slice(0, 20).map((digest) => ['hash', digest, name])]),
      ...indicators.map(({ type, value, part }) => [type, value, part ?? '']),
    ]) : 'None.',
    ...(withheld > 0 ? [`${withheld} more ${withheld === 1 ? 'is' : 'are'} not public yet.`] : []),
  ].join('\n\n')}\n`
}

function summary({ packages, timeline, clocks, downloads }: PublicReport): string {
  const first = (what: string): Date | null => timeline.find((one) => one.what === what)?.at ?? null
  const [one] = packages
  const named = packages.length === 0 ? 'An attack on users of package registries' : packages.length === 1 && one ? `The ${one.ecosystem} package ${code(one.name)}${one.versions.length > 0 ? ` ${line(one.versions.join(', '))}` : ''}` : `${packages.length} packages, ${code(one?.name ?? '')} among them,`
  const uploaded = first('uploaded')
  const removed = clocks.find(({ step, to }) => step === 'upload → removal' && to !== null)
  const domains = clocks.filter(({ step, to }) => step === 'first complaint → down' && to !== null)
  return [
    `${named} ${packages.length > 1 ? 'are' : 'is'} malicious.${uploaded ? ` ${packages.length > 1 ? 'The first of them' : 'It'} was uploaded on ${minute(uploaded)}.` : ''}`,
    ...(removed ? [`It was removed from the registry ${removed.says} after that.`] : []),
    ...domains.map(({ subject, says }) => `${line(subject ?? '')} was gone ${says} after the first complaint.`),
    ...(downloads && downloads.deliveries > 0 ? [`Between ${downloads.interval.least} and ${downloads.interval.most} machines may have run it, of ${downloads.deliveries} downloads.`] : []),
  ].join(' ')
}

function imitation({ indicators, packages }: PublicReport): string[] {
  const all = indicators.flatMap(({ value, imitates }) => imitates.map((one) => `- ${code(value)}: ${line(one)}`))
  return all.length === 0 || packages.length + indicators.length === 0 ? [] : ['## Whom it imitates', all.join('\n')]
}

function received(downloads: DownloadsReport | null): string[] {
  if (!downloads || downloads.deliveries === 0) return []
  const classes = Object.entries(downloads.classes).map(([name, { deliveries, callers }]) => [NAMES[name] ?? name, String(deliveries), String(callers)])
  return [
    '## Who downloaded it',
    `${downloads.deliveries} downloads in all. **Between ${downloads.interval.least} and ${downloads.interval.most} machines may have run it.** A download is not a victim: many are mirrors that copy everything, and people who look at it because it was reported. There is no way to know how many ran it.`,
    downloads.interval.says.map((says) => `- ${line(says)}`).join('\n'),
    table(['By', 'Downloads', 'Different callers'], classes),
    PICTURES.map,
    table(['Country', 'Downloads'], downloads.countries.slice(0, 20).map(({ value, deliveries }) => [value, String(deliveries)])),
  ]
}

const NAMES: Readonly<Record<string, string>> = { person: 'likely people', ci: 'builds', mirror: 'mirrors and proxies', scanner: 'scanners and researchers', unknown: 'nobody knows' }

function advice({ packages, indicators }: PublicReport): string[] {
  const names = packages.slice(0, 3).map(({ name }) => code(name)).join(', ')
  return [
    ...(packages.length > 0 ? [`Look for ${names}${packages.length > 3 ? ' and the others' : ''} in lockfiles, caches and installed packages: \`sluice check\` does, and so does any tool that reads the record beside this report.`] : []),
    'Where it was installed, take the machine for compromised: what its code could read (tokens, keys, passwords, wallets) is to be changed, from another machine.',
    ...(indicators.length > 0 ? ['Look into proxy and DNS logs for the addresses below.'] : []),
    'Copy the names of packages instead of typing them, and be wary when a stranger says "install this".',
  ]
}

const minute = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)

/** One line of text in which nothing is markup, and no address leads anywhere. */
const line = (text: string): string => harmless(text).replace(/[\r\n]+/g, ' ').replace(/[\\`*_{}[\]<>#|~]/g, '\\$&')

const harmless = (text: string): string => text.replace(/\bhttps?:\/\/[^\s'"`)\]}>]{1,300}/gi, (url) => defang(url, 'url')).replace(/[\p{Cc}\p{Cf}]/gu, (sign) => (sign === '\n' || sign === '\t' ? sign : '\uFFFD'))

const code = (text: string): string => {
  const inner = harmless(text).replace(/[\r\n]+/g, ' ')
  const ticks = '`'.repeat(Math.max(0, ...[...inner.matchAll(/`+/g)].map(([run]) => run.length)) + 1)
  return inner.includes('`') ? `${ticks} ${inner} ${ticks}` : `${ticks}${inner}${ticks}`
}

/** Code as it is; a line that looks like a place for a picture is none. */
function fence(text: string): string {
  const inner = harmless(text).split(/\r?\n|\r/).slice(0, 20).map((one) => one.slice(0, 200).replace(/^\[picture:/, ' [picture:')).join('\n')
  const ticks = '`'.repeat(Math.max(2, ...[...inner.matchAll(/`+/g)].map(([run]) => run.length)) + 1)
  return `${ticks}\n${inner}\n${ticks}`
}

/** Cells are text: what would be markup or a new cell is escaped. */
const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map(() => '---'), ...rows.map((cells) => cells.map(line))].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
