import { z } from 'zod'
import { duration } from './values.ts'

/** What `machines` may say: how long is kept what machines tell this gate. */
export const machines = z.strictObject({
  events: duration().prefault('30d').meta({ description: 'Events: what was done, alarms; what is installed is kept apart', examples: ['30d'] }),
  gone: duration().prefault('400d').meta({ description: 'What a machine had, and has no longer, and what ran on it', examples: ['400d'] }),
  silent: duration().refine((value) => value >= 86_400_000, 'not less than a day').prefault('400d').meta({ description: 'A machine that says nothing any more, with all it said', examples: ['90d'] }),
  most_events: z.int().min(100).max(10_000_000).prefault(100_000).meta({ description: 'Events of one machine; the oldest go first', examples: [100_000] }),
})

export const machinesOf = ({ most_events: mostEvents, ...rest }: z.output<typeof machines>): { events: number; gone: number; silent: number; mostEvents: number } => ({ ...rest, mostEvents })
