import type { Severity } from '../../core/types.ts'
import { atMost } from '../../detectors/kit/chains.ts'
import { isBefore, isKin, isSending } from '../deed.ts'
import { withoutCallers } from '../habits/hosts.ts'
import { decoded, printable } from '../kit/decoded.ts'
import { configuring } from '../kit/configure.ts'
import { isByCode } from '../kit/drivers.ts'
import { distinct, earliest, lastBefore, lineOf, programOf, strangers } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import { chain, when } from '../kit/telling.ts'
import type { About } from '../about.ts'
import type { Deed } from '../deed.ts'
import type { Rule } from '../rule.ts'
import type { Scene } from '../scene.ts'

const PROGRAMS = /^(?:whoami|id|hostname|hostnamectl|ifconfig|ip|ps|netstat|ss|arp|systeminfo|wmic|w|who|last|getent|ipconfig|dscl)$/
const FILES = /^\/(?:etc\/(?:machine-id|hostname|passwd)|proc\/net\/|sys\/class\/(?:net|dmi)|var\/lib\/dbus\/machine-id)/
/** What kind of machine it is, which whoever builds or fetches a program has to ask: none of it says whose it is. */
const KIND_PROGRAMS = /^(?:uname|lsb_release|lscpu|lspci|lsblk|df|free|uptime|sw_vers|nproc)$/
const KIND_FILES = /^\/(?:etc\/(?:os-release|lsb-release)|proc\/(?:cpuinfo|meminfo|version|uptime))/
const ECHOES = /^(?:api(?:64|4|6)?\.ipify\.org|ifconfig\.(?:me|co|io)|ipinfo\.io|icanhazip\.com|checkip\.amazonaws\.com|checkip\.dyndns\.(?:org|com)|ip-api\.com|ipecho\.net|ident\.me|api\.myip\.com|myexternalip\.com|wtfismyip\.com|ipapi\.co|freegeoip\.\w+|httpbin\.org|jsonip\.com)$/
const VARIABLES = /^(?:USER|USERNAME|LOGNAME|HOSTNAME|COMPUTERNAME|USERDOMAIN)$/
const FEWEST = 3

/** Facts of the machine were gathered, and its names went out, or something did. */
export const didProfileHost: Rule = {
  id: 'did-profile-host',
  version: 4,
  why: ['Host name, user and address tell an attacker whose machine this is and what can be taken from it.'],
  judge(scene) {
    const isConfiguring = configuring(scene)
    const copies = copiesOfEnvironment(scene)
    const facts = scene.deeds.filter((deed) => deed.whose === 'package' && (tells(deed) || isKind(deed)) && !copies.has(lineOfCode(deed)) && !isConfiguring(deed))
    const sends = strangers(scene).filter(isSending)
    const named = distinct(sends.filter((deed) => names(deed, scene.about).length > 0), ({ host, act }) => `${host} ${act.by?.file} ${act.by?.line}`)
    const first = earliest(named)
    if (first) {
      const told = names(first, scene.about)
      const source = distinct(facts.filter((fact) => isBefore(fact, first) && isKin(fact, first)))
      return found({ detector: this.id, behaviour: 'host-profiling', severity: first.phase === 'execute' ? 'low' : 'high', title: `${when(first)} told ${first.host} ${told.join(' and ')}` },
        chain(scene.about, [...source.slice(0, 4).map((deed) => [deed, 'asks what machine this is', 'source'] as const), ...named.slice(0, 3).map((deed) => [deed, `tells ${names(deed, scene.about).join(' and ')}`, 'sink'] as const)]))
    }
    const gathered = distinct(facts, factOf)
    const last = gathered.at(-1)
    if (gathered.length < FEWEST || !gathered.some(tells) || !last) return []
    const sent = sends.find((send) => lastBefore(gathered, send) !== null) ?? null
    const stated: Severity = sent ? 'medium' : 'low'
    return found({ detector: this.id, behaviour: 'host-profiling', severity: last.phase === 'execute' ? atMost(stated, 'low') : stated, title: `${when(last)} gathered ${gathered.length} facts of the machine${sent ? ` and then spoke to ${sent.host}` : ''}` },
      chain(scene.about, [...gathered.slice(0, 6).map((deed) => [deed, 'asks what machine this is', 'source'] as const), ...(sent ? [[sent, 'spoke to a stranger afterwards', 'sink'] as const] : [])]))
  },
}

/** Interpreters read some of it when they start: those count for nothing by themselves, and only where a line of code did it. */
function tells({ act, host, tool }: Deed): boolean {
  if (tool !== null) return false
  switch (act.kind) {
    case 'exec': return PROGRAMS.test(programOf({ act } as Deed))
    case 'read': return FILES.test(act.target) && isByCode(act)
    case 'request': case 'resolve': return ECHOES.test(host ?? '')
    case 'environment': return VARIABLES.test(act.target)
    default: return false
  }
}

const isKind = ({ act, tool }: Deed): boolean => tool === null
  && (act.kind === 'exec' ? KIND_PROGRAMS.test(programOf({ act } as Deed)) : act.kind === 'read' && KIND_FILES.test(act.target) && isByCode(act))

/** Lines that read one variable after the other: who hands all of them on to a child asks for none. Who takes all and sends them is another rule's. */
function copiesOfEnvironment(scene: Scene): ReadonlySet<string> {
  const lines = Map.groupBy(scene.deeds.filter(({ act }) => act.kind === 'environment'), lineOfCode)
  return new Set([...lines].filter(([, deeds]) => new Set(deeds.map(({ act }) => act.target)).size >= ALL).map(([line]) => line))
}
const ALL = 15
const lineOfCode = ({ act, pass, during }: Deed): string => (act.kind === 'environment' ? `${pass} ${during} ${act.pid} ${act.by?.package} ${act.by?.file}:${act.by?.line}` : '')

const factOf = (deed: Deed): string => (deed.act.kind === 'exec' ? lineOf(deed) : deed.host ?? deed.act.target)

/** The names of the machine that are in what was sent, once it is undone. Short names are words. */
function names({ act, phase }: Deed, { names: { users, hosts } }: About): string[] {
  const text = `${phase === 'execute' ? withoutCallers(act.target) : act.target} ${act.sample ? `${printable(act.sample, 4096)} ${decoded(act.sample, 4096)?.text ?? ''}` : ''}`.toLowerCase()
  const hex = (name: string): string => Buffer.from(name).toString('hex')
  const has = (name: string): boolean => name.length >= 4 && (text.includes(name.toLowerCase()) || text.includes(hex(name)))
  return [...(hosts.some(has) ? ['the name of the machine'] : []), ...(users.some(has) ? ['the name of its user'] : [])]
}
