import { worse } from '../../detectors/kit/chains.ts'
import type { Severity } from '../../core/types.ts'
import { isBefore, isKin, isStrange } from '../deed.ts'
import type { Deed } from '../deed.ts'
import { isAnybodys, knownFor } from '../habits/hosts.ts'
import { configuring, isTemporary } from '../kit/configure.ts'
import { printable } from '../kit/decoded.ts'
import { FEW, earliest, lineOf, own, programOf, starts, strangers } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import { sourceTrees } from '../kit/source-tree.ts'
import type { ByPhase } from '../kit/found.ts'
import { INTERPRETERS, SHELLS } from '../kit/programs.ts'
import { chain, when } from '../kit/telling.ts'
import type { Rule } from '../rule.ts'
import type { Scene } from '../scene.ts'

const PIPED = /\b(?:curl|wget)\b[^|;&]*\|\s*(?:sudo\s+)?(?:\S*\/)?(?:sh|bash|zsh|dash|node|python[\d.]*|perl|ruby)\b|\b(?:sh|bash)\b[^|;&]*[<$]\(\s*(?:curl|wget)\b|\biex\b.*(?:downloadstring|iwr|invoke-webrequest)/i
/** What the box answers with marks that it was run, however: whoever evaluates what came leaves this (sandbox/sinkhole/answers/stage.ts). */
const RAN = /^\/.*\/\.stage-[\w.-]+$/
const SEVERITY: ByPhase = { install: 'critical', import: 'critical', execute: 'high' }
const ELSEWHERE: ByPhase = { install: 'high', import: 'high', execute: 'low' }
const OWN: ByPhase = { install: 'low', import: 'low', execute: 'info' }
const OWN_CODE: ByPhase = { install: 'medium', import: 'medium', execute: 'low' }

interface Chain {
  asked: Deed
  written: Deed | null
  ran: Deed
}

/** Something was asked of a stranger, and what came was run: as a file that was written, through a pipe, from memory or by evaluating it. */
export const didDownloadAndRun: Rule = {
  id: 'did-download-and-run',
  version: 5,
  why: ['What code fetches and runs was never in the archive that was examined.'],
  judge(scene) {
    const asked = strangers(scene)
    const isBuilt = sourceTrees(scene)
    const chains = [...chainsFrom(scene, asked), ...chainsFrom(scene, scene.excused)].map((one) => ({ ...one, severity: gravity(one, one.written !== null && isBuilt(one.written, one.ran)) })).filter(({ severity }) => severity !== 'info')
    const worst = chains.toSorted((a, b) => worse(a.severity, b.severity))[0]?.severity
    const first = earliest(chains.filter(({ severity }) => severity === worst).map(({ ran }) => ran))
    const one = chains.find(({ ran, severity }) => ran === first && severity === worst)
    if (!one || !first) return []
    return found({ detector: this.id, behaviour: 'fetch-and-run', severity: one.severity, title: `${when(first)} fetched from ${one.asked.host} and ran what came` },
      chain(scene.about, [[one.asked, `asked ${one.asked.host}`, 'source'], ...(one.written ? [[one.written, 'kept the answer', 'transform'] as const] : []), [one.ran, 'ran it', 'sink']]))
  },
}

const chainsFrom = (scene: Scene, asked: readonly Deed[]): Chain[] =>
  (asked.length === 0 ? [] : [...throughFiles(scene, asked), ...throughPipes(scene, asked), ...throughMemory(scene, asked), ...evaluated(scene, asked)])

/**
 * What a stranger sends is grave whatever it is. A program of the project itself, or of the registry, is how native programs are
 * installed; text that is run is what nobody needs to fetch. Where anybody can put things, the address says nothing: a program is
 * as good as a stranger's unless it is asked for by the machine's name, kept with the package, and so is one of those that
 * packages wrap. What only its maker can put somewhere is the maker's. Who a domain belongs to that bears the project's name, nobody has said.
 */
function gravity({ asked, written, ran }: Chain, isBuilt: boolean): Severity {
  const isCode = !isBuilt && (written === null || CODE.test(pathOf(written.act)) || INTERPRETERS.has(programOf(ran)) || SHELLS.has(programOf(ran)))
  if (asked.trust === 'release' || asked.trust === 'own') return (isCode ? OWN_CODE : OWN)[ran.phase]
  if (asked.fromMaker) return isCode ? SEVERITY[ran.phase] : OWN_CODE[ran.phase]
  if (asked.host === null || knownFor(asked.host, asked.act) === null) return SEVERITY[ran.phase]
  if (!isAnybodys(asked.host)) return 'info'
  if (isCode) return SEVERITY[ran.phase]
  return PLATFORM.test(asked.act.target) && written !== null && isKept(pathOf(written.act)) ? OWN[ran.phase] : ELSEWHERE[ran.phase]
}

const pathOf = (act: Deed['act']): string => (act.kind === 'rename' ? act.other ?? act.target : act.target)
const CODE = /\.(?:[cm]?js|py|sh|bash|rb|pl|ps1|bat|cmd|vbs|php|lua)$/i
const PLATFORM = /(?:linux|darwin|macos|osx|win(?:32|64|dows)|apple|freebsd|x86_64|x64|amd64|arm64|aarch64|i[36]86|musl|gnu)/i
/** Where packages lie, and the caches of what they fetch for themselves. */
const isKept = (path: string): boolean => /\/(?:node_modules|site-packages|dist-packages)\//.test(path) || /^\/(?:home\/[^/]+|root)\/\.cache\/[^./][^/]*\/[^.]/.test(path)

function* throughFiles(scene: Scene, all: readonly Deed[]): Generator<Chain> {
  const runs = own(scene, 'exec').slice(0, 2000)
  const isConfiguring = configuring(scene)
  const asked = all.filter(({ act }) => act.kind !== 'resolve')
  if (asked.length === 0) return
  for (const written of own(scene, 'write', 'rename').slice(0, 2000)) {
    const path = pathOf(written.act)
    const ran = runs.find((run) => isBefore(written, run) && starts(run, path))
    const from = ran && asked.findLast((one) => one.pass === written.pass && belong(one, ran) && one.order < ran.order)
    if (ran && from && !isBuilt(written) && !(isTemporary(path) && isConfiguring(written)) && !(isOther(written, path) && !isStrangers(scene, from)) && (written.tool === null || isStrange(from))) yield { asked: from, written, ran }
  }
}

/**
 * A text that is not the one which the box answers with (sandbox/sinkhole/answers/stage.ts): the package brought it, or made it, unless a
 * stranger sent something that became this.
 */
function isOther({ act: { sample } }: Deed, path: string): boolean {
  const text = sample === undefined || sample.byteLength < SHORTEST ? null : printable(sample, 4096)
  return text !== null && (sample?.[0] === 0x23 && sample[1] === 0x21 || CODE.test(path)) && !text.includes('.stage-') && !text.includes('·')
}
const SHORTEST = 16
const isStrangers = (scene: Scene, asked: Deed): boolean => !scene.excused.includes(asked)

/** Of one kin, and where functions are called, of one call: each is made in a process of its own. */
const belong = (a: Deed, b: Deed): boolean =>
  isKin(a, b) && (a.phase !== 'execute' || a.act.pid === a.top || b.act.pid === b.top || a.line.some((pid) => pid !== a.top && b.line.includes(pid)))

/** What a compiler or a linker wrote was made here. */
const isBuilt = ({ tool }: Deed): boolean => tool === 'cc' || tool === 'rustc' || tool === 'go' || tool === 'cargo' || tool === 'fortran'

function* throughPipes(scene: Scene, asked: readonly Deed[]): Generator<Chain> {
  for (const ran of own(scene, 'exec').filter((run) => PIPED.test(lineOf(run))).slice(0, FEW)) {
    const from = asked.find((one) => isBefore(ran, one) && belong(ran, one))
    if (from) yield { asked: from, written: null, ran }
  }
}

function* throughMemory(scene: Scene, asked: readonly Deed[]): Generator<Chain> {
  for (const ran of own(scene, 'memory', 'code').slice(0, FEW)) {
    const from = lastAsked(asked, ran)
    if (from) yield { asked: from, written: null, ran }
  }
}

/** A request says more than the connection it went over. */
function lastAsked(asked: readonly Deed[], ran: Deed): Deed | undefined {
  const before = asked.filter((one) => isBefore(one, ran) && belong(one, ran) && one.act.kind !== 'resolve')
  return before.findLast(({ act }) => act.kind === 'request') ?? before.at(-1)
}

/** A dependency that could not be fetched, in whose place the box's registry has a package that does nothing but say so: no stranger sent it who was not asked for it by name. */
const isStandIn = ({ by, target }: Deed['act'], { about }: Scene, asked: readonly Deed[]): boolean => by !== null && by.package !== null && by.package !== about.ref.name
  && target.endsWith(`/.stage-${by.package.replaceAll(/[^\w.-]/g, '_')}`) && !asked.some(({ act }) => act.kind === 'request' && act.target.includes(by.package?.split('/').at(-1) ?? ''))

/** Nothing was started: the answer itself ran in the process that had asked. */
function* evaluated(scene: Scene, asked: readonly Deed[]): Generator<Chain> {
  for (const ran of own(scene, 'write').filter(({ act }) => RAN.test(act.target) && !isStandIn(act, scene, asked)).slice(0, FEW)) {
    const from = lastAsked(asked, ran)
    if (from) yield { asked: from, written: null, ran }
  }
}
