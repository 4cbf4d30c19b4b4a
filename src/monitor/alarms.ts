import { randomUUID } from 'node:crypto'
import type { Kysely, Selectable } from 'kysely'
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

/** What the watch has against a package, or what upstream did to one that was had here. */
type AlarmKind = ConcernKind | 'removed' | 'changed'

export interface Alarm {
  id: string
  subject: string
  kind: AlarmKind
  severity: AlarmSeverity
  title: string
  /** How many packages it is about; `packages` has the first and the latest of them. */
  size: number
  packages: readonly Told[]
  campaign: string | null
  openedAt: Date
  changedAt: Date
  closedAt: Date | null
}

export interface Raising {
  subject: string
  kind: AlarmKind
  severity: AlarmSeverity
  title: string
  campaign: string | null
  packages: readonly AlarmPackage[]
  /** Where it is known better than by counting what was raised; then a package is in it once, whatever its version. */
  size?: number
}

type Told = Omit<AlarmPackage, 'at'> & { at: string }

interface Facts {
  packages: Told[]
  /** The size that people were last told of; 0: of nothing yet. */
  told: number
}

/** The first ones of a matter tell how it began, the last ones how it goes on. */
const FIRST = 20
const LAST = 30
const SIGNALS = 12

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

  /**
   * A package that is already in the alarm changes nothing. May be repeated: people are told of what they were not told of, and a notice
   * that is sent twice is the same notice.
   */
  async raise(raising: Raising): Promise<Alarm> {
    const { alarm, told } = await this.#database.transaction((tx) => this.#record(tx, raising))
    if (alarm.size >= told * 2) await this.#tell(alarm, told)
    return alarm
  }

  async #record(tx: Kysely<Tables>, raising: Raising): Promise<{ alarm: Alarm; told: number }> {
    const now = this.#clock.now().getTime()
    const known = await tx.selectFrom('alarms').selectAll().where('subject', '=', raising.subject).where('closed_at', 'is', null).executeTakeFirst()
    const facts: Facts = known ? factsOf(known) : { packages: [], told: 0 }
    const key = raising.size === undefined ? uploadKey : packageKey
    const seen = new Set(facts.packages.map(key))
    const added = raising.packages.map(tidy).filter((one) => !seen.has(key(one)) && seen.add(key(one)))
    const before = Number(known?.size ?? 0)
    const size = raising.size ?? before + added.length
    const severity = worse(known?.severity, raising.severity)
    if (known && added.length === 0 && size === before && severity === known.severity) return { alarm: alarmOf(known), told: facts.told }
    const packages = [...facts.packages, ...added]
    const row = {
      severity, title: oneLine(raising.title, 300), campaign: raising.campaign ?? known?.campaign ?? null, size, changed_at: now,
      facts: written({ packages: packages.length <= FIRST + LAST ? packages : [...packages.slice(0, FIRST), ...packages.slice(-LAST)], told: facts.told }),
    }
    const id = known?.id ?? randomUUID()
    const whole = { id, subject: raising.subject, kind: raising.kind, opened_at: Number(known?.opened_at ?? now), closed_at: null, ...row }
    if (known) await tx.updateTable('alarms').set(row).where('id', '=', id).execute()
    else await tx.insertInto('alarms').values(whole).execute()
    return { alarm: alarmOf(whole), told: facts.told }
  }

  async #tell(alarm: Alarm, told: number): Promise<void> {
    const latest = alarm.packages.at(-1)
    const grown = told === 0 ? '' : ` (${alarm.size} packages now)`
    await this.#notifier.notify({
      id: `${alarm.id}-${alarm.size}`,
      kind: 'alarm', title: `${alarm.title}${grown}`, text: latest ? [latest.says, ...latest.signals].join('; ').slice(0, 2_000) : alarm.title, at: alarm.changedAt,
      data: {
        alarm: alarm.id, what: alarm.kind, severity: alarm.severity, size: alarm.size, campaign: alarm.campaign,
        ...(latest ? { ecosystem: latest.ecosystem, name: latest.name, version: latest.version } : {}),
      },
    })
    await this.#database.transaction(async (tx) => {
      const row = await tx.selectFrom('alarms').select(['facts', 'size']).where('id', '=', alarm.id).executeTakeFirst()
      if (!row) return
      const facts = factsOf(row)
      await tx.updateTable('alarms').set({ facts: written({ ...facts, told: Math.max(facts.told, alarm.size) }) }).where('id', '=', alarm.id).execute()
    })
  }

  /** Whether a matter ever had an alarm. */
  async isKnown(subject: string): Promise<boolean> {
    return await this.#database.query.selectFrom('alarms').select('id').where('subject', '=', subject).limit(1).executeTakeFirst() !== undefined
  }

  /** Whether a matter has an open alarm. */
  async isOpen(subject: string): Promise<boolean> {
    return await this.#database.query.selectFrom('alarms').select('id').where('subject', '=', subject).where('closed_at', 'is', null).executeTakeFirst() !== undefined
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

  /** The matter has ended, or is part of a graver one. */
  async closeSubject(subject: string): Promise<void> {
    await this.#database.query.updateTable('alarms').set({ closed_at: this.#clock.now().getTime() }).where('subject', '=', subject).where('closed_at', 'is', null).execute()
  }

  /** What alarms said of its members alone is the campaign's from now on. `areMembers` is asked of all packages an alarm names; null: they are. */
  async foldInto(campaign: string, subjects: readonly string[], areMembers: ((packages: readonly { ecosystem: EcosystemId; name: string }[]) => Promise<boolean>) | null): Promise<void> {
    for (let from = 0; from < subjects.length; from += SUBJECTS) {
      const rows = await this.#database.query.selectFrom('alarms').selectAll().where('subject', 'in', subjects.slice(from, from + SUBJECTS)).where('closed_at', 'is', null).execute()
      for (const row of rows) {
        const { packages } = factsOf(row)
        // Of a large one not every package is known any more.
        if (areMembers && (packages.length < Number(row.size) || !(await areMembers(packages)))) continue
        await this.#database.query.updateTable('alarms').set({ closed_at: this.#clock.now().getTime(), campaign }).where('id', '=', row.id).where('size', '=', row.size).execute()
      }
    }
  }
}

const SUBJECTS = 500

const uploadKey = ({ ecosystem, name, version }: Told): string => `${ecosystem}:${name}@${version ?? ''}`
const packageKey = ({ ecosystem, name }: Told): string => `${ecosystem}:${name}`

const factsOf = ({ facts, size }: Pick<Selectable<Tables['alarms']>, 'facts' | 'size'>): Facts => ({ packages: [], told: Number(size), ...JSON.parse(facts) as Partial<Facts> })
const written = (facts: Facts): string => JSON.stringify(facts)

/** What strangers wrote goes to people, mails and terminals: one line each, and not without end. */
const tidy = ({ ecosystem, name, version, says, signals, at }: AlarmPackage): Told => ({
  ecosystem, name: oneLine(name, 300), version: version === null ? null : oneLine(version, 100), says: oneLine(says, 500),
  signals: signals.slice(0, SIGNALS).map((signal) => oneLine(signal, 500)), at: at.toISOString(),
})

const SEVERITIES: readonly AlarmSeverity[] = ['low', 'medium', 'high', 'critical']
const worse = (known: string | undefined, other: AlarmSeverity): AlarmSeverity =>
  (known !== undefined && SEVERITIES.indexOf(known as AlarmSeverity) > SEVERITIES.indexOf(other) ? known as AlarmSeverity : other)

function alarmOf(row: Selectable<Tables['alarms']>): Alarm {
  return {
    id: row.id, subject: row.subject, kind: row.kind as AlarmKind, severity: row.severity as AlarmSeverity, title: row.title, size: Number(row.size),
    packages: factsOf(row).packages, campaign: row.campaign, openedAt: new Date(Number(row.opened_at)),
    changedAt: new Date(Number(row.changed_at)), closedAt: row.closed_at === null ? null : new Date(Number(row.closed_at)),
  }
}
