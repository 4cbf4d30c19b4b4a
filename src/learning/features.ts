import type { Action, Facts, Origin } from '../analysis/facts.ts'
import type { Finding, Run, Trigger, UnpackedPackage } from '../core/types.ts'

/** Nobody asks for the first; somebody imports, starts or calls the others. */
const REACHES: Readonly<Record<Trigger['kind'], string>> = {
  'install-hook': 'unasked', startup: 'unasked', build: 'unasked', import: 'loaded', editor: 'loaded', command: 'asked', generate: 'asked', test: 'asked', call: 'called', file: 'loose',
}
const KINDS: readonly Action['kind'][] = ['fetch', 'connect', 'resolve', 'send', 'listen', 'execute', 'spawn', 'load', 'decode', 'encrypt', 'verify', 'collect', 'replace', 'write', 'delete', 'list', 'wait', 'check']
const FLOWS: readonly (readonly [Action['kind'], Origin])[] = [
  ['execute', 'fetched'], ['execute', 'decoded'], ['spawn', 'fetched'], ['spawn', 'decoded'], ['load', 'decoded'], ['write', 'fetched'], ['write', 'decoded'],
  ['send', 'host'], ['send', 'secret'], ['send', 'environment'], ['send', 'credentials'], ['send', 'browser'], ['send', 'files'], ['send', 'encoded'],
  ['collect', 'credentials'], ['collect', 'browser'], ['collect', 'wallet'], ['collect', 'messenger'], ['collect', 'host'], ['collect', 'clipboard'], ['collect', 'keystrokes'], ['collect', 'screen'],
]
const PLACES = ['autostart', 'shell-startup', 'credentials', 'browser', 'wallet', 'messenger', 'app-code', 'temporary', 'home', 'system'] as const
const INDICATORS = ['url', 'domain', 'ipv4', 'email', 'wallet', 'webhook', 'bot-token', 'onion'] as const
const MARKS = ['marshal', 'aes', 'fernet', 'pyarmor', 'jsfuck', 'packer', 'string-array', 'hidden-unicode', 'far-right', 'high-entropy-blob', 'many-escapes'] as const
const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const

/**
 * What the model sees of a package: counts of facts by how little it takes to run them, and how much code there is.
 * Nothing from outside the archive, no name and no ecosystem, so that it cannot learn who is who.
 * Counts are logarithms, log₂(1 + n), so that large packages do not drown small ones.
 */
export function featuresOf(pkg: UnpackedPackage, facts: Facts, runs: readonly Run[]): Record<string, number> {
  const features: Record<string, number> = { ...NONE }
  const count = (name: string, by = 1): void => void (features[name] = (features[name] ?? 0) + by)
  for (const action of facts.actions) {
    const reach = REACHES[action.trigger.kind]
    if (reach === undefined) continue
    const soon = reach === 'unasked' || reach === 'loaded'
    count(`${action.kind} ${soon ? reach : 'other'}`)
    for (const origin of action.from) if (`${action.kind}<${origin}> now` in features) count(`${action.kind}<${origin}> ${soon ? 'now' : 'later'}`)
    if (action.touches !== null && `touches ${action.touches}` in features) count(`touches ${action.touches}`)
    if (action.hidden) count('hidden effects')
    if (action.argument === null && (action.kind === 'execute' || action.kind === 'spawn')) count('argument unknown')
  }
  for (const { value } of facts.indicators) if (`indicator ${value.type}` in features) count(`indicator ${value.type}`)
  for (const { value } of facts.marks) if (`mark ${value.kind}` in features) count(`mark ${value.kind}`)
  for (const one of facts.hidden) count(one.code ? 'hidden code' : 'decoded texts')
  for (const finding of findingsIn(runs)) if ((SEVERITIES as readonly string[]).includes(finding.severity)) count(finding.severity, finding.confidence)
  count('binaries', facts.binaries.length)
  for (const name in features) {
    const value = features[name] as number
    if (value !== 0) features[name] = Math.log2(1 + value)
  }
  return { ...features, ...shapeOf(pkg) }
}

/** Every count at nought, in the order in which they are listed. */
const NONE: Readonly<Record<string, number>> = Object.fromEntries([
  ...KINDS.flatMap((kind) => ['unasked', 'loaded', 'other'].map((reach) => `${kind} ${reach}`)),
  ...FLOWS.flatMap(([kind, origin]) => ['now', 'later'].map((reach) => `${kind}<${origin}> ${reach}`)),
  ...PLACES.map((place) => `touches ${place}`), ...INDICATORS.map((type) => `indicator ${type}`), ...MARKS.map((mark) => `mark ${mark}`),
  ...SEVERITIES, 'hidden effects', 'decoded texts', 'hidden code', 'argument unknown', 'binaries',
].map((name) => [name, 0]))

/** What is known from elsewhere: other versions, other files, the registry, advisories. */
const ELSEWHERE: ReadonlySet<Finding['behaviour']> = new Set(['known-malicious', 'user-rule', 'change', 'archive-mismatch', 'manifest-confusion'])

function findingsIn(runs: readonly Run[]): Finding[] {
  return runs.flatMap((run) => (run.status === 'ok' ? run.findings.filter(({ behaviour }) => !ELSEWHERE.has(behaviour)) : []))
}

const CODE = /\.(?:[cm]?[jt]sx?|pyw?|go|sh|ps1|bat)$/i

/**
 * How much code there is, and what makes it run. Whether a package has tests, a licence or a long README is left out on
 * purpose: a model that sees it learns that small and careless packages are malicious.
 */
function shapeOf({ manifest, files, triggers }: UnpackedPackage): Record<string, number> {
  const code = [...files.values()].filter(({ path }) => CODE.test(path)).reduce((sum, { size }) => sum + size, 0)
  const triggered = (kind: Trigger['kind']): number => triggers.filter((trigger) => trigger.kind === kind).length
  return {
    'code bytes': Math.log2(1 + code),
    'dependencies': Math.log2(1 + Object.keys(manifest.dependencies).length),
    'install hooks': Math.log2(1 + triggered('install-hook')),
    'startup triggers': Math.log2(1 + triggered('startup')),
  }
}
