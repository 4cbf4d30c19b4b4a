import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { table } from '../quality/markdown.ts'
import type { Variant } from './identity-case-b.ts'
import type { Seen } from './identity-look.ts'
import type { Pair } from './identity-pairs.ts'

interface PairSeen { pair: Pair; seen: Seen }
interface Results { twins: readonly PairSeen[]; strangers: readonly PairSeen[]; variants: readonly { variant: Variant; seen: Seen }[] }

const spelled = ({ younger, npm, pypi }: Pair): string => (younger === 'npm' ? `npm:${npm.name} after pypi:${pypi.name}` : `pypi:${pypi.name} after npm:${npm.name}`)

function pairTable(all: readonly PairSeen[]): string {
  const of = (level: Seen['level']): number => all.filter(({ seen }) => seen.level === level).length
  const rows = all.map(({ pair, seen }) => [spelled(pair), pair.at, pair[pair.younger].version, pair[pair.younger === 'npm' ? 'pypi' : 'npm'].version, seen.relation, seen.level, seen.relation === 'stranger' ? String(seen.weight) : ''])
  return `${table(['', 'alarm', 'note', 'none'], [[`of ${all.length}`, String(of('alarm')), String(of('note')), String(of('none'))]])}

<details><summary>each</summary>

${table(['pair', 'day', 'version', 'the other\'s', 'taken for', 'level', 'weight'], rows)}

</details>`
}

export function section({ twins, strangers, variants }: Results): string {
  const rows = variants.map(({ variant, seen }) => [variant.says, seen.level === variant.expected ? seen.level : `**${seen.level}**, not ${variant.expected}`, seen.holds ? 'held' : '', seen.signals.join(', '), variant.why])
  return `## The same name at another registry

### Case B and its variants

${table(['a stranger takes the name', 'level', '', 'signals', ''], rows)}

### Pairs that belong together, when the younger one was new

${pairTable(twins)}

### Pairs that share a word

${pairTable(strangers)}`
}

const BEGIN = '<!-- identity: written by bench/watch/identity.ts -->'
const END = '<!-- end of identity -->'

/** Replaces the section in the results, or adds it. */
export function recordSection(text: string): void {
  const file = new URL('../RESULTS.md', import.meta.url)
  const results = existsSync(file) ? readFileSync(file, 'utf8') : '# Results\n'
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  const block = [BEGIN, text, `\`node bench/watch/identity.ts --write\`, ${new Date().toISOString().slice(0, 10)}, commit ${commit}. Documents are typed from memory in the registries' shapes.`, END].join('\n\n')
  const from = results.indexOf(BEGIN)
  const to = results.indexOf(END)
  writeFileSync(file, from >= 0 && to > from ? results.slice(0, from) + block + results.slice(to + END.length) : `${results.trimEnd()}\n\n${block}\n`)
}
