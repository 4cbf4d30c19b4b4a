import type { Severity } from '../../core/types.ts'
import { atMost } from '../../detectors/kit/chains.ts'
import { isBefore, isKin } from '../deed.ts'
import type { Deed } from '../deed.ts'
import { FEW, earliest, lineOf, own, starts, strangers } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import type { ByPhase } from '../kit/found.ts'
import { chain, when } from '../kit/telling.ts'
import type { Rule } from '../rule.ts'
import type { Scene } from '../scene.ts'

const PIPED = /\b(?:curl|wget)\b[^|;&]*\|\s*(?:sudo\s+)?(?:\S*\/)?(?:sh|bash|zsh|dash|node|python[\d.]*|perl|ruby)\b|\b(?:sh|bash)\b[^|;&]*[<$]\(\s*(?:curl|wget)\b|\biex\b.*(?:downloadstring|iwr|invoke-webrequest)/i
const SEVERITY: ByPhase = { install: 'critical', import: 'critical', execute: 'high' }

interface Chain {
  asked: Deed
  written: Deed | null
  ran: Deed
  severity: Severity
}

/** Something was asked of a stranger, and what came was run: as a file that was written, through a pipe, or from memory. */
export const didDownloadAndRun: Rule = {
  id: 'did-download-and-run',
  version: 1,
  why: ['What code fetches and runs was never in the archive that was examined.'],
  judge(scene) {
    const chains = [...throughFiles(scene), ...throughPipes(scene), ...throughMemory(scene)]
    const first = earliest(chains.map(({ ran }) => ran))
    const one = chains.find(({ ran }) => ran === first)
    if (!one || !first) return []
    return found({ detector: this.id, behaviour: 'fetch-and-run', severity: one.severity, title: `${when(first)} fetched from ${one.asked.host} and ran what came` },
      chain(scene.about, [[one.asked, `asked ${one.asked.host}`, 'source'], ...(one.written ? [[one.written, 'kept the answer', 'transform'] as const] : []), [one.ran, 'ran it', 'sink']]))
  },
}

function* throughFiles(scene: Scene): Generator<Chain> {
  const runs = own(scene, 'exec').slice(0, 2000)
  const asked = strangers(scene).filter(({ act }) => act.kind !== 'resolve')
  if (asked.length === 0) return
  for (const written of own(scene, 'write', 'rename').slice(0, 2000)) {
    const path = written.act.kind === 'rename' ? written.act.other ?? '' : written.act.target
    const ran = runs.find((run) => isBefore(written, run) && starts(run, path))
    const from = ran && asked.findLast((one) => one.pass === written.pass && isKin(one, ran) && one.order < ran.order)
    if (ran && from && !isBuilt(written)) yield { asked: from, written, ran, severity: SEVERITY[ran.phase] }
  }
}

/** What a compiler or a linker wrote was made here. */
const isBuilt = ({ tool }: Deed): boolean => tool === 'cc' || tool === 'rustc' || tool === 'go' || tool === 'cargo' || tool === 'fortran'

function* throughPipes(scene: Scene): Generator<Chain> {
  const asked = strangers(scene)
  for (const ran of own(scene, 'exec').filter((run) => PIPED.test(lineOf(run))).slice(0, FEW)) {
    const from = asked.find((one) => isBefore(ran, one) && isKin(ran, one))
    if (from) yield { asked: from, written: null, ran, severity: SEVERITY[ran.phase] }
  }
}

function* throughMemory(scene: Scene): Generator<Chain> {
  const asked = strangers(scene)
  for (const ran of own(scene, 'memory').slice(0, FEW)) {
    const from = asked.findLast((one) => isBefore(one, ran) && isKin(one, ran))
    if (from) yield { asked: from, written: null, ran, severity: atMost('critical', SEVERITY[ran.phase]) }
  }
}
