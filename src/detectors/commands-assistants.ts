import type { Action, Facts } from '../analysis/facts.ts'
import type { PackageFile, Severity } from '../core/types.ts'
import type { Detector } from './detector.ts'
import { raised, reachOf, sureness, worse } from './kit/chains.ts'
import type { ByReach } from './kit/chains.ts'
import { evidence, shown, when } from './kit/evidence.ts'
import { lineAt, stretches } from './kit/texts.ts'

/** Tools that work with assistants start them when they are asked to. */
const SEVERITY: ByReach = { unasked: 'critical', loaded: 'high', asked: 'info', called: 'info', loose: 'low' }

/** Options with which an assistant no longer asks its user before it acts. */
const UNASKING = /--dangerously-skip-permissions|--dangerously-bypass-approvals-and-sandbox|--dangerously-allow-all|--trust-all-tools|--allow-all-tools|bypassPermissions|--yes-always|["' ]--yolo\b|--approval-mode[= "',]{1,4}yolo/g
/** What an assistant is told to look for. All bounded: hostile text costs no more than other text. */
const SEEKS = /\b(?:search|scan|find|list|look for|locate|collect|enumerate|inventory|record)\b[^\n]{0,600}\b(?:wallets?|keystore|metamask|private keys?|seed phrases?|id_rsa|\.ssh|\.npmrc|\.env\b|credentials?|secrets?|api[_ ]keys?|passwords?)/i
const CODE = /\.(?:[cm]?[jt]sx?|pyw?|go|sh|ps1)$/

/** Code has an assistant that is installed on the machine work for it, without that assistant asking anybody. */
export const commandsAssistants: Detector = {
  id: 'commands-assistants',
  version: 1,
  ecosystems: ['npm', 'pypi', 'go'],
  needs: ['does:spawn', 'does:execute'],
  why: [
    'An assistant may read what its user may read, and finds in a minute what malware would have to be written for.',
    'What it is told is prose that no scanner of code looks at, and what it does is done by a program that the machine trusts.',
  ],
  detect(pkg, facts) {
    const found = [...pkg.files.values()].filter(({ path }) => CODE.test(path)).flatMap((file) => told(file, facts)).toSorted((a, b) => worse(a.severity, b.severity))
    const [worst] = found
    if (!worst) return []
    const { run, place, option, seeks, severity } = worst
    return [{
      detector: commandsAssistants.id, behaviour: seeks ? 'credential-theft' : 'evasion', severity, confidence: sureness(severity, 0.9),
      title: `${when(run)} has an assistant work without asking (${option})${seeks ? ', and look for secrets' : ''}`,
      evidence: evidence({ ...place, says: `${option}: the assistant does not ask its user`, role: 'source' }, [{ ...shown(run, `${run.call} starts programs in the same file`), role: 'sink' }]),
    }]
  },
}

interface Told {
  run: Action
  place: { file: string; lines: [number, number]; excerpt: string }
  option: string
  seeks: boolean
  severity: Severity
}

function told(file: PackageFile, { actions }: Facts): Told[] {
  const runs = actions.filter(({ kind, file: of }) => of === file.path && (kind === 'spawn' || kind === 'execute'))
  const [run] = runs.toSorted((a, b) => worse(SEVERITY[reachOf(a)], SEVERITY[reachOf(b)]))
  if (!run) return []
  return stretches(file).flatMap((stretch): Told[] => {
    const [match] = stretch.text.matchAll(UNASKING)
    if (!match) return []
    const seeks = SEEKS.test(stretch.text)
    const severity = raised(SEVERITY[reachOf(run)], seeks ? (SEVERITY[reachOf(run)] === 'info' ? 3 : 1) : 0)
    return severity === 'info' ? [] : [{ run, place: { file: file.path, ...lineAt(stretch, match.index) }, option: match[0].replace(/^["' ]/, ''), seeks, severity }]
  })
}
