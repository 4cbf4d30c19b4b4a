import type { Action, Facts } from '../analysis/facts.ts'
import type { Evidence, PackageFile, Severity } from '../core/types.ts'
import type { Detector } from './detector.ts'
import { reachOf, sureness, worse } from './kit/chains.ts'
import { evidence, shown } from './kit/evidence.ts'
import { watch } from './kit/phrases.ts'
import type { Phrases } from './kit/phrases.ts'
import { lineAt, stretches } from './kit/texts.ts'

/** Words for whoever, or whatever, reads the code to judge it. All bounded, so that hostile text costs no more than other text. */
const ORDERS = pattern(
  String.raw`\b(?:ignore|disregard|forget|bypass) (?:all |any |every |the |your |of |these |those )*(?:previous|prior|above|earlier|preceding|existing|system|safety) (?:\w{1,12} ){0,2}(?:instructions?|prompts?|rules?|guidelines|directives|context)\b`,
  String.raw`\boverride (?:all |any |every |the |your |of |these |those )*(?:previous|prior|above|earlier|preceding|existing|system|safety) (?:\w{1,12} ){0,2}(?:instructions?|prompts?|directives)\b`,
  String.raw`\b(?:ai|llms?|gpt|claude|gemini|copilot|chatgpt|language models?|automated|security) (?:\w{1,12} )?(?:reviewers?|scanners?|agents?|models?|assistants?|analy[sz]ers?|auditors?|systems?)[,:]? (?:\w{1,12} ){0,3}(?:should|must|please|shall|are to|do not|don't|may) (?:\w{1,12} ){0,3}(?:ignore|skip|mark|classify|treat|consider|report|approve|trust|not)\b`,
  String.raw`\b(?:mark|classify|rate|label|flag|treat|consider|regard|report) (?:this|the|these|that) (?:\w{1,12} )?(?:file|code|package|module|script|library|function|sample)s? as (?:\w{1,12} )?(?:safe|benign|clean|harmless|trusted|legitimate|non-malicious|not malicious)\b`,
  String.raw`\b(?:do not|don't|must not|never|no need to) (?:(?:analy[sz]e|scan|inspect|audit|deobfuscate|decode|decompile) (?:this|the following|the code|any of this|the contents?)|(?:flag|report) (?:this|the) (?:file|code|package|module|script|library))\b`,
)
const EARLIER = ['previous ', 'prior ', 'above ', 'earlier ', 'preceding ', 'existing ', 'system ', 'safety ']
const READERS = ['reviewer', 'scanner', 'agent', 'model', 'assistant', 'analys', 'analyz', 'auditor', 'system']
const ORDERING: Phrases = {
  pattern: ORDERS,
  needs: [
    [['ignore ', 'disregard ', 'forget ', 'bypass '], EARLIER, ['instruction', 'prompt', 'rule', 'guidelines', 'directives', 'context']],
    [['override '], EARLIER, ['instruction', 'prompt', 'directive']],
    [['ai ', 'llm', 'gpt ', 'claude ', 'gemini ', 'copilot ', 'language model', 'automated ', 'security '], READERS, ['should ', 'must ', 'please ', 'shall ', 'are to ', 'do not ', "don't ", 'may ']],
    [['mark th', 'classify th', 'rate th', 'label th', 'flag th', 'treat th', 'consider th', 'regard th', 'report th'], [' as '], ['safe', 'benign', 'clean', 'harmless', 'trusted', 'legitimate', 'malicious']],
    [['analyse ', 'analyze ', 'scan ', 'inspect ', 'audit ', 'deobfuscate ', 'decode ', 'decompile ', 'flag ', 'report '].flatMap((verb) => [`${verb}th`, `${verb}any of this`])],
  ],
}
const CLAIMS = pattern(
  String.raw`\bthis (?:file|code|package|module|script|library) (?:is|was|has been) (?:\w{1,12} )?(?:100% )?(?:safe|benign|harmless|not malicious|non-malicious|virus[- ]free|malware[- ]free|whitelisted|allowlisted)\b`,
  String.raw`\b(?:approved|verified|reviewed|cleared|certified|whitelisted|signed off) by (?:the |our )?(?:\w{1,20} )?(?:security|appsec|infosec|malware|trust and safety|audit)(?: research)?(?: team| department| review)?\b`,
)
const CLAIMING: Phrases = {
  pattern: CLAIMS,
  needs: [
    [['file', 'code', 'package', 'module', 'script', 'library'].flatMap((what) => [`this ${what} is `, `this ${what} was `, `this ${what} has been `]), ['safe', 'benign', 'harmless', 'malicious', 'virus', 'malware', 'whitelisted', 'allowlisted']],
    [['approved by ', 'verified by ', 'reviewed by ', 'cleared by ', 'certified by ', 'whitelisted by ', 'signed off by '], ['security', 'appsec', 'infosec', 'malware', 'trust and safety', 'audit']],
  ],
}
/** Marks that make scanners of source code look away. */
const BLINDS = /#\s*(?:nosec|noqa|nosemgrep|pragma: no cover)|(?:\/\/|\/\*)\s*(?:nosemgrep|eslint-disable|tslint:disable|codeql\[|lgtm\b|@ts-nocheck)/i
/** Commands in files that assistants take their instructions from. */
const ASSISTANT = /(?:^|\/)(?:AGENTS|CLAUDE|GEMINI|SKILL)\.md$|(?:^|\/)\.(?:cursorrules|windsurfrules|clinerules)$|(?:^|\/)\.(?:cursor\/rules|windsurf\/rules|kiro\/steering|claude\/(?:commands|agents|skills)|github\/(?:copilot-instructions\.md|instructions\/))/
const PIPED = pattern(
  String.raw`\b(?:curl|wget|iwr|irm) [^\n|]{1,200}\| ?(?:sudo )?(?:(?:ba|z)?sh|python3?|node|iex)\b`,
  String.raw`\bbase64 (?:-d|-D|--decode)[^\n|]{0,60}\| ?(?:sudo )?(?:ba|z)?sh\b`,
)
/** Secrets that a tool wants to be told, and that nobody is to hear of. */
const WHISPERS = pattern(String.raw`(?:id_rsa|\.aws[\\/]credentials|\.npmrc|\.ssh[\\/]|\.env\b|mcp\.json|api[_ -]?keys?)[^\u0000]{0,400}\b(?:do not|don't|never|must not) (?:\w{1,12} ){0,4}(?:mention|tell|inform|notify|reveal|disclose)\b[^.\n]{0,60}\buser\b`)
const WHISPERING: Phrases = {
  pattern: WHISPERS,
  needs: [[
    ['id_rsa', '.aws', '.npmrc', '.ssh', '.env', 'mcp.json', 'apikey', 'api_key', 'api key', 'api-key'],
    ['do not ', "don't ", 'never ', 'must not '], ['mention', 'tell', 'inform', 'notify', 'reveal', 'disclose'], ['user'],
  ]],
}
/** Characters that show nowhere and that a model reads all the same: tags, variation selectors in rows, signs without width in rows. */
const UNSEEN = /[\u{E0020}-\u{E007E}]{4,}|[\u{FE00}-\u{FE0F}\u{E0100}-\u{E01EF}]{4,}|[\u200b\u200c\u2060\u2062-\u2064]{8,}/gu

function pattern(...parts: readonly string[]): RegExp {
  return new RegExp(parts.join('|'), 'gi')
}

const READ = /\.(?:[cm]?[jt]sx?|pyw?|go|sh|ps1|bat|rb|mdc?|rst|txt|cfg|toml|ya?ml)$|(?:^|\/)\.\w+rules$|(?:^|\/)[A-Z]+$/i
const PROSE = /\.(?:mdc?|rst|txt)$|(?:^|\/)[A-Z]+$/i
/** So many in one file are a list of them: whoever defends models keeps such lists. */
const LIST = 6

type Kind = 'order' | 'claim' | 'command' | 'unseen'
interface Said {
  kind: Kind
  place: Evidence
}

/** Text in the package tells those who judge it what to think. */
export const deceivesReviewers: Detector = {
  id: 'deceives-reviewers',
  version: 2,
  ecosystems: ['npm', 'pypi', 'go'],
  why: [
    'Packages are read by models before they are read by people; orders to a model have no other reader.',
    'Code that is safe does not need to say so to a scanner.',
  ],
  detect(pkg, facts) {
    const found = [...pkg.files.values()].filter(({ path }) => READ.test(path)).flatMap((file) => judged(file, facts))
    const all = [...found, ...blinded(pkg.files, facts)].toSorted((a, b) => worse(a.severity, b.severity))
    const [worst] = all
    if (!worst) return []
    return [{
      detector: deceivesReviewers.id, behaviour: 'reviewer-deception', severity: worst.severity, confidence: sureness(worst.severity, 0.85),
      title: worst.title, evidence: evidence(worst.places[0], [...worst.places.slice(1), ...all.slice(1).flatMap(({ places }) => places)]),
    }]
  },
}

interface Found {
  severity: Severity
  title: string
  places: [Evidence, ...Evidence[]]
}

function judged(file: PackageFile, facts: Facts): Found[] {
  const said = saidIn(file)
  const [first] = said.toSorted((a, b) => RANK[b.kind] - RANK[a.kind])
  if (!first) return []
  const effect = facts.actions.find((action) => action.file === file.path && isEffect(action))
  const severity = said.length >= LIST ? 'low' : gravity(first.kind, effect !== undefined, PROSE.test(file.path))
  const places: Evidence[] = said.map(({ place }) => place)
  return [{ severity, title: `${file.path} ${TITLES[first.kind]}`, places: [first.place, ...places, ...(effect ? [{ ...shown(effect, `${effect.call} runs in the same file`), role: 'sink' as const }] : [])] }]
}

const RANK: Readonly<Record<Kind, number>> = { claim: 0, command: 1, order: 2, unseen: 3 }
const TITLES: Readonly<Record<Kind, string>> = {
  order: 'gives orders to whoever analyses it', claim: 'vouches for itself', command: 'tells assistants to fetch code and run it', unseen: 'tells assistants what its readers cannot see',
}

function gravity(kind: Kind, acts: boolean, prose: boolean): Severity {
  if (kind === 'unseen') return 'high'
  if (kind === 'command') return 'medium'
  if (kind === 'order') return acts ? 'high' : 'medium'
  // A README may say that its package is safe to use; code that says so has its reviewer in mind.
  return prose ? 'info' : acts ? 'medium' : 'low'
}

export const PHRASES: readonly (readonly [Kind, Phrases])[] = [['order', ORDERING], ['order', WHISPERING], ['claim', CLAIMING]]
export const mayHold = watch(PHRASES.map(([, phrases]) => phrases))

function saidIn(file: PackageFile): Said[] {
  const forAssistants: (readonly [Kind, RegExp])[] = ASSISTANT.test(file.path) ? [['command', PIPED], ['unseen', UNSEEN]] : []
  return stretches(file).flatMap((stretch) => {
    const may = mayHold(stretch.text)
    const said = PHRASES.filter((_phrases, index) => may[index]).map(([kind, { pattern }]) => [kind, pattern] as const)
    return [...said, ...forAssistants].flatMap(([kind, phrases]) =>
      [...stretch.text.matchAll(phrases)].slice(0, LIST).map((match): Said => ({
        kind, place: { file: file.path, ...lineAt(stretch, match.index), says: kind === 'unseen' ? `${[...match[0]].length} characters that show nowhere` : `"${match[0].replace(/\s+/g, ' ').slice(0, 120)}"` },
      })))
  })
}

/** Hidden or fetched code runs on a line that scanners are told to skip. */
function blinded(files: ReadonlyMap<string, PackageFile>, { actions }: Facts): Found[] {
  const runs = actions.filter(({ kind, from }) => kind === 'execute' && (from.includes('fetched') || from.includes('decoded'))).slice(0, 50)
  return runs.flatMap((run): Found[] => {
    const file = files.get(run.file)
    const text = file ? stretches(file)[0]?.text.split('\n', run.lines[1])[run.lines[1] - 1] ?? '' : ''
    const mark = BLINDS.exec(text.slice(0, 2000))
    return mark ? [{ severity: 'medium', title: `${run.file} tells scanners to skip what runs hidden code`, places: [{ ...shown(run, `${run.call} is marked with ${mark[0]}`), role: 'sink' }] }] : []
  })
}

const isEffect = (action: Action): boolean => EFFECTS.has(action.kind) && (reachOf(action) === 'unasked' || reachOf(action) === 'loaded')
const EFFECTS: ReadonlySet<Action['kind']> = new Set(['execute', 'spawn', 'fetch', 'connect', 'send', 'collect', 'write', 'delete', 'load'])
