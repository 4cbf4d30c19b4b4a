import type { Action } from '../analysis/facts.ts'
import type { Severity } from '../core/types.ts'
import type { Detector } from './detector.ts'
import { chain, reachOf, worse } from './kit/chains.ts'
import type { ByReach, Reach } from './kit/chains.ts'
import { evidence, when } from './kit/evidence.ts'
import { hostOf } from './kit/hosts.ts'
import type { Trust } from './kit/hosts.ts'
import { fetchedFrom } from './kit/origins.ts'
import type { Ground } from './kit/origins.ts'
import { isInstaller } from './kit/running.ts'

/** Installing from an address, or from an index of somebody's own. */
const ADDRESS: Readonly<Record<Reach, Readonly<Record<Trust, Severity>>>> = {
  unasked: { own: 'low', release: 'medium', foreign: 'critical', hostile: 'critical', unknown: 'high', local: 'info' },
  loaded: { own: 'low', release: 'low', foreign: 'critical', hostile: 'critical', unknown: 'medium', local: 'info' },
  asked: { own: 'info', release: 'info', foreign: 'low', hostile: 'high', unknown: 'info', local: 'info' },
  called: { own: 'info', release: 'info', foreign: 'low', hostile: 'medium', unknown: 'info', local: 'info' },
  loose: { own: 'info', release: 'info', foreign: 'low', hostile: 'medium', unknown: 'info', local: 'info' },
}

/** Installing by name. Careless packages do this for what they should declare. */
const NAME: ByReach = { unasked: 'medium', loaded: 'low', asked: 'info', called: 'info', loose: 'info' }

/** Options that take a word, so that it is not read as a name. */
const VALUED = /^(?:-r|--requirement|-e|--editable|-c|--constraint|-t|--target|--prefix|-C|--cwd|--dir|--root|--loglevel|--registry|-i|--index-url|--extra-index-url|-f|--find-links|--python|--platform|--cache-dir|--timeout|--retries|--proxy)$/
/** The tools themselves, and what every build needs. */
const TOOLS = /^(?:pip|setuptools|wheel|build|twine|cython|numpy|pybind11|npm|pnpm|yarn|node-gyp|corepack|poetry|uv|virtualenv|scikit-build|cmake|ninja|cffi)$/

interface Installing {
  run: Action
  severity: Severity
  says: string
  title: string
}

/** Code has a package manager install something that nobody declared. */
export const runsUnseenInstall: Detector = {
  id: 'runs-unseen-install',
  version: 2,
  ecosystems: ['npm', 'pypi', 'go'],
  why: [
    'What is declared as a dependency is resolved, locked and examined; what a hook installs is not.',
    'An archive behind an address can be another one for everybody who asks.',
  ],
  detect(pkg, facts, outside) {
    const ground = { pkg, facts, outside }
    const declared = new Set(Object.keys(pkg.manifest.dependencies).map(canonical))
    const found = facts.actions.filter(isInstaller)
      .flatMap((run) => (run.kind === 'execute' && run.from.includes('fetched') ? [byAddress(run, ground)] : run.kind === 'spawn' ? byName(run, declared) : []))
      .sort((a, b) => worse(a.severity, b.severity))
    const [worst] = found
    if (!worst) return []
    const all = found.filter((one) => one.severity === worst.severity).flatMap(({ run, says }) => chain(run, says))
    return [{
      detector: runsUnseenInstall.id, behaviour: 'run-at-install', severity: worst.severity, confidence: worst.severity === 'medium' ? 0.6 : 0.9,
      title: worst.title, evidence: evidence(all[0] ?? chain(worst.run, worst.says)[0], all.slice(1)),
    }]
  },
}

function byAddress(run: Action, ground: Ground): Installing {
  const { url, trust } = fetchedFrom(run, ground)
  const host = url === null ? null : hostOf(url)
  return {
    run, severity: ADDRESS[reachOf(run)][trust], says: `${run.call} installs from ${url ?? 'an address the code hides'}`,
    title: `${when(run)} installs a package from ${host ?? 'an address that is put together at run time'}`,
  }
}

function byName(run: Action, declared: ReadonlySet<string>): Installing[] {
  const name = namesIn(run.argument ?? '').map(canonical).find((one) => !TOOLS.test(one) && !declared.has(one))
  if (name === undefined) return []
  return [{ run, severity: NAME[reachOf(run)], says: `${run.call} installs ${name}`, title: `${when(run)} installs ${name}, which is not declared` }]
}

/** `npm i x`, `pip3 install -q x==1`: what stands behind a verb that installs, and is neither option nor address nor path. */
function namesIn(line: string): string[] {
  const words = line.split(' ')
  if (RUNNERS.test(line)) return words.slice(words[0] === 'npm' || words[0] === 'pnpm' || words[0] === 'yarn' || words[0] === 'pipx' ? 2 : 1).filter((word, index, all) => NAMED.test(word) && !VALUED.test(all[index - 1] ?? '')).slice(0, 1).filter((word) => !HABITS.test(word))
  const verb = words.findIndex((word) => word === 'install' || word === 'i' || word === 'add')
  return verb < 1 ? [] : words.slice(verb + 1).filter((word, index) => NAMED.test(word) && !VALUED.test(words[verb + index] ?? ''))
}

/** `npx x`: fetched by its name, and run. */
const RUNNERS = /^(?:(?:npx|pnpx|bunx|uvx) |(?:npm (?:exec|x)|pnpm dlx|yarn dlx|pipx run) )/
/** What hooks call by way of such a runner as a matter of course. */
const HABITS = /^(?:only-allow|husky|lint-staged|pretty-quick|commitlint|@commitlint\/cli|patch-package|simple-git-hooks|lefthook|playwright(?:-core)?|prisma|ngcc|node-gyp|skip-postinstall|force-resolutions|npm-force-resolutions|check-node-version|typescript|tsc|lerna|nx|turbo|is-ci)(?:@.*)?$/

const NAMED = /^(?:@[\w.-]+\/)?[a-z\d][\w.-]*(?:\[[\w,]*\])?(?:[=<>~!@^].*)?$/i

/** Without version and extras, in one spelling. */
const canonical = (name: string): string => name.replace(/(?<=.)[=<>~!@^[].*$/, '').toLowerCase().replace(/[-_.]+/g, '-')
