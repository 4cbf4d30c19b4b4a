import { sentence } from '../core/errors.ts'
import type { Domains, Report as Look } from './domains/domains.ts'
import type { Response } from './response.ts'
import type { Ticket } from './tickets/rows.ts'

/**
 * Looks at the names that are due, and tells cases and tickets what was seen: gone, or there again. Each change is told once, by the moment at
 * which it was seen. Names of letters that are on their way are watched from the day they were sent.
 */
export async function followDomains({ domains, response, log }: { domains: Pick<Domains, 'recheckDue' | 'watch' | 'watched'>; response: Response; log: (says: string) => void }): Promise<void> {
  await watchWhatWasWrittenAbout({ domains, response, log })
  const { reports, problems } = await domains.recheckDue()
  for (const problem of problems) log(problem)
  for (const look of reports) await tell(response, look)
}

async function watchWhatWasWrittenAbout({ domains, response, log }: { domains: Pick<Domains, 'watch' | 'watched'>; response: Response; log: (says: string) => void }): Promise<void> {
  const waiting = (await response.tickets.list({ states: WAITING, limit: MOST })).filter(({ target }) => (target.type === 'domain' || target.type === 'ip' || target.type === 'url'))
  if (waiting.length === 0) return
  const known = new Set((await domains.watched()).map(({ target }) => target))
  for (const { id, target: { type, value } } of waiting) {
    const name = type === 'url' ? hostOf(value) : value
    if (name === null || known.has(`domain:${name}`) || known.has(`ip:${name}`)) continue
    await domains.watch({ name, because: `ticket ${id}`, by: 'sluice' }).catch((thrown: unknown) => log(`${name} is not watched: ${sentence(thrown)}`))
  }
}

const WAITING = ['sent', 'acknowledged', 'replied', 'forwarded', 'refused', 'mitigated'] as const

async function tell(response: Response, { target, state, reasons, looked }: Look): Promise<void> {
  if (state !== 'down' && state !== 'up' && state !== 'parked') return
  const name = target.slice(target.indexOf(':') + 1)
  const gone = state === 'down'
  const says = `${name} is ${gone ? 'gone' : 'there'}: ${reasons.slice(0, 2).join('; ')}`
  for (const { id, state: open } of [...await response.cases.about(`domain:${name}`), ...await response.cases.about(`ip:${name}`)]) {
    const { timeline } = await response.cases.show(id)
    const last = timeline.findLast(({ fact, withdrawn }) => !withdrawn && fact.kind === 'milestone' && fact.subject === name && (fact.of === 'down' || fact.of === 'relapsed'))
    const was = last?.fact.kind === 'milestone' ? last.fact.of : null
    // What was never gone has not come back.
    if (gone ? was === 'down' : was !== 'down') continue
    if (open === 'closed' && gone) continue
    const machine = { source: 'DNS and RDAP', by: 'sluice' }
    // Together: a case that was told of a relapse and stayed closed would stay so.
    await response.cases.tellAll(id, [
      { ...machine, id: `${gone ? 'down' : 'relapsed'} ${name.slice(0, 60)} ${looked.at.getTime()}`, at: looked.at, says, fact: { kind: 'milestone', of: gone ? 'down' : 'relapsed', subject: name } },
      ...(!gone && open === 'closed' ? [{ ...machine, id: `reopened ${name.slice(0, 60)} ${looked.at.getTime()}`, says: `${name} is there again`, fact: { kind: 'reopened' as const } }] : []),
    ])
  }
  for (const ticket of await response.tickets.list({ states: gone ? ENDING : RETURNING, limit: MOST })) {
    const { type, value } = ticket.target
    if (type === 'package' || (value !== name && hostOf(value) !== name)) continue
    if (ticket.state === 'closed' && !(await wasGone(response, ticket))) continue
    await response.tickets.observed(ticket.id, { gone, says, at: looked.at, source: 'DNS and RDAP' })
  }
}

const ENDING = ['draft', 'approved', 'sent', 'acknowledged', 'replied', 'forwarded', 'refused', 'mitigated', 'relapsed'] as const
/** A look that finds it there says nothing new of a letter that is still on its way. */
const RETURNING = ['mitigated', 'verified', 'closed'] as const
const MOST = 100_000

/** A letter may be closed for other reasons than that what it asked for was done: then nothing comes back. */
async function wasGone({ cases }: Response, { id, case: of }: Ticket): Promise<boolean> {
  return (await cases.show(of)).timeline.some(({ fact, withdrawn }) => !withdrawn && fact.kind === 'ticket' && fact.ticket === id && fact.state === 'verified')
}

const hostOf = (url: string): string | null => (URL.canParse(url) ? new URL(url).hostname : null)
