import type { Deed, Tool } from '../deed.ts'
import { isFile, isNetwork } from '../deed.ts'
import { isCallers, knownFor } from './hosts.ts'
import { readsAsClient } from './registry-client.ts'
import { MANAGERS } from './tools.ts'

/** What tools read of their users' settings, secrets among them, as their trade. */
const READS: Readonly<Record<Tool, RegExp>> = {
  npm: /\/\.npmrc$|\/npmrc$|\/\.gitconfig$/, pnpm: /\/\.npmrc$|\/pnpm\//, yarn: /\/\.(?:npmrc|yarnrc(?:\.yml)?)$/, bun: /\/\.(?:npmrc|bunfig\.toml)$/,
  pip: /\/\.(?:netrc|_netrc|pypirc)$|\/pip(?:\.conf|\/)/, uv: /\/\.netrc$|\/uv\//, poetry: /\/\.(?:netrc|pypirc)$|\/pypoetry\//, pipx: /\/\.netrc$/,
  go: /\/\.(?:netrc|gitconfig)$|\/\.config\/go\//, cargo: /\/\.cargo\//, git: /\/\.(?:gitconfig|git-credentials|netrc)$|\/\.config\/git\/|\/\.ssh\/(?:config|known_hosts|id_\w+)$/,
}

/** Own tokens that go to the own registry. */
const TOKENS = /^(?:npm|pypi|pip|netrc|registry|cargo|go|basic)/i
/** What is asked of a registry to install from it, as opposed to publishing or asking who one is. */
const ASKS_TO_ACT = /\/-\/(?:whoami|v1\/login|user\/|npm\/v1\/(?:tokens|user|hooks)|org\/|package\/[^/]+\/(?:access|collaborators|dist-tags))|\/legacy\/?$/

/** Programs of the system that list processes: what they read of all of them is theirs, what is done with their answer is not. */
const LOOKERS = /^\/(?:usr\/)?s?bin\/(?:ps|pgrep|pkill|pidof|top|htop|lsof|ss|netstat|fuser|free|w|uptime|vmstat|pstree)$/

/** Programs of the system that fetch look for a password of the host they are sent to, each in its own settings (wget(1), curl(1)). */
const FETCHERS = /^\/(?:usr\/)?bin\/(?:wget|curl|aria2c)$/
const FETCHERS_SETTINGS = /\/\.(?:netrc|wgetrc|curlrc|wget-hsts)$/

/**
 * HTTP libraries of Python do the same for every request, by themselves: the line that reads was called by another of the same library.
 * A password that then goes elsewhere is told by itself.
 */
const isForRequest = ({ target, by, stack = [] }: Deed['act']): boolean => /\/[._]netrc$/.test(target) && by !== null && /^(?:requests|aiohttp|httpx|httpie)$/.test(by.package ?? '') && stack.filter(({ package: name }) => name !== null)[1]?.package === by.package

/** Whether this is what the tool that did it always does. */
export function isHabit(deed: Deed): boolean {
  const { act, tool, whose } = deed
  if (isNetwork(deed)) return isUsualTalk(deed)
  if (act.kind === 'read' && act.target.startsWith('/proc/') && LOOKERS.test(deed.process?.program ?? '')) return true
  if (act.kind === 'read' && (isForRequest(act) || FETCHERS.test(deed.process?.program ?? '') && FETCHERS_SETTINGS.test(act.target))) return true
  if (tool === null) return false
  if (isFile(deed)) {
    if (act.kind === 'read') return Object.hasOwn(READS, tool) && (READS[tool]?.test(act.target) ?? false)
    return whose === 'tool' && MANAGERS.has(tool) || deed.place === 'temporary' || deed.place === 'home' || deed.place === 'package-code'
  }
  // libuv asks for io_uring when it starts, and does without it.
  if (act.kind === 'refused') return act.target.startsWith('io_uring') && tool !== 'cc'
  return act.kind === 'environment' || act.kind === 'sleep' || act.kind === 'signal' || act.kind === 'listen' || act.kind === 'memory'
}

/** Speaking to the registry to install from it, to the project's own home and to where builders are known to fetch from. */
function isUsualTalk({ act, trust, host, tool, whose, phase, fromMaker }: Deed): boolean {
  if (host !== null && phase === 'execute' && isCallers(host) && act.honey === undefined) return true
  if (host === null || trust === 'local' && act.honey === undefined) return true
  const carried = act.honey ?? []
  if (trust === 'own') {
    const acts = act.kind === 'request' && (ASKS_TO_ACT.test(act.target) || act.method === 'PUT' || act.method === 'DELETE' || act.method === 'POST' && !/\/-\/npm\/v1\/security\//.test(act.target))
    const manages = tool !== null && MANAGERS.has(tool)
    if (carried.length > 0 && readsAsClient(act)) return true
    return !acts && carried.every(({ token }) => manages && TOKENS.test(token)) || acts && manages && whose === 'tool' && carried.every(({ token }) => TOKENS.test(token)) && !/whoami/.test(act.target)
  }
  if (carried.length > 0) return false
  return trust === 'release' || fromMaker || knownFor(host, act) !== null
}
