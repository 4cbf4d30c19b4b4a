import type { Action } from '../analysis/facts.ts'
import type { Detector } from './detector.ts'
import { reachOf, sureness, worse } from './kit/chains.ts'
import type { ByReach } from './kit/chains.ts'
import { evidence, shown, when } from './kit/evidence.ts'

/** A pool and a wallet in one command line, in either order: whose wallet it is stands in the package. */
const POOLED = /(?=.{0,400}\s-{1,2}(?:w|u|user|wallet|wallet-address)[ =](?:dero1|4[\dAB]|0x|bc1|ltc1|[13LXRtz])[\w.]{25,})(?=.{0,400}\s-{1,2}(?:o|r|url|pool|server|daemon-(?:rpc-)?address)[ =]\S{3,100}:\d{2,5})/i
const SEVERITY: ByReach = { unasked: 'critical', loaded: 'critical', asked: 'high', called: 'medium', loose: 'medium' }
/** For a wallet that the package names, whoever calls. */
const PAID: ByReach = { unasked: 'critical', loaded: 'critical', asked: 'high', called: 'high', loose: 'high' }
const MINERS = /\b(?:xmrig|xmr-stak|minerd|cpuminer|cgminer|ccminer|nbminer|t-rex|phoenixminer|ethminer|coinhive|cryptonight|randomx)\b|stratum\+(?:tcp|ssl|tls):\/\/|--donate-level/i

/** Code starts or fetches a program that mines cryptocurrency. */
export const mines: Detector = {
  id: 'mines',
  version: 2,
  ecosystems: ['npm', 'pypi', 'go'],
  why: ['Mining turns other people’s machines and power into money; build servers are the favourite.'],
  detect(_pkg, facts) {
    const found = facts.actions.filter(mining).map((action) => ({ action, severity: (POOLED.test(action.argument ?? '') ? PAID : SEVERITY)[reachOf(action)] })).toSorted((a, b) => worse(a.severity, b.severity))
    const [worst] = found
    if (!worst) return []
    return [{
      detector: mines.id, behaviour: 'mining', severity: worst.severity, confidence: sureness(worst.severity, 0.9),
      title: `${when(worst.action)} mines cryptocurrency`,
      evidence: evidence({ ...shown(worst.action, `${worst.action.call}: ${worst.action.argument}`), role: 'sink' },
        found.slice(1).map(({ action }) => ({ ...shown(action, `${action.call}: ${action.argument}`), role: 'sink' as const }))),
    }]
  },
}

/** Those look for miners, or end them. */
const HUNTS = /^(?:pgrep|pkill|killall|kill|grep|egrep|ps|which|where|whereis|find|tasklist|taskkill|systemctl (?:stop|disable|mask))\b/i

const mining = ({ kind, argument, call }: Action): boolean =>
  (kind === 'spawn' || kind === 'fetch' || kind === 'connect' || kind === 'execute') && !HUNTS.test(argument ?? '') && (MINERS.test(`${call} ${argument ?? ''}`) || POOLED.test(argument ?? ''))
