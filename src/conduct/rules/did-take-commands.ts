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
  version: 3,
  why: ['Whoever holds the other end decides from hour to hour what the machine does.'],
  judge(scene) {
    const calls = strangers(scene).filter(({ act }) => act.kind === 'request' || act.kind === 'connect' || act.kind === 'send')
    const doors = [...Map.groupBy(withoutFetches(calls), ({ pass, phase, act, host }) => `${pass} ${phase} ${act.kind} ${host} ${act.kind === 'request' ? act.target.split('?')[0] : ''}`).values()]
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

/** An archive that is fetched once more was broken, or did not come. What was fetched and run is another rule's. */
function withoutFetches(calls: readonly Deed[]): Deed[] {
  const others = new Set(calls.filter(({ act }) => act.kind !== 'connect' && !isFetch(act)).map(({ pass, host }) => `${pass} ${host}`))
  const fetched = new Set(calls.filter(({ act }) => isFetch(act)).map(({ pass, host }) => `${pass} ${host}`))
  return calls.filter(({ act, pass, host }) => !isFetch(act) && (act.kind !== 'connect' || others.has(`${pass} ${host}`) || !fetched.has(`${pass} ${host}`)))
}
const isFetch = ({ kind, method, target, bytes = 0 }: Deed['act']): boolean => kind === 'request' && (method === 'GET' || method === 'HEAD') && bytes === 0 && ARCHIVE.test(target)
const ARCHIVE = /^https:[^?#]*\.(?:tgz|tbz2?|txz|t?gz|xz|bz2|zst|zip|7z|exe|msi|dmg|pkg|deb|rpm|whl|node|md5|sha\d{1,3}(?:sums?)?|asc|sig)$/i

/** Not all at once: what loads many things does so in one go. */
const isSpread = (deeds: readonly Deed[]): boolean => {
  const times = deeds.map(({ act }) => act.at).toSorted((a, b) => a - b)
  return times.slice(1).filter((at, index) => at - (times[index] ?? 0) >= 200).length >= CALLS - 1
}

const isOrder = (deed: Deed): boolean => deed.tool === null && (SHELLS.has(programOf(deed)) || INTERPRETERS.has(programOf(deed))) && inlineCode(deed.act.argv ?? []) !== null && !BUILDS.test((inlineCode(deed.act.argv ?? []) ?? '').replaceAll(QUIET, '').trim()) && !/\b(?:curl|wget)\b/.test(lineOf(deed))

/** One command, of those that unpack, build and ask what there is to build with: what hooks go on with when what they wanted to fetch is not there. */
const BUILDS = /^(?:(?:[\w@.-]*\/){0,20}(?:node-gyp|node-pre-gyp|prebuild-install|node-gyp-build|cmake-js|cmake|configure|autoreconf|g?make|ninja|meson|gcc|g\+\+|cc|clang|pkg-config|tar|unzip|gunzip|chmod|uname|ldd|which|nproc|arch)|command -v|(?:npm|yarn|pnpm) (?:run|rebuild|root|prefix|bin|config get)|(?:npm|yarn|pnpm|node|python3?|git|java|go|rustc|cargo) (?:-v|--version|version))(?:\s+[^|;&`$<>\n]*)?$/
const QUIET = /\s*(?:[12]?>\s*\/dev\/null|2>&1)/g
