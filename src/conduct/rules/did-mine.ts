import type { Severity } from '../../core/types.ts'
import { isNetwork } from '../deed.ts'
import { printable } from '../kit/decoded.ts'
import { distinct, earliest, lineOf, own } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import { chain, when } from '../kit/telling.ts'
import type { Deed } from '../deed.ts'
import type { Rule } from '../rule.ts'

/** Stratum, as the pools of Bitcoin and of Monero speak it. */
const PROTOCOL = /"mining\.(?:subscribe|authorize|submit)"|"method"\s?:\s?"(?:login|eth_submitLogin|getjob)"|stratum\+(?:tcp|ssl)/
const PROGRAM = /(?:^|[\s/])(?:xmrig|xmr-stak|minerd|cpuminer|ethminer|nbminer|t-rex|lolminer|phoenixminer|srbminer\S*|ccminer|gminer|nanominer)(?:\s|$)|stratum\+(?:tcp|ssl):|--donate-level|--coin[= ]\S+|-o\s+\S+:\d{4,5}\s+-u\s+\S{20,}/i
const POOL = /(?:^|\.)(?:minexmr|supportxmr|moneroocean|nanopool|f2pool|ethermine|2miners|nicehash|hashvault|herominers|unmineable|antpool|viabtc|flypool|dwarfpool|c3pool|poolin)\.\w+$|(?:^|[.-])(?:xmr|pool|stratum|mining|miner)[.-]/i

/** It spoke a mining pool’s language, or started what does. */
export const didMine: Rule = {
  id: 'did-mine',
  version: 1,
  why: ['Mining turns other people’s machines and power into money; build servers are the favourite.'],
  judge(scene) {
    const network = scene.deeds.filter((deed) => isNetwork(deed) && deed.whose === 'package' && deed.trust !== 'own')
    const all = distinct([...network.filter(speaks), ...own(scene, 'exec').filter((deed) => PROGRAM.test(lineOf(deed))), ...network.filter(({ host }) => POOL.test(host ?? ''))], ({ act, host }) => `${act.kind} ${host ?? act.target}`)
    const sure = all.filter((deed) => speaks(deed) || deed.act.kind === 'exec')
    const first = earliest(sure.length > 0 ? sure : all)
    if (!first) return []
    const severity: Severity = sure.length === 0 ? 'medium' : first.phase === 'execute' ? 'high' : 'critical'
    return found({ detector: this.id, behaviour: 'mining', severity, title: `${when(first)} ${first.act.kind === 'exec' ? 'started a miner' : `spoke to a mining pool at ${first.host}`}` },
      chain(scene.about, [first, ...all.filter((one) => one !== first)].slice(0, 5).map((deed) => [deed, deed.act.kind === 'exec' ? 'starts a miner' : 'speaks to a pool', 'sink'] as const)))
  },
}

const speaks = ({ act }: Deed): boolean => act.sample !== undefined && PROTOCOL.test(printable(act.sample, 2000))
