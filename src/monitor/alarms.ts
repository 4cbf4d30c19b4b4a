import { randomUUID } from 'node:crypto'
import type { Selectable } from 'kysely'
import { oneLine } from '../core/text.ts'
import type { EcosystemId } from '../core/types.ts'
import type { Clock } from '../ports/clock.ts'
import type { Database, Tables } from '../ports/database.ts'
import type { Notifier } from '../ports/notifier.ts'
import type { AlarmSeverity, ConcernKind } from './concerns.ts'

/** A package an alarm speaks of. */
export interface AlarmPackage {
  ecosystem: EcosystemId
  name: string
  version: string | null
  says: string
  signals: readonly string[]
  at: Date
}

export interface Alarm {
  id: string
  subject: string
  kind: ConcernKind
  severity: AlarmSeverity
  title: string
  /** How many packages it is about; `packages` has the first and the latest of them. */
  size: number
  packages: readonly (Omit<AlarmPackage, 'at'> & { at: string })[]
  campaign: string | null
  openedAt: Date
  changedAt: Date
  closedAt: Date | null
}

export interface Raising {
  subject: string
  kind: ConcernKind
  severity: AlarmSeverity
  title: string
  campaign: string | null
  packages: readonly AlarmPackage[]
  /** Where it is known better than by counting what was raised. */
  size?: number
}

interface Facts { packages: (Omit<AlarmPackage, 'at'> & { at: string })[] }

/** The first ones of a matter tell how it began, the last ones how it goes on. */
const FIRST = 20
const LAST = 30

/**
 * Alarms: one a matter. What belongs to an open one makes it grow, and people are told again when it has doubled, not of every
 * package. A matter that was closed and goes on is a new alarm.
 */
export class Alarms {
  readonly #database: Database
  readonly #notifier: Notifier
  readonly #clock: Clock

  constructor({ database, notifier, clock }: { database: Database; notifier: Notifier; clock: Clock }) {
    this.#database = database
    this.#notifier = notifier
    this.#clock = clock
  }

  /** A package that is already in the alarm changes nothing. */
  async raise(raising: Raising): Promise<Alarm> {
    const now = this.#clock.now()
    const { alarm, before } = await this.#database.transaction(async (tx) => {
      const known = await tx.selectFrom('alarms').selectAll().where('subject', '=', raising.subject).where('closed_at', 'is', null).executeTakeFirst()
      const facts: Facts = known ? JSON.parse(known.facts) as Facts : { packages: [] }
      const added = raising.packages.filter((one) => !facts.packages.some((other) => keyOf(other) === keyOf(one)))
      const before = Number(known?.size ?? 0)
      const size = Math.max(raising.size ?? 0, before + added.length)
      if (known && added.length === 0 && size === before) return { alarm: alarmOf(known), before }
      const packages = [...facts.packages, ...added.map((one) => ({ ...one, at: one.at.toISOString() }))]
      const row = {
        severity: worse(known?.severity, raising.severity), title: oneLine(raising.title, 300), campaign: raising.campaign ?? known?.campaign ?? null,
        facts: JSON.stringify({ packages: packages.length <= FIRST + LAST ? packages : [...packages.slice(0, FIRST), ...packages.slice(-LAST)] } satisfies Facts),
        size, changed_at: now.getTime(),
      }
      const id = known?.id ?? randomUUID()
      const whole = { id, subject: raising.subject, kind: raising.kind, opened_at: Number(known?.opened_at ?? now.getTime()), closed_at: null, ...row }
      if (known) await tx.updateTable('alarms').set(row).where('id', '=', id).execute()
      else await tx.insertInto('alarms').values(whole).execute()
      return { alarm: alarmOf(whole), before }
    })
    if (before === 0 || doubled(before, alarm.size)) await this.#tell(alarm, before)
    return alarm
  }

  async #tell(alarm: Alarm, before: number): Promise<void> {
    const latest = alarm.packages.at(-1)
    const grown = before === 0 ? '' : ` (${alarm.size} packages now)`
    await this.#notifier.notify({
      kind: 'alarm', title: `${alarm.title}${grown}`, text: latest ? [latest.says, ...latest.signals].join('; ').slice(0, 2_000) : alarm.title, at: alarm.changedAt,
      data: {
        alarm: alarm.id, what: alarm.kind, severity: alarm.severity, size: alarm.size, campaign: alarm.campaign,
        ...(latest ? { ecosystem: latest.ecosystem, name: latest.name, version: latest.version } : {}),
      },
    })
  }

  /** The latest first. */
  async list({ open = false, since, limit = 100 }: { open?: boolean | undefined; since?: Date | undefined; limit?: number | undefined } = {}): Promise<Alarm[]> {
    let query = this.#database.query.selectFrom('alarms').selectAll().orderBy('changed_at', 'desc').orderBy('id').limit(limit)
    if (open) query = query.where('closed_at', 'is', null)
    if (since) query = query.where('changed_at', '>=', since.getTime())
    return (await query.execute()).map(alarmOf)
  }

  async find(id: string): Promise<Alarm | null> {
    const row = await this.#database.query.selectFrom('alarms').selectAll().where('id', '=', id).executeTakeFirst()
    return row ? alarmOf(row) : null
  }

  /** False where there is no open alarm of this id. */
  async close(id: string): Promise<boolean> {
    const { numUpdatedRows } = await this.#database.query.updateTable('alarms').set({ closed_at: this.#clock.now().getTime() })
      .where('id', '=', id).where('closed_at', 'is', null).executeTakeFirst()
    return Number(numUpdatedRows) > 0
  }

  /** What single alarms said of its members alone is the campaign's from now on. `members` as `ecosystem:name`. */
  async foldInto(campaign: string, subjects: readonly string[], members: ReadonlySet<string>): Promise<void> {
    if (subjects.length === 0) return
    const rows = await this.#database.query.selectFrom('alarms').select(['id', 'facts', 'size']).where('subject', 'in', subjects.slice(0, 500)).where('closed_at', 'is', null).execute()
    const whole = rows.filter(({ facts, size }) => {
      const { packages } = JSON.parse(facts) as Facts
      return packages.length >= Number(size) && packages.every(({ ecosystem, name }) => members.has(`${ecosystem}:${name}`))
    })
    if (whole.length === 0) return
    await this.#database.query.updateTable('alarms').set({ closed_at: this.#clock.now().getTime(), campaign }).where('id', 'in', whole.map(({ id }) => id)).execute()
  }
}

const keyOf = ({ ecosystem, name, version }: { ecosystem: string; name: string; version: string | null }): string => `${ecosystem}:${name}@${version ?? ''}`

const doubled = (before: number, now: number): boolean => Math.floor(Math.log2(now)) > Math.floor(Math.log2(before))

const SEVERITIES: readonly AlarmSeverity[] = ['low', 'medium', 'high', 'critical']
const worse = (known: string | undefined, other: AlarmSeverity): AlarmSeverity =>
  (known !== undefined && SEVERITIES.indexOf(known as AlarmSeverity) > SEVERITIES.indexOf(other) ? known as AlarmSeverity : other)

function alarmOf(row: Selectable<Tables['alarms']>): Alarm {
  return {
    id: row.id, subject: row.subject, kind: row.kind as ConcernKind, severity: row.severity as AlarmSeverity, title: row.title, size: Number(row.size),
    packages: (JSON.parse(row.facts) as Facts).packages, campaign: row.campaign, openedAt: new Date(Number(row.opened_at)),
    changedAt: new Date(Number(row.changed_at)), closedAt: row.closed_at === null ? null : new Date(Number(row.closed_at)),
  }
}
