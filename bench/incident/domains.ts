import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'
import { candidates } from '../../src/core/imitation/candidates.ts'
import { Imitations } from '../../src/core/imitation/imitations.ts'
import { registered } from '../../src/core/imitation/labels.ts'
import { ENDINGS, INFRASTRUCTURE } from '../../src/core/imitation/words.ts'

/**
 * How many known imitations of real hosts are found, with how many candidates, beside dnstwist; and how many honest hosts are taken for
 * imitations. All hosts are read from files outside the repository:
 *
 *   node bench/incident/domains.ts --known KNOWN.tsv --innocent HOSTS.txt [--hosts HOSTS.txt] [--dnstwist PATH]
 *
 * `--known`: a line `imitation<TAB>real host` each; `--hosts`: further hosts to protect, one a line; `--innocent`: honest hosts, one a line.
 */
const { values } = parseArgs({ options: { known: { type: 'string' }, innocent: { type: 'string' }, hosts: { type: 'string' }, dnstwist: { type: 'string' } } })
const lines = async (file: string | undefined): Promise<string[]> => (file === undefined ? [] : (await readFile(file, 'utf8')).split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#')))

const known = (await lines(values.known)).map((line) => line.split(/\s+/) as [string, string])
const innocent = await lines(values.innocent)
const hosts = [...new Set([...known.map(([, real]) => real), ...await lines(values.hosts)])]
const domainOf = (host: string): string => registered(host).domain
const percent = (part: number, all: number): string => (all === 0 ? '-' : `${((100 * part) / all).toFixed(1)} % (${part} of ${all})`)

const guard = new Imitations(hosts)
const found = (host: string, of: string): { sure: boolean; any: boolean } => {
  const standing = new Imitations([of]).standing(host)
  const all = standing.kind === 'strange' ? standing.imitations : []
  return { sure: all.some(({ sure }) => sure), any: all.length > 0 }
}

const ours = new Map(hosts.map((host) => [host, new Set([...candidates(host)].map(({ host: name }) => name))]))
const theirs = values.dnstwist === undefined ? null : await dnstwist(values.dnstwist, false)
const theirsWithWords = values.dnstwist === undefined ? null : await dnstwist(values.dnstwist, true)

console.log(`### ${known.length} known imitations of ${new Set(known.map(([, real]) => real)).size} hosts\n`)
console.log('| | found | names for each host, mean |\n| --- | --- | --- |')
row('check, surely', known.filter(([bad, real]) => found(bad, real).sure).length, null)
row('check, or as a reason to look', known.filter(([bad, real]) => found(bad, real).any).length, null)
row('candidates', known.filter(([bad, real]) => ours.get(real)?.has(domainOf(bad))).length, ours)
if (theirs) row('dnstwist, as it comes', known.filter(([bad, real]) => theirs.get(real)?.has(domainOf(bad))).length, theirs)
if (theirsWithWords) row('dnstwist with our words and endings', known.filter(([bad, real]) => theirsWithWords.get(real)?.has(domainOf(bad))).length, theirsWithWords)
if (theirs) {
  let [recognised, all] = [0, 0]
  for (const [host, names] of theirs) {
    const alone = new Imitations([host])
    for (const name of names) {
      const standing = alone.standing(name)
      if (standing.kind === 'own') continue
      all++
      if (standing.kind === 'strange' && standing.imitations.length > 0) recognised++
    }
  }
  console.log(`\nOf dnstwist's names, check recognises ${percent(recognised, all)}.`)
}
console.log('\nNot found by check:', known.filter(([bad, real]) => !found(bad, real).any).map(([bad]) => bad.replaceAll('.', '[.]')).join(', ') || 'none')

const started = performance.now()
const alarms = innocent.map((host) => ({ host, standing: guard.standing(host) }))
const elapsed = performance.now() - started
const strange = alarms.flatMap(({ host, standing }) => (standing.kind === 'strange' && standing.imitations.length > 0 ? [{ host, of: standing.imitations[0]?.of ?? '', sure: standing.imitations.some(({ sure }) => sure), says: standing.imitations[0]?.ways[0]?.says ?? '' }] : []))
const sure = strange.filter((one) => one.sure)
console.log(`\n### ${innocent.length} honest hosts, ${hosts.length} hosts and the brands protected\n`)
console.log(`surely: ${percent(sure.length, innocent.length)}; a reason to look: ${percent(strange.length - sure.length, innocent.length)}; ${((elapsed / innocent.length) * 1_000).toFixed(0)} µs a host\n`)
for (const { host, of, says } of sure) console.log(`  ${host} → ${of}: ${says}`)
const scanning = performance.now()
for (let round = 0; round < 5; round++) for (const host of innocent) guard.surely(host)
console.log(`\nas scans ask, each host five times: ${(((performance.now() - scanning) / innocent.length / 5) * 1_000).toFixed(1)} µs`)

function row(name: string, count: number, sets: ReadonlyMap<string, ReadonlySet<string>> | null): void {
  const mean = sets === null ? '-' : Math.round([...sets.values()].reduce((sum, set) => sum + set.size, 0) / sets.size).toLocaleString('en')
  console.log(`| ${name} | ${percent(count, known.length)} | ${mean} |`)
}

/** Its permutations, none of them looked up. `words`: with the words of infrastructure as dictionary and our endings, which it has none of by itself. */
async function dnstwist(program: string, words: boolean): Promise<Map<string, Set<string>>> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-dnstwist-'))
  const run = promisify(execFile)
  try {
    await writeFile(join(folder, 'words'), [...INFRASTRUCTURE.keys()].join('\n'))
    await writeFile(join(folder, 'endings'), ENDINGS.join('\n'))
    const all = new Map<string, Set<string>>()
    for (const host of hosts) {
      const { stdout } = await run(program, ['--format', 'list', ...(words ? ['--dictionary', join(folder, 'words'), '--tld', join(folder, 'endings')] : []), host], { maxBuffer: 64 * 1024 * 1024 })
      all.set(host, new Set(stdout.split('\n').map((line) => line.trim()).filter((line) => line !== '').map(domainOf)))
      all.get(host)?.delete(domainOf(host))
    }
    return all
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
