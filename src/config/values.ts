import { z } from 'zod'

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }
const SIZES: Readonly<Record<string, number>> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, KiB: 1024, MiB: 1_048_576, GiB: 1_073_741_824 }
const DURATION = /^(\d{1,6}(?:\.\d{1,3})?) ?(ms|s|min|m|h|d|w)$/
const SIZE = /^(\d{1,6}(?:\.\d{1,3})?) ?(B|kB|MB|GB|KiB|MiB|GiB)$/
const DAY = /^\d{4}-\d{2}-\d{2}$/
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/

function measure(text: string, pattern: RegExp, units: Readonly<Record<string, number>>): number {
  const [, amount = '0', unit = ''] = pattern.exec(text) ?? []
  return Math.round(Number(amount) * (units[unit] ?? 0))
}

/** `24h`, `7d`, `90s` or 0; milliseconds inside. */
export const duration = () =>
  z.union([z.literal(0), z.literal('0'), z.string().regex(DURATION)], { error: 'not a duration: a number and one of ms, s, min, h, d, w' })
    .transform((value) => (typeof value === 'string' ? measure(value, DURATION, UNITS) : 0))

/** A duration that something is given: never none at all. */
export const timeout = () => duration().refine((value) => value > 0, 'must be more than 0')

/** `512MB`, `1GiB`; bytes inside. */
export const size = () =>
  z.string({ error: 'not a size: a number and one of kB, MB, GB, KiB, MiB, GiB' })
    .regex(SIZE, 'not a size: a number and one of kB, MB, GB, KiB, MiB, GiB')
    .transform((value) => measure(value, SIZE, SIZES))

/** A day counts to its end, UTC. */
export const expiry = () =>
  z.string({ error: 'not a date' })
    .refine((value) => (DAY.test(value) && realDay(value)) || (MOMENT.test(value) && !Number.isNaN(Date.parse(value))), 'not a date: YYYY-MM-DD, or YYYY-MM-DDThh:mmZ')
    .transform((value) => (DAY.test(value) ? new Date(Date.parse(value) + 86_400_000) : new Date(value)))

const realDay = (value: string): boolean => {
  const time = Date.parse(value)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value)
}

/** An http(s) URL without secrets in it, normalised; with `off`, also that word. */
export const url = (off?: 'off') =>
  z.string({ error: 'not a URL' }).transform((value, context) => {
    if (off !== undefined && value === off) return value
    const parsed = URL.parse(value)
    const problem = !parsed || !/^https?:$/.test(parsed.protocol) ? 'not an http or https URL'
      : parsed.username || parsed.password ? 'a URL with a password in it: put it under credentials, from the environment or a file'
        : parsed.search || parsed.hash ? 'a base URL has no ? or # part' : null
    if (problem !== null) context.addIssue({ code: 'custom', message: problem })
    return parsed?.href ?? value
  })

/** `https://host[:port]` alone. */
export const origin = () =>
  url().transform((value, context) => {
    const parsed = URL.parse(value)
    if (parsed && parsed.pathname !== '/') context.addIssue({ code: 'custom', message: 'only scheme, host and port count here' })
    return parsed?.origin ?? value
  })
