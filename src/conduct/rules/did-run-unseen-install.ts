import type { Severity } from '../../core/types.ts'
import { distinct, earliest, lineOf, own, programOf } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import { chain, when } from '../kit/telling.ts'
import type { Deed } from '../deed.ts'
import type { Rule } from '../rule.ts'
import type { Scene } from '../scene.ts'

const INSTALLS = /(?:^|[\s/])(?:npm|pnpm|yarn|bun|pip[\d.]*|pipx|uv|poetry|gem|cargo|go|apt(?:-get)?|brew)(?:\.js|-cli\.js)?\s(?:\S+\s)*?(?:install|i|add|get)\s+(?<rest>.+)$/
const NPX = /(?:^|[\s/])(?:npx|pnpx|bunx|uvx)(?:-cli\.js)?\s+(?<rest>.+)$/
const REMOTE = /(?:^|\s)(?:git\+)?https?:\/\/\S+|(?:--index-url|--extra-index-url|--registry|-i)[\s=]\S+|(?:^|\s)(?:github|git):\S+/

/** The package had a package manager install another package that it does not declare. */
export const didRunUnseenInstall: Rule = {
  id: 'did-run-unseen-install',
  version: 4,
  why: ['What is declared as a dependency is resolved, locked and examined; what a hook installs is not.'],
  judge(scene) {
    const isThere = startedFromProject(scene)
    const installs = distinct(own(scene, 'exec').filter((deed) => !isShell(deed) && whatOf(deed) !== null && !isThere(deed)), lineOf)
    const first = earliest(installs)
    if (!first) return []
    const remote = installs.some((deed) => REMOTE.test(lineOf(deed)))
    const severity: Severity = first.phase === 'execute' || !remote && installs.every((deed) => isBuilder(deed)) ? 'low' : remote ? 'critical' : installs.every((deed) => isForMachine(whatOf(deed) ?? '', scene.about.ref.name)) ? 'medium' : 'high'
    return found({ detector: this.id, behaviour: 'fetch-and-run', severity, title: `${when(first)} installed ${whatOf(first)}${remote ? ' from an address of its own' : ''}, which it does not declare` },
      chain(scene.about, installs.slice(0, 5).map((deed) => [deed, 'installs another package', 'sink'] as const)))
  },
}

/** What native add-ons are built or fetched with, by these very names: examined as all that a registry gives out. */
const BUILDERS: ReadonlySet<string> = new Set(['node-gyp', 'node-pre-gyp', '@mapbox/node-pre-gyp', 'node-gyp-build', 'prebuild-install', 'cmake-js'])
const isBuilder = (deed: Deed): boolean => !INSTALLS.test(lineOf(deed)) && BUILDERS.has((whatOf(deed) ?? '').replace(/(?!^)@[\w.^~-]*$/, ''))

/** The package's own program for this machine, by its scope and name: what its optional dependencies should have brought (esbuild, napi-rs). */
function isForMachine(what: string, name: string): boolean {
  const family = name.startsWith('@') ? name.slice(0, name.indexOf('/') + 1) : `@${name}/`
  return (what.startsWith(family) || what.startsWith(`${name}-`)) && /(?:linux|darwin|win32|freebsd|android)/.test(what) && /(?:x64|arm64|arm|ia32|x86|musl|gnu)/.test(what)
}

/** `npx` and its like install only what is not there yet, and ask a registry for it then: where all requests were seen and none named it, it was. */
function startedFromProject({ phases }: Scene): (deed: Deed) => boolean {
  const asked = new Set(phases.flatMap(({ pass, phase, acts }) => acts.flatMap(({ kind, target }) => (kind === 'request' ? namesIn(target).map((name) => `${pass} ${phase} ${name}`) : []))))
  return (deed) => {
    const line = lineOf(deed)
    if (phases.length === 0 || INSTALLS.test(line) || !NPX.test(line) || REMOTE.test(line)) return false
    const name = (whatOf(deed) ?? '').replace(/(?!^)@[^/]*$/, '')
    return !asked.has(`${deed.pass} ${deed.during} ${name}`)
  }
}

/** Each part of a path, and each with the next, as names of scoped packages are. */
function namesIn(url: string): string[] {
  const parts = (url.slice(0, LONGEST).replaceAll(/%2f/gi, '/').split(/[?#]/)[0] ?? '').split('/')
  return parts.flatMap((part, index) => [part, `${part}/${parts[index + 1] ?? ''}`])
}
const LONGEST = 500

/** It asks for a setting: the first word that is no option says what is to be done. */
const ASKS = /^(?!\S*(?:npx|pnpx|bunx|uvx)(?:-cli\.js)?\s)(?:\S*node(?:js)?\s+|\S*python[\d.]*\s+-m\s+)?\S+\s+(?:-\S+\s+)*(?:config|c)\s+(?:get|ls|list)\b/

/** No option, number, file or folder: names come last, behind options and what these take. */
const NAME = /^(?![-./~]|\d+$)\S+/

/** Build isolation of pip installs what a project declares for its build; those have no package of their own above them. */
const isShell = (deed: Deed): boolean => /^(?:sh|bash|dash|env)$/.test(programOf(deed))
function whatOf(deed: Deed): string | null {
  const line = lineOf(deed)
  if (ASKS.test(line)) return null
  const installs = INSTALLS.exec(line)
  const words = ((installs ?? NPX.exec(line))?.groups?.rest ?? '').split(/\s+/).filter((word) => NAME.test(word))
  return (installs ? words.at(-1) : words[0])?.slice(0, 200) ?? null
}
