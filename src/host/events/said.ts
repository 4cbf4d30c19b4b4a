import { z } from 'zod'
import { ecosystems } from '../../ecosystems/index.ts'
import type { HostEvent } from './event.ts'

/**
 * What one event may hold. Whoever writes cuts to these (`trim`), whoever reads refuses what is beyond: lengths are characters.
 * An event that was cut says so.
 */
const MOST = { name: 255, path: 4_096, says: 500, argv: 64, argument: 1_024, stack: 16, honey: 32, id: 64 } as const
/** Whoever writes keeps to these as well, so that no choice of texts makes an event too long for a batch: what all arguments take, and the file of one frame. */
const WRITTEN = { arguments: 16_384, frame: 512 } as const

const string = (most: number) => z.string().max(most)
const whole = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const argv = z.array(string(MOST.argument)).max(MOST.argv)
const place = z.object({ package: string(MOST.name).nullable(), file: string(MOST.path), line: whole, column: whole.nullable() })

const packageSaid = z.object({
  ecosystem: z.enum(['npm', 'pypi', 'go']), name: string(MOST.name), version: string(MOST.name).nullable(), digest: z.templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)]).nullable(),
}).refine(({ ecosystem, name }) => ecosystems[ecosystem].isName(name) && ecosystems[ecosystem].canonicalName(name) === name, 'no canonical name of a package')

const actSaid = z.object({
  kind: z.enum(['exec', 'read', 'write', 'delete', 'rename', 'link', 'mode', 'resolve', 'connect', 'listen', 'send', 'request', 'environment', 'signal', 'inject', 'memory', 'refused', 'sleep']),
  at: z.number().min(0).max(Number.MAX_SAFE_INTEGER), pid: whole, target: string(MOST.path), done: z.boolean(), error: string(MOST.name).optional(), argv: argv.optional(), other: string(MOST.path).optional(),
  name: string(MOST.name).optional(), method: string(32).optional(), bytes: whole.optional(), ms: z.number().min(0).optional(),
  honey: z.array(z.object({ token: string(MOST.name), encodings: z.array(string(32)).max(8), where: z.enum(['argument', 'name', 'url', 'header', 'authorization', 'body', 'file', 'environment']) })).max(MOST.honey).optional(),
  seen: z.array(z.enum(['call', 'hook', 'wire', 'disk'])).max(4), by: place.nullable(), stack: z.array(place).max(MOST.stack).optional(),
})

/** What no attribute of OCSF takes: it rides along as `unmapped.sluice`. */
export const unmappedSaid = z.object({
  kind: z.enum(['installed', 'removed', 'ran', 'act', 'alarm', 'blocked', 'session', 'lost']),
  package: packageSaid.nullable(), place: string(MOST.path).nullable(), act: actSaid.nullable(),
  process: z.object({ pid: whole, parent: whole.nullable(), program: string(MOST.path), argv }).nullable(),
})

export const eventSaid = unmappedSaid.extend({
  id: z.uuid(), at: z.date(), host: string(MOST.name).min(1), user: string(MOST.name).nullable(), session: string(MOST.id).nullable(),
  says: string(MOST.says), source: string(MOST.id).min(1), count: whole.optional(),
})

/** What is wrong with an event, in one sentence. */
export function problemOf({ issues: [first] }: z.ZodError): string {
  return first === undefined ? 'not an event' : `${first.path.join('.') || 'the event'}: ${first.message}`.slice(0, 300)
}

/**
 * The event within what one may hold, and whether something was cut. Whatever a watched program calls itself and its package: what
 * comes out is taken by a reader. A name that no registry takes is no package.
 */
export function trim(event: HostEvent): { event: HostEvent; cut: boolean } {
  let cut = false
  const text = <T extends string | null | undefined>(value: T, most: number): T => {
    if (typeof value !== 'string') return value
    const short = shortened(value, most)
    if (short.length === value.length) return value
    cut = true
    return short as T
  }
  const few = <T>(values: readonly T[], most: number): readonly T[] => {
    cut ||= values.length > most
    return values.slice(0, most)
  }
  const words = (values: readonly string[]): readonly string[] => {
    let left: number = WRITTEN.arguments
    const short = few(values, MOST.argv).map((value) => text(value, MOST.argument))
    const fit = short.findIndex((value) => (left -= written(value)) < 0)
    return fit < 0 ? short : few(short, fit)
  }
  const placed = <P extends { file: string }>(one: P): P => ({ ...one, file: text(one.file, WRITTEN.frame) })
  const { act, process, package: had } = event
  const named = had && { ...had, version: text(had.version, MOST.name) }
  const trimmed: HostEvent = {
    ...event, host: text(event.host, MOST.name), user: text(event.user, MOST.name), place: text(event.place, MOST.path), session: text(event.session, MOST.id), says: text(event.says, MOST.says),
    package: named !== null && packageSaid.safeParse(named).success ? named : null,
    process: process && { ...process, program: text(process.program, MOST.path), argv: words(process.argv) },
    act: act && {
      ...act, target: text(act.target, MOST.path), by: act.by && placed(act.by), ...(act.argv && { argv: words(act.argv) }), ...(act.other !== undefined && { other: text(act.other, MOST.path) }),
      ...(act.name !== undefined && { name: text(act.name, MOST.name) }), ...(act.error !== undefined && { error: text(act.error, MOST.name) }), ...(act.method !== undefined && { method: text(act.method, 32) }),
      ...(act.honey && { honey: few(act.honey, MOST.honey) }), ...(act.stack && { stack: few(act.stack, MOST.stack).map(placed) }),
    },
  }
  return { event: trimmed, cut: cut || trimmed.package !== named }
}

/** What a text takes in JSON: a control character takes six. */
const written = (text: string): number => JSON.stringify(text).length - 2

/** At most so many characters, and twice as many as they are written. */
function shortened(value: string, most: number): string {
  let short = value.slice(0, most)
  for (let size = written(short); size > 2 * most; size = written(short)) short = short.slice(0, Math.floor((short.length * 2 * most) / size))
  return short.length === value.length ? value : short.toWellFormed()
}
