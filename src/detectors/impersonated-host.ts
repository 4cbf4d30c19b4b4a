import type { Action, Facts } from '../analysis/facts.ts'
import type { Evidence, Outside, Severity, UnpackedPackage } from '../core/types.ts'
import type { Detector } from './detector.ts'
import { chain, reachOf, worse } from './kit/chains.ts'
import type { ByReach } from './kit/chains.ts'
import { evidence, when } from './kit/evidence.ts'
import { hostOf } from './kit/hosts.ts'
import { imitated } from './kit/imitation.ts'
import { lineOf } from './kit/lines.ts'

/** What comes from there is run or installed. */
const RUN: ByReach = { unasked: 'critical', loaded: 'critical', asked: 'high', called: 'high', loose: 'medium' }
/** The host is spoken to. */
const ASKED: ByReach = { unasked: 'high', loaded: 'high', asked: 'medium', called: 'high', loose: 'high' }
/** A file with so many names of hosts is a list, of whatever is in it. */
const LIST = 30

interface Found {
  severity: Severity
  title: string
  places: [Evidence, ...Evidence[]]
}

/** Code, a command or a requirement names a host that is made to look like a registry's, a code host's or a security vendor's. */
export const impersonatedHost: Detector = {
  id: 'impersonated-host',
  version: 4,
  ecosystems: ['npm', 'pypi', 'go'],
  why: [
    'A look-alike of the registry hides a second stage among addresses that everybody expects to see.',
    'Nobody registers a misspelt name of a security vendor to serve its customers.',
  ],
  detect(pkg, facts, outside) {
    const found = [...inActions(facts, outside), ...inRequirements(pkg, outside), ...inTexts(facts, outside)].toSorted((a, b) => worse(a.severity, b.severity))
    const [worst] = found
    if (!worst) return []
    const [first, ...rest] = worst.places
    return [{
      detector: impersonatedHost.id, behaviour: 'impersonation', severity: worst.severity, confidence: worst.severity === 'medium' || worst.severity === 'low' ? 0.75 : 0.9,
      title: worst.title, evidence: evidence(first, [...rest, ...found.slice(1).flatMap(({ places }) => places)]),
    }]
  },
}

const REACHES_OUT: ReadonlySet<Action['kind']> = new Set(['fetch', 'connect', 'resolve', 'send', 'execute', 'spawn'])

function inActions(facts: Facts, outside: Outside): Found[] {
  return facts.actions.filter(({ kind }) => REACHES_OUT.has(kind)).flatMap((action): Found[] => {
    const sources = action.path.filter(({ kind }) => kind === 'fetch').map(({ argument }) => argument)
    const mimic = [action.argument, ...sources].flatMap((text) => hostsIn(text ?? '')).map((host) => mimicked(host, outside)).find((one) => one !== null)
    if (!mimic) return []
    const runs = action.kind === 'execute' || (action.kind === 'spawn' && action.from.includes('fetched'))
    return [{
      severity: (runs ? RUN : ASKED)[reachOf(action)],
      title: `${when(action)} ${runs ? 'runs what comes from' : 'speaks to'} ${mimic.says}`,
      places: chain(action, `${action.call} ${runs ? 'runs what comes from' : 'asks'} ${mimic.host}, which is not ${mimic.of}`),
    }]
  })
}

function inRequirements(pkg: UnpackedPackage, outside: Outside): Found[] {
  return Object.entries(pkg.manifest.dependencies).flatMap(([name, spec]): Found[] => {
    const mimic = hostsIn(spec).map((host) => mimicked(host, outside)).find((one) => one !== null)
    if (!mimic) return []
    return [{
      severity: 'high', title: `depends on ${name} from ${mimic.says}`,
      places: [{ ...lineOf(pkg, spec), excerpt: `${name}: ${spec}`.slice(0, 160), says: `${mimic.host} is not ${mimic.of}` }],
    }]
  })
}

function inTexts({ indicators }: Facts, outside: Outside): Found[] {
  const named = indicators.filter(({ value }) => value.type === 'url' || value.type === 'domain')
  const many = (file: string): boolean => named.filter((one) => one.file === file).length > LIST
  return named.flatMap(({ value, file, lines, excerpt }): Found[] => {
    const host = value.type === 'domain' ? value.value : hostOf(value.value)
    const mimic = host === null ? null : mimicked(host, outside)
    if (!mimic) return []
    return [{ severity: many(file) ? 'low' : 'medium', title: `names ${mimic.says}`, places: [{ file, lines, excerpt, says: `${mimic.host} is not ${mimic.of}` }] }]
  })
}

/** Hosts of the addresses in an argument, which may be an address or a whole command line. */
function hostsIn(text: string): string[] {
  const urls = [...text.slice(0, 1000).matchAll(/[a-z][a-z+]{1,9}:\/\/[^\s"'<>|;]{3,300}/gi)].map(([url]) => url)
  return (urls.length > 0 ? urls : [text]).flatMap((url) => hostOf(url) ?? [])
}

function mimicked(host: string, outside: Outside): { host: string; of: string; says: string } | null {
  const of = imitated(host, outside)
  return of === null ? null : { host, of, says: `${host}, which imitates ${of}` }
}
