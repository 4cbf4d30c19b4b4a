import { firstSent, own, programOf } from '../kit/flow.ts'
import { decoded, printable } from '../kit/decoded.ts'
import type { Deed } from '../deed.ts'
import type { Rule } from '../rule.ts'
import { found } from '../kit/found.ts'
import { chain, when } from '../kit/telling.ts'

/** Names that every environment has. */
const NAMES = /\b(?:PATH|HOME|USER|LOGNAME|SHELL|PWD|LANG|HOSTNAME|NODE_\w+|npm_\w+|PYTHON\w+|GITHUB_\w+|CI_\w+|AWS_\w+|SHLVL|TERM)["']?\s?[=:]/g
/** Less is no environment. */
const LEAST = 200

/** All of the environment was taken, and something as large as it went out afterwards. */
export const didSendEnvironment: Rule = {
  id: 'did-send-environment',
  version: 2,
  why: ['The environment of a build holds tokens of registries, clouds and code hosts: whoever has it can act as its owner.'],
  judge(scene) {
    const takes = [...own(scene, 'environment').filter(({ act }) => act.target === '*'), ...own(scene, 'exec').filter(isDump), ...own(scene, 'read').filter(({ act }) => /^\/proc\/(?:self|\d+)\/environ$/.test(act.target))]
    const inOrder = takes.toSorted((a, b) => a.order - b.order)
    const open = firstSent(scene, inOrder, (sent) => names(sent) >= 3)
    const pair = open ?? firstSent(scene, inOrder, (sent) => (sent.act.bytes ?? sent.act.sample?.byteLength ?? 0) >= LEAST && mayHide(sent))
    if (!pair) return []
    const { deed, sent } = pair
    const severity = open ? deed.phase === 'execute' ? 'high' : 'critical' : deed.phase === 'execute' ? 'low' : 'high'
    return found({ detector: this.id, behaviour: 'exfiltration', severity, title: `${when(deed)} took the whole environment and sent ${open ? 'it' : 'something'} to ${sent.host}` },
      chain(scene.about, [[deed, 'took all variables', 'source'], [sent, open ? 'sent them' : 'sent as much as they are', 'sink']]))
  },
}

const isDump = (deed: Deed): boolean => /^(?:env|printenv)$/.test(programOf(deed)) && (deed.act.argv?.length ?? 1) === 1 || /(?:^|-c )(?:env|printenv|set)\s*(?:$|[|>])/.test((deed.act.argv ?? []).join(' ').slice(0, 2000))

/** What is open text to its end has no environment in it that would not be seen; what is packed or encrypted, whole or in part, may. */
function mayHide({ act: { sample, bytes = 0 } }: Deed): boolean {
  if (!sample || bytes > sample.byteLength) return true
  const plain = sample.filter((byte) => byte >= 32 && byte < 127 || byte === 9 || byte === 10 || byte === 13).length
  return plain < sample.byteLength || /[\w+/=-]{100}/.test(new TextDecoder('latin1').decode(sample))
}

function names({ act }: Deed): number {
  if (!act.sample) return 0
  const text = `${printable(act.sample, 4096)} ${decoded(act.sample, 4096)?.text ?? ''}`
  return new Set([...text.matchAll(NAMES)].map(([name]) => name)).size
}
