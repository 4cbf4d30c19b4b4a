import type { Action, Facts } from '../analysis/facts.ts'
import type { UnpackedPackage } from '../core/types.ts'
import type { Detector } from './detector.ts'
import { atMost, chain, reachOf, worse } from './kit/chains.ts'
import type { ByReach } from './kit/chains.ts'
import { evidence, shown, when } from './kit/evidence.ts'
import { EVALUATES, running, writtenBefore } from './kit/running.ts'

/** What the hidden code is: it does things, it is there to be read, a blob holds it, or nobody can tell what it was. */
type Content = 'acts' | 'known' | 'blob' | 'unknown'

const SEVERITY: Readonly<Record<Content, ByReach>> = {
  acts: { unasked: 'critical', loaded: 'critical', asked: 'high', called: 'high', loose: 'high' },
  known: { unasked: 'critical', loaded: 'high', asked: 'medium', called: 'medium', loose: 'high' },
  blob: { unasked: 'critical', loaded: 'high', asked: 'medium', called: 'medium', loose: 'high' },
  unknown: { unasked: 'critical', loaded: 'medium', asked: 'info', called: 'info', loose: 'info' },
}

const EFFECTS = new Set<Action['kind']>(['fetch', 'connect', 'resolve', 'send', 'listen', 'execute', 'spawn', 'load', 'collect', 'write', 'delete'])
const BLOBS = new Set(['pyarmor', 'high-entropy-blob', 'many-escapes', 'hidden-unicode'])

/** Code decodes text or bytes and executes the result. */
export const runsHiddenCode: Detector = {
  id: 'runs-hidden-code',
  version: 4,
  ecosystems: ['npm', 'pypi', 'go'],
  why: [
    'Nothing honest needs to hide the code of an install hook, a build or a start-up file behind an encoding.',
    'Decoded code escapes whoever reads the source, and scanners that look for words.',
  ],
  detect(pkg, facts) {
    const runs = running(facts, 'decoded')
      // What was fetched besides is judged by its source; a file that was dropped, by what drops it.
      .filter((run) => run.kind !== 'load' && !run.from.includes('fetched') && !isPlain(run) && !(run.kind === 'spawn' && writtenBefore(run, facts)))
      .map((run) => {
        const content = contentOf(run, facts)
        // A command line into which all kinds of things went, of which little is known, or that is known where nothing decoded is, is no hidden one.
        const mixed = !EVALUATES.test(run.call) && reachOf(run) !== 'unasked'
          && (run.path.some(({ kind }) => kind === 'collect') || (run.argument ?? '…').includes('…') || run.path.every(({ kind, argument }) => kind !== 'decode' || argument === null))
        const veiled = reachOf(run) === 'loaded' && content !== 'unknown' && isVeiled(run, facts)
        if (content === 'known' && reachOf(run) !== 'unasked' && isSpelledOut(run, pkg)) return { run, content, severity: 'low' as const }
        return { run, content, severity: veiled ? 'critical' as const : mixed ? atMost(SEVERITY[content][reachOf(run)], 'medium') : SEVERITY[content][reachOf(run)] }
      })
      .sort((a, b) => worse(a.severity, b.severity))
    const [worst] = runs
    if (!worst) return []
    const { run, content, severity } = worst
    const acts = content === 'acts' ? doneBy(run, facts).map((action) => shown(action, `what was hidden: ${action.call}${action.argument ? ` ${action.argument}` : ''}`)) : []
    const more = runs.filter((one) => one.severity === severity).flatMap((one) => chain(one.run, `${one.run.call} runs what was decoded${one.run.argument ? `: ${one.run.argument}` : ''}`))
    return [{
      detector: runsHiddenCode.id, behaviour: 'hidden-code', severity, confidence: severity === 'medium' ? 0.7 : 0.9,
      title: `${when(run)} runs code that is hidden behind an encoding`,
      evidence: evidence(more[0] ?? shown(run, run.call), [...more.slice(1, 5), ...acts.slice(0, 3), ...more.slice(5)]),
    }]
  },
}

/** Every word of it can be read in the file: it was put together from what stands there, and does nothing that could be seen. */
function isSpelledOut({ argument, file }: Action, { files }: UnpackedPackage): boolean {
  const words = (argument ?? '…').match(/[\w$…]{3,}/g) ?? []
  const bytes = files.get(file)?.bytes
  if (!bytes || argument === null || argument.includes('…') || argument.length > 290 || OPAQUE.test(argument)) return false
  const text = new TextDecoder().decode(bytes.subarray(0, 1_000_000))
  return words.every((word) => text.includes(word))
}

function contentOf(run: Action, facts: Facts): Content {
  if (doneBy(run, facts).length > 0) return 'acts'
  // Nobody keeps code in a picture to have it read there.
  if (run.path.some(({ kind, argument }) => kind === 'decode' && PICTURE.test(argument ?? ''))) return 'acts'
  // A command line acts, whatever it says.
  if (!EVALUATES.test(run.call) && run.argument !== null && !run.argument.startsWith('…')) return 'acts'
  if (OPAQUE.test(run.argument ?? '')) return 'blob'
  if (run.path.some(({ kind, argument }) => kind === 'decode' && argument !== null)) return 'known'
  return facts.marks.some(({ file, value }) => file === run.file && BLOBS.has(value.kind)) ? 'blob' : 'unknown'
}

const PICTURE = /^(?!\w+:\/\/)[^\n]{1,300}\.(?:png|jpe?g|gif|ico|bmp|webp|tiff?|woff2?|ttf|otf|eot|mp[34]|wav|ogg|pdf)$/i

/** The file around it is made unreadable, too, or what is run is bytecode that stands in it. */
function isVeiled({ file, path, call }: Action, { marks }: Facts): boolean {
  const around = marks.filter((mark) => mark.file === file).map(({ value }) => value.kind)
  return EVALUATES.test(call) && (around.some((kind) => VEILS.has(kind)) || around.includes('marshal') && path.some((step) => step.call === 'marshal.loads'))
}

const VEILS = new Set(['pyarmor', 'many-escapes', 'hidden-unicode', 'homoglyph-identifiers', 'pyminifier'])

/** What the hidden code does, as far as it could be read. */
function doneBy(run: Action, facts: Facts): Action[] {
  const done = facts.actions.filter((action) => action !== run && action.hidden?.file === run.file && EFFECTS.has(action.kind))
  return [...new Map(done.map((action) => [`${action.call} ${action.argument}`, action])).values()]
}

/** How polyfills reach the constructors of functions that have no name. */
const CONSTRUCTOR = /^(?:["']use strict["'];? ?)?return \(?(?:async )?function ?\*? ?\(\) ?\{ ?\}\)?\.constructor;?$/
/** What it was before it was decoded. */
const OPAQUE = /^[\w+/=-]{40,}$/
/** Data, or a way to reach the global object: an expression that calls nothing. */
const isPlain = ({ call, argument }: Action): boolean => {
  if (!EVALUATES.test(call) || argument === null || argument.trim() === '' || OPAQUE.test(argument)) return false
  return CONSTRUCTOR.test(argument) || !argument.includes('…') && argument.length < 300 && !/[(`]|\bimport\b|\bexec\b|\bprint\b|\bnew\b|\bdel\b|[^=!<>]=[^=]/.test(argument)
}
