import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { CORPORA, print } from './command.ts'
import { APPLICATIONS, HARD, SOURCES } from './gather/applications.ts'
import { gatherGo } from './gather/go.ts'
import { gatherNpm, mostDependedOn } from './gather/npm.ts'
import { gatherSource, gatherWheels } from './gather/pypi.ts'

const HELP = `node bench/quality/gather.ts [--corpora DIR] [--what npm|pypi|go|hard]…
  downloads the benign corpora through the clients of this machine; what is there already stays`

const { values } = parseArgs({
  options: {
    corpora: { type: 'string', default: CORPORA },
    what: { type: 'string', multiple: true, default: ['npm', 'pypi', 'go', 'hard'] }, help: { type: 'boolean', default: false },
  },
})
const at = (...parts: string[]): string => join(values.corpora, ...parts)
const cache = (kind: string): string => at('cache', kind)
const say = (line: string): void => void process.stderr.write(`gather: ${line}\n`)

/** A package that does not exist any more, or not for this machine, is said and left out. */
async function attempt(what: string, work: () => unknown): Promise<void> {
  try {
    say(what)
    await work()
  } catch (thrown) {
    say(`left out: ${what}: ${thrown instanceof Error ? thrown.message.split('\n')[0] : String(thrown)}`)
  }
}

const WORK: Record<string, () => Promise<void>> = {
  async npm() {
    await attempt('the most depended-on names', () => mostDependedOn(at('npm-top.json'), 500))
    for (const group of APPLICATIONS.npm) await attempt(group.join(' '), () => gatherNpm(group, { into: at('benign/npm'), cache: cache('npm') }))
  },
  async pypi() {
    for (const group of APPLICATIONS.pypi) await attempt(group.join(' '), () => gatherWheels(group, { into: at('benign/pypi'), cache: cache('pypi') }))
    for (const name of SOURCES) await attempt(`source of ${name}`, () => gatherSource(name, { into: at('benign/pypi'), cache: cache('pypi') }))
  },
  async go() {
    for (const group of APPLICATIONS.go) await attempt(group.join(' '), () => gatherGo(group, { into: at('benign/go'), cache: cache('go') }))
  },
  async hard() {
    for (const name of HARD.npm) await attempt(name, () => gatherNpm([name], { into: at('hard/npm'), cache: cache('npm'), alone: true }))
    for (const name of HARD.pypi) await attempt(name, () => gatherWheels([name], { into: at('hard/pypi'), cache: cache('pypi'), alone: true }))
    for (const name of HARD.sources) await attempt(`source of ${name}`, () => gatherSource(name, { into: at('hard/pypi'), cache: cache('pypi') }))
  },
}

if (values.help) print(HELP)
else for (const what of values.what) await WORK[what]?.()
