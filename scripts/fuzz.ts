/**
 * Attacks the readers of hostile input with mutated samples until the time is over, and says what broke and how to have it
 * again.
 *
 *   npm run fuzz -- [--seconds 60] [--seed N] [--target NAME]
 *
 * Exit status: 0 nothing broke, 1 something did.
 */
import { parseArgs } from 'node:util'
import { random } from '../test/fuzz/mutate.ts'
import { targets } from '../test/fuzz/targets.ts'

/** One step is small; what takes longer than this is as good as a crash. */
const SLOW_MS = 10_000

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string' }, target: { type: 'string' } } })
const first = Number(values.seed ?? Date.now() % 1_000_000)
const chosen = targets.filter(({ name }) => values.target === undefined || name.includes(values.target))
if (chosen.length === 0) {
  console.error(`no such target; there are: ${targets.map(({ name }) => name).join(', ')}`)
  process.exit(1)
}
const until = Date.now() + Number(values.seconds) * 1000
const broken: string[] = []
const counts = new Map(chosen.map(({ name }) => [name, { steps: 0, slowest: 0 }]))
for (let seed = first; Date.now() < until && broken.length < 10; seed++) {
  for (const target of chosen) {
    const started = performance.now()
    const again = `npm run fuzz -- --target '${target.name}' --seed ${seed} --seconds 1`
    try {
      await target.run(random(seed * 2_654_435_761))
    } catch (thrown) {
      broken.push(`${target.name}: ${thrown instanceof Error ? thrown.stack ?? thrown.message : String(thrown)}\n  again: ${again}`)
    }
    const ms = performance.now() - started
    if (ms > SLOW_MS) broken.push(`${target.name}: took ${(ms / 1000).toFixed(1)} s\n  again: ${again}`)
    const count = counts.get(target.name)
    if (count) {
      count.steps++
      count.slowest = Math.max(count.slowest, ms)
    }
  }
}
for (const [name, { steps, slowest }] of counts) console.log(`${name.padEnd(24)} ${String(steps).padStart(7)} steps, slowest ${(slowest / 1000).toFixed(2)} s`)
for (const line of broken) console.error(`\nBROKEN ${line}`)
process.exitCode = broken.length > 0 ? 1 : 0
