import type { DeliveryClass } from '../downloads/delivery.ts'
import type { DownloadsReport } from '../downloads/downloads.ts'
import type { Row } from '../downloads/tally.ts'
import { timeline } from './chart.ts'
import { countryName } from './countries.ts'
import { day, html, instant, many, number, time } from './html.ts'
import type { Markup } from './html.ts'
import { worldMap } from './map.ts'
import { page, section, table } from './page.ts'
import { stepsFor } from './steps.ts'

/** In the order of how much each says of what was run. */
const CLASSES: readonly { id: DeliveryClass; name: string; means: string }[] = [
  { id: 'person', name: 'Likely people', means: 'an installer or a browser, on what says nothing of a build' },
  { id: 'ci', name: 'Builds (CI)', means: 'an installer that says it runs in CI, or a network known for it' },
  { id: 'unknown', name: 'Unknown', means: 'a program for anything, nothing told, or forgotten since' },
  { id: 'mirror', name: 'Mirrors and proxies', means: 'copies or passes on; who got it from there cannot be seen' },
  { id: 'scanner', name: 'Scanners and indexes', means: 'security tools, search, researchers, updaters' },
]
const LAYERS = CLASSES.map(({ id, name }) => ({ name: name.toLowerCase(), style: `f-${id}` }))

const ROOM = { countries: 24, reasons: 14, receivers: 100, machines: 100, packages: 40, clients: 14 }
const HOUR = 3_600_000

/** Who received something, as one page: how many may have run it, when, where, who, and what to do. */
export function exposurePage(report: DownloadsReport): string {
  return page({ title: `Who received ${report.about}`, body: html`${head(report)}${report.deliveries === 0 ? nobody(report) : parts(report)}${machines(report)}${todo(report)}`, foot: foot(report) })
}

const parts = (report: DownloadsReport): Markup => html`${classes(report)}${when(report)}${where(report)}${who(report)}${report.packages.length > 1 ? packages(report) : null}${why(report)}`

function head(report: DownloadsReport): Markup {
  const { interval: { least, most, says }, first, last, sources, deliveries, documents, since, until, ledger } = report
  return html`<header>
<p class="eyebrow">Exposure</p>
<h1>${report.about}</h1>
<div class="hero">
<p class="answer"><b>${number(least)}<i>–</i>${number(most)}</b><span>${most === 1 ? 'machine' : 'machines'} may have run it,
as far as deliveries can tell. A download is not a victim: there is no way to know how many ran it.</span></p>
<dl class="facts">
<dt>Deliveries</dt><dd>${number(deliveries)}${documents > 0 ? html` <span class="dim">and ${many(documents, 'document')} beside the package</span>` : null}</dd>
${first && last ? html`<dt>First</dt><dd>${time(first)}</dd><dt>Last</dt><dd>${time(last)}</dd>` : null}
${since || until ? html`<dt>Looked at</dt><dd>${since ? day(since) : 'the beginning'} to ${until ? day(until) : 'now'}</dd>` : null}
${report.subjects.length > 1 ? html`<dt>Packages</dt><dd>${report.subjects.length >= 1_000 ? '1,000 or more' : number(report.subjects.length)}</dd>` : null}
<dt>Counted</dt><dd>${[...(ledger ? ['by this gate'] : []), ...(sources.length > 0 ? [`in ${sources.join(', ')}`] : [])].join(' and ')}</dd>
</dl>
</div>
<ul class="means">${says.map((one) => html`<li>${emphasised(one)}</li>`)}</ul>
</header>`
}

/** `At least 4: …` with what stands before the colon set off. */
function emphasised(sentence: string): Markup {
  const [, before, after] = /^(At (?:least|most) [\d,]+):(.*)$/s.exec(sentence) ?? []
  return before === undefined ? html`${sentence}` : html`<strong>${before}</strong>:${after ?? ''}`
}

const nobody = ({ documents, ledger, sources }: DownloadsReport): Markup => section('nobody', 'Nobody received it', null, html`
<p>${ledger ? 'The ledger of this gate has' : `${sources.join(', ') || 'The table'} has`} no delivery${documents > 0 ? `; ${many(documents, 'document')} beside it were read, which hold no code` : ''}.
Whoever has it has it from elsewhere: lockfiles and machines tell.</p>`)

function classes({ classes: counts, deliveries }: DownloadsReport): Markup {
  const present = CLASSES.filter(({ id }) => counts[id].deliveries > 0)
  return section('classes', 'What the deliveries were', html`Each delivery is classed by what the client says it is, by what it did besides, and by what is known of the network.
Only the first three classes may have run anything.`, html`
<div class="bar" aria-hidden="true">${present.map(({ id }) => html`<span class="of-${id}" style="flex:${counts[id].deliveries} 0 0"></span>`)}</div>
${table('Deliveries and callers by class', [{ head: 'Class' }, { head: 'Deliveries', figures: true }, { head: 'Share', figures: true }, { head: 'Callers', figures: true }],
  CLASSES.map(({ id, name, means }) => [
    html`<span class="key of-${id}"></span>${name}<span class="sub beside">${means}</span>`,
    number(counts[id].deliveries), `${Math.round((counts[id].deliveries / deliveries) * 100)} %`, number(counts[id].callers),
  ]))}`)
}

function when({ days, hours, first, last }: DownloadsReport): Markup {
  if (!first || !last) return html``
  const byHour = hours.length > 1 && last.getTime() - first.getTime() < 7 * 24 * HOUR
  const rows = byHour ? hours : days
  const columns = rows.map(({ value, classes: counts }) => ({ at: Date.parse(byHour ? `${value}:00:00Z` : value), values: CLASSES.map(({ id }) => counts[id]) }))
  const peak = rows.reduce<Row | null>((most, row) => (most === null || row.deliveries > most.deliveries ? row : most), null)
  const peakText = peak === null ? '' : byHour ? instant(new Date(`${peak.value}:00:00Z`)) : day(new Date(peak.value))
  return section('when', 'When', html`From ${time(first)} to ${time(last)}; the most at once was ${many(peak?.deliveries ?? 0, 'delivery', 'deliveries')} ${byHour ? 'in the hour of' : 'on'} ${peakText}.`, html`
<figure>${timeline(columns, {
  layers: LAYERS, step: byHour ? HOUR : 24 * HOUR, says: `Deliveries ${byHour ? 'by hour' : 'by day'}, stacked by class; the highest column has ${peak?.deliveries ?? 0}, ${peakText}`,
})}
<ul class="legend" aria-hidden="true">${CLASSES.map(({ id, name }) => html`<li><span class="key of-${id}"></span>${name}</li>`)}</ul></figure>
<div class="unseen">${table('Deliveries by day', [{ head: 'Day' }, { head: 'Deliveries', figures: true }, ...CLASSES.map(({ name }) => ({ head: name, figures: true }))],
  days.slice(0, 400).map((row) => [row.value, row.deliveries, ...CLASSES.map(({ id }) => row.classes[id])]))}</div>`)
}

const strong = ({ classes: counts }: Row): number => counts.person + counts.ci + counts.unknown

function where({ countries, countriesAsOf }: DownloadsReport): Markup {
  const named = countries.filter(({ value }) => /^[A-Z]{2}$/.test(value))
  const sorted = countries.toSorted((a, b) => strong(b) - strong(a) || b.deliveries - a.deliveries)
  const top = named.toSorted((a, b) => b.deliveries - a.deliveries)[0]
  const rest = sorted.slice(ROOM.countries)
  const widest = Math.max(...countries.map(({ deliveries }) => deliveries))
  const figures = (rows: readonly Row[]): number[] =>
    [strong, (row: Row) => row.classes.mirror, (row: Row) => row.classes.scanner].map((of) => rows.reduce((sum, row) => sum + of(row), 0))
  return section('where', 'Where', named.length === 0 ? 'No address on the public internet is known of any of them.'
    : `${many(named.length, 'country', 'countries')}; most deliveries: ${countryName(top?.value ?? '')}. Countries are where an address is registered or said to be used: a picture, no proof.`, html`
${named.length === 0 ? null : html`<figure>${worldMap(countries.map((row) => ({ code: row.value, strong: strong(row), weak: row.deliveries - strong(row) })), {
  strong: 'may have run it', weak: 'to mirrors and scanners',
  says: `Map of the world: deliveries by country, most in ${countryName(top?.value ?? '')}; the table after it has all numbers`,
})}</figure>`}
${table('Deliveries by country', [{ head: 'Country' }, { head: '', wide: true }, { head: 'May have run', figures: true }, { head: 'Mirrors', figures: true }, { head: 'Scanners', figures: true }], [
  ...sorted.slice(0, ROOM.countries).map((row) => [country(row.value), strip(row, widest), ...figures([row]).map(orNone)]),
  ...(rest.length > 0 ? [[html`<span class="dim">${many(rest.length, 'other country', 'other countries')}</span>`, '', ...figures(rest).map(orNone)]] : []),
])}
<p class="note">Addresses looked up in a database on this machine, as of ${day(countriesAsOf)}; countries of imported tables as those say.</p>`)
}

/** A row's classes side by side, as long as its share of the widest. */
const strip = ({ classes: counts, deliveries }: Row, widest: number): Markup => html`<span class="strip" aria-hidden="true">${CLASSES.map(({ id }) => (counts[id] === 0 ? null
  : html`<span class="of-${id}" style="flex:${counts[id]} 0 0"></span>`))}<span style="flex:${widest - deliveries} 0 0"></span></span>`

const country = (code: string): Markup => (/^[A-Z]{2}$/.test(code) ? html`${countryName(code)} <span class="dim">${code}</span>` : html`<span class="dim">${countryName(code)}</span>`)
const orNone = (value: number): Markup => (value === 0 ? html`<span class="dim">–</span>` : html`${number(value)}`)

function who({ receivers, classes: counts }: DownloadsReport): Markup {
  const shown = receivers.slice(0, ROOM.receivers)
  const nameOf = new Map(CLASSES.map(({ id, name }) => [id, name]))
  if (shown.length === 0) {
    return section('who', 'Who', null, html`<p>None of them can be named: what was counted elsewhere names nobody, and who asked here was not told or is forgotten by now.</p>`)
  }
  const all = CLASSES.reduce((sum, { id }) => sum + counts[id].callers, 0)
  return section('who', 'Who', `Callers as far as they are known and still kept, those that may have run it first${all > shown.length ? `; ${number(shown.length)} of ${number(all)}` : ''}.`, html`
${table('Callers that received it', [{ head: 'Caller' }, { head: 'With' }, { head: 'Class' }, { head: 'Times', figures: true }, { head: 'First' }, { head: 'Last' }], shown.map((one) => [
  html`${callerName(one)}${detail([one.host, one.token, one.address, one.job === null ? null : `job ${one.job}`].filter((known) => known !== callerName(one)))}`,
  html`${one.client}`, html`<span class="key of-${one.class}"></span>${nameOf.get(one.class) ?? one.class}<span class="sub beside">${one.because}</span>`, number(one.deliveries),
  html`<span class="when">${short(one.first)}</span>`, html`<span class="when">${short(one.last)}</span>`,
]))}`)
}

const callerName = ({ user, host, token, address }: DownloadsReport['receivers'][number]): string => user ?? host ?? token ?? address ?? 'forgotten'
const short = (at: Date): Markup => time(at, at.toISOString().slice(0, 16).replace('T', ' '))
const detail = (known: readonly (string | null | undefined)[]): Markup | null => {
  const text = known.filter((one) => one !== null && one !== undefined).join(' · ')
  return text === '' ? null : html`<span class="sub mono">${text}</span>`
}

/** What machines say is set apart from what the gate knows. */
function machines({ machines: told }: DownloadsReport): Markup {
  if (!told || told.installed + told.ran === 0) return html``
  const shown = told.met.slice(0, ROOM.machines)
  const past = told.met.filter(({ delivered }) => delivered === 'never').length
  const counted = [...(told.ran > 0 ? [`it ran on ${many(told.ran, 'machine')}`] : []), ...(told.installed > 0 ? [`${many(told.installed, 'machine')} ${told.installed === 1 ? 'has' : 'have'} it installed`] : [])].join(', ')
  return section('machines', 'Machines that say so', `By their own word ${counted}${past > 0 ? `; of ${many(past, 'row')} this gate never delivered the version: it came past it` : ''}. A machine can be silenced, or made to lie.`, html`
${table('Machines that have it or ran it', [{ head: 'Machine' }, { head: 'Says' }, { head: 'Package' }, { head: 'By way of the gate' }, { head: 'First' }, { head: 'Last' }], shown.map((one) => [
  html`${one.host ?? 'forgotten'}${detail([one.source])}`, one.contact === 'ran' ? 'ran it' : 'has it', html`<code>${one.subject.name}${one.subject.version === null ? '' : ` ${one.subject.version}`}</code>`,
  one.delivered === 'here' ? 'delivered to it' : one.delivered === 'elsewhere' ? 'delivered to somebody' : html`<strong>never delivered</strong>`, html`<span class="when">${short(one.first)}</span>`, html`<span class="when">${short(one.last)}</span>`,
]))}
${told.installed + told.ran > shown.length ? html`<p class="note">${number(told.installed + told.ran - shown.length)} more; <code>sluice trace --installed --ran</code> has them.</p>` : null}`)
}

const packages = ({ packages: rows }: DownloadsReport): Markup => section('packages', 'Packages', null, html`
${table('Deliveries by package', [{ head: 'Package' }, { head: 'May have run', figures: true }, { head: 'All', figures: true }, { head: 'First' }, { head: 'Last' }], rows.slice(0, ROOM.packages).map((row) => [
  html`<code>${row.value}</code>`, orNone(strong(row)), number(row.deliveries), html`<span class="when">${short(row.first)}</span>`, html`<span class="when">${short(row.last)}</span>`,
]))}
${rows.length > ROOM.packages ? html`<p class="note">${number(rows.length - ROOM.packages)} more; <code>sluice downloads --by package --csv</code> has them.</p>` : null}`)

const BY: Readonly<Record<string, string>> = { configuration: 'your settings', agent: 'what it says', behaviour: 'what it did', nothing: 'nothing' }

const why = ({ reasons }: DownloadsReport): Markup => section('why', 'Why they are counted so', 'Your own settings count first. Who behaves like a mirror or scanner is one, whatever it says; what a client says of itself can be forged.', html`
${table('Reasons', [{ head: 'Reason' }, { head: 'By' }, { head: 'Deliveries', figures: true }], reasons.slice(0, ROOM.reasons).map((one) =>
  [html`<span class="key of-${one.class}"></span>${one.because}`, html`<span class="dim">${BY[one.by] ?? one.by}</span>`, number(one.deliveries)]))}
${reasons.length > ROOM.reasons ? html`<p class="note">${many(reasons.length - ROOM.reasons, 'more reason')}, of fewer deliveries.</p>` : null}`)

const todo = (report: DownloadsReport): Markup => section('todo', 'What to do', null, html`
<ol class="steps">${stepsFor(report).map(({ what, how, commands }) =>
  html`<li><strong>${what}</strong><p>${how}</p>${commands.length === 0 ? null : html`<pre><code>${commands.join('\n')}</code></pre>`}</li>`)}</ol>`)

const foot = ({ at, complete }: DownloadsReport): Markup => html`
<p>Made by Sluice on ${time(at)}. All times are UTC.${complete ? '' : ' Some of it was too much to be listed; every delivery is in the totals.'}
It may name people and machines: hand it on only to those who need it.</p>
<p>Countries: databases of ip-location-db, with data of the NRO and the regional internet registries (CC BY 4.0), unless another database was put in
their place. Map: Natural Earth.</p>`
