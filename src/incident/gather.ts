import type { Database } from '../ports/database.ts'
import type { Cases, Telling } from './cases/cases.ts'
import type { CaseState } from './cases/fold.ts'
import { judgedFiles, observablesOf } from './knowledge.ts'

/**
 * What the gate knows by itself of a case's packages, told to the case as lines: when they were published, judged, quarantined, recalled and
 * removed, what was reported, which addresses they speak to. To be called as often as one likes: each line has an id of its own and is told once.
 * Returns how many were new.
 */
export async function gather({ database, cases }: { database: Pick<Database, 'query'>; cases: Cases }, of: CaseState): Promise<number> {
  const files = await judgedFiles(database, of.packages)
  const lines = [
    ...files.flatMap((file): Telling[] => {
      const spec = `${file.ecosystem}:${file.name}@${file.version}`
      const machine = { source: 'the gate', by: 'sluice' }
      return [
        ...(file.publishedAt === null ? [] : [{ ...machine, id: `uploaded ${spec} ${file.file}`, source: 'the registry', at: file.publishedAt, says: `${spec} uploaded (${file.file})`, fact: { kind: 'milestone' as const, of: 'uploaded' as const, subject: null } }]),
        ...(file.level !== 'malicious' ? [] : [{ ...machine, id: `judged ${spec} ${file.file}`, at: file.judgedAt, says: `${spec} judged malicious and quarantined here`, fact: { kind: 'milestone' as const, of: 'quarantined' as const, subject: null } }]),
      ]
    }),
    ...observablesOf(files, of.tlp).map((fact): Telling => ({ id: `observable ${fact.type} ${fact.value}`, source: 'analysis', by: 'sluice', says: `${fact.role === 'command' ? 'reports to' : 'fetches from'} ${fact.type} ${fact.value}`, fact })),
    ...(await Promise.all(of.packages.slice(0, PACKAGES).map((one) => told(database, one)))).flat(),
  ]
  const known = new Set(of.timeline.map(({ id }) => id))
  const fresh = lines.map((line) => ({ ...line, id: idOf(line) })).filter(({ id }) => !known.has(id))
  // What is left comes with the next call: a flood of thousands of files stops nobody else's work.
  const room = Math.max(0, MOST - of.timeline.length)
  return (await cases.tellAll(of.id, fresh.slice(0, Math.min(AT_ONCE, room)))).length
}

const AT_ONCE = 500
/** As many lines as a case gets by itself: people shall have room for theirs. */
const MOST = 5_000
const PACKAGES = 200

/** Ids are kept to a hundred characters. */
const idOf = ({ id = '' }: Telling): string => (id.length <= 100 ? id : `${id.slice(0, 60)}…${id.slice(-39)}`)

/** Orders, reports and reviews of one package. */
async function told({ query }: Pick<Database, 'query'>, { ecosystem, name }: CaseState['packages'][number]): Promise<Telling[]> {
  const spec = `${ecosystem}:${name}`
  const [orders, reports, reviews] = await Promise.all([
    query.selectFrom('orders').select(['id', 'action', 'because', 'by', 'at', 'version']).where('ecosystem', '=', ecosystem).where('name', '=', name).orderBy('seq').limit(200).execute(),
    query.selectFrom('reports').select(['id', 'at']).where('ecosystem', '=', ecosystem).where('name', '=', name).where('kind', '=', 'malware').where('repeats', 'is', null).orderBy('at').limit(200).execute(),
    query.selectFrom('reviews').select(['id', 'says', 'matter', 'noticed_at']).where('ecosystem', '=', ecosystem).where('name', '=', name).where('matter', '=', 'removed').limit(20).execute(),
  ])
  const of = { hold: 'quarantined', recall: 'recalled' } as const
  return [
    ...orders.flatMap(({ id, action, because, by, at, version }): Telling[] => (action === 'hold' || action === 'recall'
      ? [{ id: `order ${id}`, source: 'the gate', by, at: new Date(Number(at)), says: `${spec}${version === null ? '' : `@${version}`} ${action === 'hold' ? 'held' : 'recalled'} here: ${because}`, fact: { kind: 'milestone', of: of[action], subject: null } }]
      : [{ id: `order ${id}`, source: 'the gate', by, at: new Date(Number(at)), says: `${spec}${version === null ? '' : `@${version}`} released: ${because}`, fact: { kind: 'note' } }])),
    ...reports.map(({ id, at }): Telling => ({ id: `report ${id}`, source: `report ${id}`, by: 'sluice', at: new Date(Number(at)), says: `${spec} reported (${id})`, fact: { kind: 'milestone', of: 'reported', subject: null } })),
    ...reviews.map(({ id, says, noticed_at: at }): Telling => ({ id: `review ${id}`, source: 'the registry', by: 'sluice', at: new Date(Number(at)), says: `${spec}: ${says}`, fact: { kind: 'milestone', of: 'removed', subject: null } })),
  ]
}
