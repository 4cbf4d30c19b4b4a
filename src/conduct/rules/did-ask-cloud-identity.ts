import type { Severity } from '../../core/types.ts'
import { raised } from '../../detectors/kit/chains.ts'
import { isNetwork } from '../deed.ts'
import type { Rule } from '../rule.ts'
import { distinct, earliest, firstSent } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import type { ByPhase } from '../kit/found.ts'
import { chain, when } from '../kit/telling.ts'

const SEVERITY: ByPhase = { install: 'high', import: 'high', execute: 'low' }
const KEYS = /security-credentials|service-accounts|identity\/oauth2|\/v2\/credentials|api\/token/

/** The address was asked at which a cloud tells its machines who they are. SDKs do so when they are called. */
export const didAskCloudIdentity: Rule = {
  id: 'did-ask-cloud-identity',
  version: 2,
  why: ['The answer holds keys with the rights of the machine.'],
  judge(scene) {
    const asks = distinct(scene.deeds.filter((deed) => isNetwork(deed) && deed.place === 'cloud' && deed.whose === 'package'))
    const first = earliest(asks)
    if (!first) return []
    const sent = firstSent(scene, asks)?.sent ?? null
    const keys = asks.some(({ act }) => KEYS.test(act.target))
    // Whoever calls an SDK has it ask for keys, and use them.
    const severity: Severity = first.phase === 'execute' ? SEVERITY.execute : raised(SEVERITY[first.phase], sent && keys ? 1 : 0)
    return found({ detector: this.id, behaviour: 'cloud-theft', severity, title: `${when(first)} asked the cloud for the machine’s ${keys ? 'keys' : 'identity'}${sent ? ` and then spoke to ${sent.host}` : ''}` },
      chain(scene.about, [...asks.slice(0, 5).map((deed) => [deed, 'asks for the machine’s identity', 'source'] as const), ...(sent ? [[sent, 'spoke to a stranger afterwards', 'sink'] as const] : [])]))
  },
}
