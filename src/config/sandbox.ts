import { z } from 'zod'
import { duration, timeout } from './values.ts'

/** What `sandbox` may say: how packages are run on this machine. */
export const sandbox = z.strictObject({
  mode: z.enum(['auto', 'on', 'off']).prefault('auto').meta({ description: 'auto: where a way to isolate works on this machine; on: it has to; off: nothing is run' }),
  backend: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'not the name of a backend: sluice doctor lists them').prefault('auto').meta({ description: 'How packages are isolated; auto: bubblewrap, or gvisor where only that works', examples: ['auto', 'bubblewrap'] }),
  budget: z.strictObject({
    an_hour: z.int().min(0).max(100_000).prefault(120).meta({ description: 'Runs an hour, all gates of a data folder together; a quarter of them for people who wait alone, at most half for what is served meanwhile', examples: [120] }),
    at_once: z.int().min(1).max(64).prefault(1).meta({ description: 'Runs at a time, of one gate', examples: [2] }),
  }).prefault({}).meta({ description: 'How much is run' }),
  passes: z.array(z.enum(['laptop', 'ci', 'later'])).min(1).max(3).prefault(['laptop', 'ci', 'later'])
    .refine((all) => new Set(all).size === all.length, 'a pass is named twice')
    .meta({ description: 'As whom a package is run: on a laptop, in CI, on a laptop whose time runs fast', examples: [['laptop', 'ci']] }),
  time: timeout().refine((value) => value <= 3_600_000, 'at most 1h').prefault('5min').meta({ description: 'What one package may take in all', examples: ['5min'] }),
  keep: duration().refine((value) => value >= 86_400_000, 'not less than a day').prefault('90d').meta({ description: 'How long runs and their records are kept; what a verdict, a recall or an open case rests on is kept longer', examples: ['90d'] }),
})

export interface SandboxSettings {
  mode: 'auto' | 'on' | 'off'
  /** null: the strongest that works. */
  backend: string | null
  budget: { anHour: number; atOnce: number }
  passes: readonly ('laptop' | 'ci' | 'later')[]
  /** Milliseconds. */
  time: number
  keep: number
}

export const sandboxOf = ({ budget, backend, ...rest }: z.output<typeof sandbox>): SandboxSettings =>
  ({ ...rest, backend: backend === 'auto' ? null : backend, budget: { anHour: budget.an_hour, atOnce: budget.at_once } })

const runs = (standard: 'hold' | 'behind' | 'off', description: string) => z.enum(['hold', 'behind', 'off']).prefault(standard).meta({ description })

/** What `policy.sandbox` may say: who is run, who is held for it, and what it means where nobody can be run. */
export const sandboxPolicy = z.strictObject({
  suspicious: runs('hold', 'What looks suspicious: hold it until it was run, run it behind clients\' backs, or off'),
  undetermined: runs('hold', 'What could not be judged'),
  watched: runs('hold', 'Uploads of watched actors, members of declared campaigns, whatever else the watch suspects'),
  new_hooks: runs('hold', 'What runs by itself at installation or start, and did not in the last version known here'),
  first_hooks: runs('hold', 'The same in a package of which no version is known here; held only while the release is younger than young'),
  nearly: runs('hold', 'What is clean with a score from 20 on; held only while the release is younger than young'),
  malicious: z.enum(['behind', 'off']).prefault('off').meta({ description: 'What is malicious: run for its indicators, or off' }),
  sample: z.strictObject({
    share: z.number().min(0).max(1).prefault(0.01).meta({ description: 'How much of everything else is run, 0 to 1', examples: [0.01] }),
    runs: z.enum(['hold', 'behind']).prefault('behind').meta({ description: 'Whether it is held for that' }),
  }).prefault({}).meta({ description: 'A part of everything else' }),
  young: duration().prefault('7d').meta({ description: 'How old first_hooks and nearly go on holding', examples: ['7d', 0] }),
  unavailable: z.enum(['hold', 'serve-by-static']).prefault('hold')
    .meta({ description: 'What would be held for a run that cannot be had: hold on, or serve what static examination alone would' }),
})
