import { sentence } from '../core/errors.ts'
import type { Domains, Report as Look } from './domains/domains.ts'
import type { Response } from './response.ts'

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
  const waiting = (await response.tickets.list()).filter(({ state, target }) => WAITING.has(state) && (target.type === 'domain' || target.type === 'ip' || target.type === 'url'))
  if (waiting.length === 0) return
  const known = new Set((await domains.watched()).map(({ target }) => target))
  for (const { id, target: { type, value } } of waiting) {
    const name = type === 'url' ? hostOf(value) : value
    if (name === null || known.has(`domain:${name}`) || known.has(`ip:${name}`)) continue
    await domains.watch({ name, because: `ticket ${id}`, by: 'sluice' }).catch((thrown: unknown) => log(`${name} is not watched: ${sentence(thrown)}`))
  }
}

const WAITING: ReadonlySet<string> = new Set(['sent', 'acknowledged', 'replied', 'forwarded', 'refused', 'mitigated'])

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
    await response.cases.tell(id, { id: `${gone ? 'down' : 'relapsed'} ${name.slice(0, 60)} ${looked.at.getTime()}`, at: looked.at, source: 'DNS and RDAP', by: 'sluice', says, fact: { kind: 'milestone', of: gone ? 'down' : 'relapsed', subject: name } })
    if (!gone && open === 'closed') await response.cases.tell(id, { source: 'DNS and RDAP', by: 'sluice', says: `${name} is there again`, fact: { kind: 'reopened' } })
  }
  for (const ticket of await response.tickets.list()) {
    const { type, value } = ticket.target
    if (type === 'package' || (value !== name && hostOf(value) !== name)) continue
    // A look that finds it there says nothing new of a letter that is still on its way.
    if (gone || ticket.state === 'verified' || ticket.state === 'closed' || ticket.state === 'mitigated') await response.tickets.observed(ticket.id, { gone, says, at: looked.at, source: 'DNS and RDAP' })
  }
}

const hostOf = (url: string): string | null => (URL.canParse(url) ? new URL(url).hostname : null)
