import { DomainAnswers } from '../api/domains-schemas.ts'
import type { DomainAnswer } from '../api/domains-schemas.ts'
import { wire } from '../api/wire.ts'
import { isCode } from '../core/errors.ts'
import type { Domains } from '../incident/domains/domains.ts'
import type { Call } from './watch-desk.ts'

/** What commands ask about names of attackers, in a data folder or at a running gate. */
export interface DomainDesk {
  check(names: readonly string[], protect: readonly string[]): Promise<DomainAnswer<'checked'>>
  candidates(host: string): Promise<DomainAnswer<'candidates'>>
  look(name: string): Promise<DomainAnswer<'report'>>
  history(name: string): Promise<DomainAnswer<'history'>>
  siblings(name: string): Promise<DomainAnswer<'siblings'>>
  watched(): Promise<DomainAnswer<'list'>>
  watch(name: string, because: string): Promise<DomainAnswer<'kept'>>
  /** False: it was not watched. */
  unwatch(name: string): Promise<boolean>
  recheck(): Promise<DomainAnswer<'rechecked'>>
  addEvidence(told: { name: string; says: string; from: string; url: string | null; at: Date }): Promise<void>
}

export function localDomainDesk(domains: Domains, whoami: () => string): DomainDesk {
  return {
    check: async (names, protect) => DomainAnswers.checked.parse(wire(await domains.check(names, protect))),
    candidates: (host) => Promise.resolve(wire(domains.candidates(host))),
    look: async (name) => DomainAnswers.report.parse(wire(await domains.look(name))),
    history: async (name) => wire(await domains.history(name)),
    siblings: async (name) => DomainAnswers.siblings.parse(wire(await domains.siblings(name))),
    watched: async () => DomainAnswers.list.parse(wire(await domains.watched())),
    watch: async (name, because) => DomainAnswers.kept.parse(wire(await domains.watch({ name, because, by: whoami() }))),
    unwatch: (name) => domains.unwatch(name),
    recheck: async () => DomainAnswers.rechecked.parse(wire(await domains.recheckDue())),
    addEvidence: (told) => domains.addEvidence({ ...told, by: whoami() }),
  }
}

export function remoteDomainDesk(call: Call): DomainDesk {
  const query = (key: string, value: string): string => `${key}=${encodeURIComponent(value)}`
  return {
    check: (names, protect) => call(DomainAnswers.checked, 'domains/check', { json: { names, protect } }),
    candidates: (host) => call(DomainAnswers.candidates, `domains/candidates?${query('host', host)}`),
    look: (name) => call(DomainAnswers.report, 'domains/look', { json: { name } }),
    history: (name) => call(DomainAnswers.history, `domains/history?${query('name', name)}`),
    siblings: (name) => call(DomainAnswers.siblings, `domains/siblings?${query('name', name)}`),
    watched: () => call(DomainAnswers.list, 'domains/watched'),
    watch: (name, because) => call(DomainAnswers.kept, 'domains/watched', { json: { name, because } }),
    async unwatch(name) {
      try {
        await call(DomainAnswers.unwatched, `domains/watched?${query('name', name)}`, { method: 'DELETE' })
        return true
      } catch (thrown) {
        if (isCode(thrown, 'not-found')) return false
        throw thrown
      }
    },
    recheck: () => call(DomainAnswers.rechecked, 'domains/recheck', { method: 'POST' }),
    addEvidence: async ({ url, ...told }) => { await call(DomainAnswers.told, 'domains/evidence', { json: { ...told, ...(url === null ? {} : { url }) } }) },
  }
}
