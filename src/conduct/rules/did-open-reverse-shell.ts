import { isBefore, isKin } from '../deed.ts'
import { FEW, earliest, lineOf, own, programOf, strangers } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import type { ByPhase } from '../kit/found.ts'
import { INTERPRETERS, SHELLS } from '../kit/programs.ts'
import { chain, when } from '../kit/telling.ts'
import type { Deed } from '../deed.ts'
import type { Rule } from '../rule.ts'

const SEVERITY: ByPhase = { install: 'critical', import: 'critical', execute: 'high' }
const SPELLED = /\/dev\/(?:tcp|udp)\/|\b(?:nc|ncat|netcat)\b.*\s-\w*[ec]\w*\s+\S*sh\b|\bmkfifo\b.*\b(?:nc|ncat|netcat|telnet|openssl)\b|\bsocat\b.*\bexec:|\bpty\.spawn\b|\bbash\s+-i\s*[>&0-9]+\s*&?|tcpclient.*getstream|\bdup2\s*\(/i

/** A shell was started that listens to the far end of a connection. */
export const didOpenReverseShell: Rule = {
  id: 'did-open-reverse-shell',
  version: 1,
  why: ['A shell at the far end of a connection that goes out passes most firewalls, and gives a stranger everything its user may do.'],
  judge(scene) {
    const execs = own(scene, 'exec')
    const spelled = execs.filter((deed) => (SHELLS.has(programOf(deed)) || INTERPRETERS.has(programOf(deed)) || /^(?:nc|ncat|netcat|socat)/.test(programOf(deed))) && SPELLED.test(lineOf(deed)))
    const raw = rawConnections(scene.deeds.filter(({ act }) => act.kind === 'request'), strangers(scene))
    const bare = execs.filter(isBareShell).slice(0, FEW).flatMap((shell) => {
      const socket = raw.find((one) => isBefore(one, shell) && isKin(one, shell) && shell.line.slice(0, 3).includes(one.act.pid))
      return socket ? [{ shell, socket }] : []
    })
    const first = earliest([...bare.map(({ shell }) => shell), ...spelled])
    if (!first) return []
    const socket = bare.find(({ shell }) => shell === first)?.socket ?? raw.find((one) => isKin(one, first))
    return found({ detector: this.id, behaviour: 'reverse-shell', severity: SEVERITY[first.phase], title: `${when(first)} gave ${socket?.host ?? 'a stranger'} a shell` },
      chain(scene.about, [...(socket ? [[socket, 'connects to a stranger', 'source'] as const] : []), [first, 'starts a shell on it', 'sink'] as const]))
  },
}

/** Connections over which no HTTP was spoken. */
function rawConnections(requests: readonly Deed[], all: readonly Deed[]): Deed[] {
  const asked = new Set(requests.map(({ pass, host }) => `${pass} ${host}`))
  return all.filter(({ act, pass, host }) => act.kind === 'connect' && !asked.has(`${pass} ${host}`) && !/:(?:53|443|80)$/.test(act.target))
}

/** A shell that was told nothing: it will be told by whoever is at its other end. */
function isBareShell(deed: Deed): boolean {
  const words = (deed.act.argv ?? []).slice(1)
  return SHELLS.has(programOf(deed)) && words.every((word) => /^-(?:i|l|il|s|-login|-noprofile|-norc)$/.test(word))
}
