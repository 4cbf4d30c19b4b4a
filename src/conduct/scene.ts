import { trustOf } from '../detectors/kit/hosts.ts'
import type { Trust } from '../detectors/kit/hosts.ts'
import type { DiskChange, PassName, PhaseName, PhaseRecord, SandboxRecord } from '../sandbox/record.ts'
import type { Act, Process } from '../tracing/act.ts'
import type { About } from './about.ts'
import { NETWORK, isFile } from './deed.ts'
import type { Deed } from './deed.ts'
import { isPartOfTool } from './habits/tools.ts'
import { isHabit } from './habits/habits.ts'
import { knownFor } from './habits/hosts.ts'
import { fetchesFromMaker } from './habits/makers.ts'
import { placeTouched } from './habits/places.ts'
import { Lineage } from './lineage.ts'
import type { Standing } from './lineage.ts'

/** What rules judge: acts that may matter, in order, each with what surrounds it. */
export interface Scene {
  about: About
  /** By pass, phase and time. What tools do as their trade is left out. */
  deeds: readonly Deed[]
  /** What the package asked of its project's home and of hosts that builders are known to fetch from: no deed of interest, but for who then runs what came. */
  excused: readonly Deed[]
  phases: readonly PhaseRecord[]
  /** What was left of the phases on the disk; nothing on a machine that is watched. */
  disk: readonly (DiskChange & { pass: PassName; phase: PhaseName })[]
}

const PHASES: readonly PhaseName[] = ['install', 'import', 'execute']
/** So many acts of one kind and place, of one phase, say all there is to say; none crowds out another, nor what carries a planted secret. */
const MOST = 5_000

const MOST_EXCUSED = 200

export function sceneOf(record: SandboxRecord, about: About, only?: PassName): Scene {
  const phases = record.phases.filter(({ pass }) => only === undefined || pass === only)
    .toSorted((a, b) => record.passes.indexOf(a.pass) - record.passes.indexOf(b.pass) || PHASES.indexOf(a.phase) - PHASES.indexOf(b.phase))
  const counts = new Map<PassName, number>()
  const parts = phases.map((phase) => {
    const from = counts.get(phase.pass) ?? 0
    counts.set(phase.pass, from + phase.acts.length)
    return deedsOf(phase, about, from)
  })
  return { about, deeds: parts.flatMap(({ deeds }) => deeds), excused: parts.flatMap(({ excused }) => excused), phases, disk: phases.flatMap(({ disk, pass, phase }) => disk.map((change) => ({ ...change, pass, phase }))) }
}

function deedsOf(record: PhaseRecord, about: About, from: number): Pick<Scene, 'deeds' | 'excused'> & { deeds: Deed[] } {
  const { pass, phase } = record
  const lineage = new Lineage(about, 'package')
  const processes = new Map<number, Process>()
  for (const process of record.processes) {
    processes.set(process.pid, process)
    lineage.process(process)
  }
  const acts = record.acts.toSorted((a, b) => a.at - b.at)
  for (const act of acts) if (act.kind === 'exec' && act.done) lineage.exec(act)
  const isLoose = looseFiles(record)
  const standings = new Map<number, Standing>()
  const deeds: Deed[] = []
  const excused: Deed[] = []
  const counts = new Map<string, number>()
  for (const [index, act] of acts.entries()) {
    let standing = standings.get(act.pid)
    if (!standing) standings.set(act.pid, standing = lineage.standing(act.pid))
    const deed = deedOf(act, { about, pass, phase: isLoose(standing) ? 'execute' : phase, during: phase, order: from + index, process: processes.get(act.pid) ?? null, standing })
    if (!matters(deed)) {
      if (isExcused(deed) && excused.length < MOST_EXCUSED) excused.push(deed)
      continue
    }
    const kind = `${act.kind} ${act.honey !== undefined && act.honey.length > 0} ${deed.place ?? (act.target === '*' ? '*' : '')}`
    const count = counts.get(kind) ?? 0
    counts.set(kind, count + 1)
    if (count < MOST) deeds.push(deed)
  }
  return { deeds: withoutLegs(deeds, excused), excused }
}

/**
 * Looking up a name and connecting to it are part of the request that follows, which says what was asked: where all that was asked
 * of a shared host was the project's own, nobody else was spoken to there. A connection may be tried by both kinds of addresses; what
 * is more than that, or carries something by itself, belongs to none of the requests.
 */
function withoutLegs(deeds: readonly Deed[], excused: readonly Deed[]): Deed[] {
  const asked = Map.groupBy(excused.filter(({ act, trust, fromMaker }) => act.kind === 'request' && (trust === 'release' || fromMaker)), ({ host }) => host)
  const others = new Set(deeds.filter(({ act }) => act.kind === 'request' || act.kind === 'send').map(({ host }) => host))
  const connects = Map.groupBy(deeds.filter(({ act }) => act.kind === 'connect'), ({ host }) => host)
  const isAnswered = ({ host, act, trust }: Deed): boolean => (act.kind === 'connect' || act.kind === 'resolve') && trust === 'foreign' && (act.honey ?? []).length === 0
    && host !== null && !others.has(host) && (connects.get(host)?.length ?? 0) <= 2 * (asked.get(host)?.length ?? 0) && asked.has(host)
  return deeds.filter((deed) => !isAnswered(deed))
}

/**
 * Packages are loaded by their names first, and then file by file in a process of its own (plan/drivers/load.cjs), so that nothing
 * stays unseen: scripts for maintainers and starters of programs among them, which nobody runs by importing the package. Only the
 * first process of a phase starts these: a package that says so of a process of its own is not believed, nor one that becomes another
 * program while it runs.
 */
function looseFiles({ phase, processes, acts, dropped }: PhaseRecord): (standing: Standing) => boolean {
  const root = processes[0]?.pid
  const isLoader = (argv: readonly string[] = []): boolean => argv[2] === '--child' && argv.at(-1) === 'files' && argv[1]?.endsWith('/load.cjs') === true
  const execs = Map.groupBy(phase !== 'import' ? [] : acts.filter(({ kind, done }) => kind === 'exec' && done), ({ pid }) => pid)
  const wasAlways = (pid: number): boolean => (execs.get(pid) ?? []).every(({ argv }) => isLoader(argv)) && (execs.has(pid) || (dropped['exec'] ?? 0) === 0)
  const loose = new Set(phase !== 'import' ? [] : processes.flatMap(({ pid, parent, argv }) => (parent === root && isLoader(argv) && wasAlways(pid) ? [pid] : [])))
  return ({ line }) => loose.size > 0 && line.some((pid) => loose.has(pid))
}

interface Around {
  about: About
  pass: PassName
  phase: PhaseName
  during?: PhaseName
  order: number
  process: Process | null
  standing: Standing
}

/** Paths are no longer than this on Linux; nor do names and URLs mean anything beyond it. */
const LONGEST = 4096
function cut(act: Act): Act {
  const isLong = act.target.length > LONGEST || (act.other?.length ?? 0) > LONGEST
  const short = isLong ? { ...act, target: act.target.slice(0, LONGEST), ...(act.other === undefined ? {} : { other: act.other.slice(0, LONGEST) }) } : act
  if (!isPartOfTool(act.by?.package ?? null)) return short
  const stack = (act.stack ?? []).filter((place) => !isPartOfTool(place.package))
  return { ...short, by: stack.find((place) => place.package !== null) ?? null, stack }
}

export function deedOf(given: Act, { about, pass, phase, during = phase, order, process, standing }: Around): Deed {
  const act = cut(given)
  const network = NETWORK.has(act.kind)
  const host = network ? hostAsked(act) : null
  const by = act.by !== null && act.by.package !== null
  const trust = host === null ? null : trusted(host, act, about)
  return {
    act, key: `${pass} ${during} ${order}`, process, pass, phase, during, order, ...standing, whose: by ? 'package' : standing.whose,
    host, trust, fromMaker: trust === 'foreign' && host !== null && fetchesFromMaker(host, act, about), place: isFileAct(act) ? placeTouched(act) : host === null ? null : cloudIn(host),
  }
}

const isFileAct = (act: Act): boolean => isFile({ act } as Deed)
const CLOUD = /^(?:169\.254\.169\.254|169\.254\.170\.(?:2|23)|metadata\.google\.internal|metadata|100\.100\.100\.200|\[?fd00:ec2::254\]?)$/i
const cloudIn = (host: string): 'cloud' | null => (CLOUD.test(host) ? 'cloud' : null)

/** The name that was meant, wherever it led: in a sandbox every name leads to an address of the box. */
function hostAsked({ kind, target, name }: Act): string | null {
  if (kind === 'resolve') return clean(target)
  if (kind === 'request') {
    // A path is what a function was called with that asks for URLs.
    const host = URL.parse(target)?.hostname || name || (target.startsWith('/') ? null : target)
    return host === null ? null : clean(host)
  }
  // A socket of this machine (Unix), whose path may begin anywhere.
  if (target.startsWith('/') || target.startsWith('@') || target === '' || kind === 'connect' && !PORT.test(target) && !NAMED.test(target)) return null
  return clean(name ?? target.replace(PORT, ''))
}

const PORT = /:\d+$/
const NAMED = /^[\w.:[\]-]+$/

const clean = (host: string): string => host.toLowerCase().replace(/\.$/, '').slice(0, 300)
/** What the box answers names with (RFC 2544, RFC 4193): where the name is not known, neither is whose it was. */
const BOX = /^(?:198\.1[89]\.|\[?fd[0-9a-f]{2}:)/i
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[?::1?\]?|\[?::ffff:127\.\d+\.\d+\.\d+\]?)$/

function trusted(host: string, { kind, target }: Act, about: About): Trust {
  if (LOOPBACK.test(host) || about.names.hosts.some((name) => isMachine(host, name.toLowerCase()))) return 'local'
  if (BOX.test(host)) return 'unknown'
  const url = kind === 'request' ? target : `https://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}/`
  return trustOf(url, { manifest: about }, about)
}

/** The machine itself, as programs look up what it is called (`getfqdn`). Under anybody's domain it is a message. */
const isMachine = (host: string, name: string): boolean => host === name || host === `${name}.local` || host === `${name}.localdomain`

/** It asked for something, of somebody who is no stranger. */
export const isExcused = ({ act, whose, tool, trust, host, fromMaker }: Deed): boolean =>
  act.kind === 'request' && whose === 'package' && tool === null && (trust === 'own' || trust === 'release' || fromMaker || host !== null && knownFor(host, act) !== null)

/** Whether any rule could care. Most of what an installation does is reading code and writing it where it belongs. */
export function matters(deed: Deed): boolean {
  const { act, place } = deed
  if (act.watcher === true) return true
  if (act.honey !== undefined && act.honey.length > 0 && NETWORK.has(act.kind)) return !isHabit(deed)
  switch (act.kind) {
    case 'read': return place !== null && place !== 'temporary' && place !== 'home' && place !== 'package-code' && !isHabit(deed) || act.honey !== undefined || FACTS.test(act.target) && !isHabit(deed)
    case 'write': case 'rename': case 'link': case 'mode': case 'delete': return !isHabit(deed) && (deed.whose === 'package' || place === 'autostart')
    default: return !isHabit(deed)
  }
}

/** Where a machine says what it is. */
const FACTS = /^\/(?:etc\/(?:os-release|machine-id|hostname|passwd|lsb-release)|proc\/(?:cpuinfo|meminfo|version|uptime|\d+\/(?:status|cgroup|mountinfo|environ|cmdline|comm)|self\/(?:status|cgroup|mountinfo|environ)|1\/\w+|net\/\w+)|sys\/(?:class\/(?:dmi|net)|hypervisor|devices\/virtual\/dmi)|\.dockerenv|run\/\.containerenv|var\/lib\/dbus\/machine-id|dev\/input|dev\/video)/
