import type { Severity } from '../../core/types.ts'
import { raised } from '../../detectors/kit/chains.ts'
import { isBefore, isKin } from '../deed.ts'
import { FEW, distinct, earliest, lineOf, own, programOf, strangers } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import { INTERPRETERS, SHELLS, inlineCode } from '../kit/programs.ts'
import { chain, when } from '../kit/telling.ts'
import type { Deed } from '../deed.ts'
import type { Rule } from '../rule.ts'

/** So many calls at the same door are a habit. */
const CALLS = 3

/** It called the same stranger again and again, or ran a command line right after it had called. */
export const didTakeCommands: Rule = {
  id: 'did-take-commands',
  version: 2,
  why: ['Whoever holds the other end decides from hour to hour what the machine does.'],
  judge(scene) {
    const calls = strangers(scene).filter(({ act }) => act.kind === 'request' || act.kind === 'connect' || act.kind === 'send')
    const doors = [...Map.groupBy(calls, ({ pass, phase, act, host }) => `${pass} ${phase} ${act.kind} ${host} ${act.kind === 'request' ? act.target.split('?')[0] : ''}`).values()]
    const beacon = doors.find((deeds) => deeds.length >= CALLS && isSpread(deeds) && deeds.some(({ phase }) => phase !== 'execute')) ?? doors.find((deeds) => deeds.length >= CALLS * 2 && isSpread(deeds))
    const orders = own(scene, 'exec').filter(isOrder).slice(0, FEW).flatMap((ran) => {
      const call = calls.findLast((one) => isBefore(one, ran) && isKin(one, ran) && ran.line.slice(0, 3).includes(one.act.pid))
      return call ? [{ call, ran }] : []
    })
    const first = earliest(orders.map(({ ran }) => ran)) ?? beacon?.[0]
    if (!first) return []
    const order = orders.find(({ ran }) => ran === first)
    // What calls everything several times calls strangers again and again as well.
    const stated: Severity = order && beacon ? 'high' : 'medium'
    const severity: Severity = first.phase === 'execute' ? raised(stated, -1) : stated
    const host = order?.call.host ?? first.host
    return found({ detector: this.id, behaviour: 'remote-control', severity, title: `${when(first)} ${order ? `ran a command line after it had called ${host}` : `called ${host} again and again`}` },
      chain(scene.about, [...(order ? [[order.call, 'calls a stranger', 'source'] as const] : []), ...distinct(beacon ?? [], ({ act }) => `${act.by?.file} ${act.by?.line}`).slice(0, 3).map((deed) => [deed, `calls ${beacon?.length} times`, 'source'] as const),
        ...(order ? [[order.ran, 'runs a command line', 'sink'] as const] : [])]))
  },
}

/** Not all at once: what loads many things does so in one go. */
const isSpread = (deeds: readonly Deed[]): boolean => {
  const times = deeds.map(({ act }) => act.at).toSorted((a, b) => a - b)
  return times.slice(1).filter((at, index) => at - (times[index] ?? 0) >= 200).length >= CALLS - 1
}

const isOrder = (deed: Deed): boolean => deed.tool === null && (SHELLS.has(programOf(deed)) || INTERPRETERS.has(programOf(deed))) && inlineCode(deed.act.argv ?? []) !== null && !/\b(?:curl|wget)\b/.test(lineOf(deed))
