import type { Action, Facts } from '../analysis/facts.ts'
import type { Evidence, Severity, UnpackedPackage } from '../core/types.ts'
import type { Detector } from './detector.ts'
import { atMost, raised, reachOf, sureness, worse } from './kit/chains.ts'
import type { ByReach, Reach } from './kit/chains.ts'
import { evidence, shown, when } from './kit/evidence.ts'
import { hostOf, isAddress, trustOf } from './kit/hosts.ts'

/** Drops are web hooks, pastes, tunnels and listeners for out-of-band answers: places without an owner's name. */
const DROP: ByReach = { unasked: 'critical', loaded: 'high', asked: 'medium', called: 'low', loose: 'medium' }
/** Listeners that only show who called. */
const LISTENER: ByReach = { unasked: 'critical', loaded: 'critical', asked: 'high', called: 'high', loose: 'high' }
const LISTENERS = /(?:^|\.)(?:webhook\.site|pipedream\.net|requestbin\.(?:com|net)|requestcatcher\.com|hookbin\.com|canarytokens\.com|burpcollaborator\.net|oastify\.com|interact(?:\.sh|sh\.com)|dnslog\.cn|ceye\.io|oast\.\w+)$/
/** A bare address tells nobody whose it is, but internal tools use them, too. */
const ADDRESS: ByReach = { unasked: 'critical', loaded: 'medium', asked: 'low', called: 'low', loose: 'low' }
/** A mailbox with its key in the code is the author's own, whoever calls. */
const MAILED: ByReach = { unasked: 'critical', loaded: 'critical', asked: 'medium', called: 'high', loose: 'high' }
/** The same, with nothing seen that writes to it. */
const KEPT: ByReach = { unasked: 'critical', loaded: 'high', asked: 'medium', called: 'medium', loose: 'medium' }
/** An address that the code keeps behind an encoding. */
const VEILED: ByReach = { unasked: 'critical', loaded: 'high', asked: 'high', called: 'high', loose: 'high' }
/** A stranger is told of the installation. Building a Python package asks nobody but its registry; scripts of npm packages fetch their programs. */
const STRANGER: ByReach = { unasked: 'medium', loaded: 'low', asked: 'info', called: 'info', loose: 'info' }
/** Messengers and shorteners have more to offer than mailboxes. */
const SERVICE: ByReach = { unasked: 'high', loaded: 'medium', asked: 'low', called: 'low', loose: 'low' }
/** Addresses of networks that have no way to the outside. */
const INSIDE = /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|22[4-9]\.|2[34]\d\.|255\.|\[f[cde])/

const SERVICES = /(?:^|\.)(?:discord(?:app)?\.(?:com|net)|api\.telegram\.org|hooks\.slack\.com|bit\.ly|tinyurl\.com|is\.gd|t\.ly|cutt\.ly|rb\.gy|ipfs\.io|mega\.nz|mediafire\.com)$/
const MAILBOX = /\/api\/(?:v\d+\/)?webhooks\/\d|hooks\.slack\.com\/services\/T|api\.telegram\.org\/bot\d+:|webhook\.site\/[\da-f]{8}/
const ATTACHMENT = /\/attachments\/\d/

/** Code speaks to a place that honest projects do not speak to on their own: a drop, or an address without a name. */
export const speaksToDrop: Detector = {
  id: 'speaks-to-drop',
  version: 3,
  ecosystems: ['npm', 'pypi', 'go'],
  why: [
    'A project has a home of its own; what is taken goes to places that anybody can open and nobody answers for.',
    'A call home during installation tells an attacker who installed it, even when it carries nothing.',
  ],
  detect(pkg, facts, outside) {
    const found = facts.actions
      .filter(({ kind }) => kind === 'fetch' || kind === 'connect' || kind === 'send' || kind === 'resolve')
      // Asking a cloud which machine this is has a detector of its own.
      .filter(({ argument, touches }) => argument !== null && touches !== 'cloud')
      .flatMap((action) => {
        const trust = trustOf(action.argument, pkg, outside)
        const severity = trust === 'hostile' ? severityOf(action) : isVeiled(action, facts) ? VEILED[reachOf(action)] : trust === 'foreign' && action.kind !== 'resolve' && pkg.artifact.ref.ecosystem === 'pypi' ? STRANGER[reachOf(action)] : 'info'
        return severity === 'info' ? [] : [{ action, severity }]
      })
      .toSorted((a, b) => worse(a.severity, b.severity))
    const kept = keptIn(pkg, facts)
    const [worst] = found
    if (kept && (!worst || worse(kept.severity, worst.severity) < 0)) return [kept.finding]
    if (!worst) return []
    const { action, severity } = worst
    return [{
      detector: speaksToDrop.id, behaviour: 'suspicious-address', severity, confidence: sureness(severity, 0.85),
      title: `${when(action)} speaks to ${hostOf(action.argument ?? '') ?? action.argument}`,
      evidence: evidence({ ...shown(action, `${action.call} asks ${action.argument}`), role: 'sink' },
        found.slice(1).map(({ action: other }) => ({ ...shown(other, `${other.call} asks ${other.argument}`), role: 'sink' as const }))),
    }]
  },
}

/** Whether whom it speaks to was hidden in the same file, by more than being put together. */
const isVeiled = ({ argument, file, kind }: Action, { indicators }: Facts): boolean => kind !== 'resolve' && argument !== null && /^https?:\/\//i.test(argument)
  && indicators.some((one) => one.spelled === 'decoded' && one.value.type === 'url' && one.file === file && argument.startsWith(one.value.value))
  // A host that stands there for all to read hides nothing, whatever was put behind it.
  && !indicators.some((one) => one.spelled === 'literal' && one.file === file && hostOf(`//${one.value.value.replace(/^https?:\/\//, '')}`) === hostOf(argument))

/** A mailbox whose key stands in code, hidden or not, although no call was seen that uses it. */
function keptIn({ triggers }: UnpackedPackage, { indicators, actions }: Facts) {
  const found = indicators.filter(({ value, file, spelled }) => value.type === 'webhook' && KEYED.test(value.value) && spelled !== 'manifest' && CODE.test(file)).map((one) => {
    const inside = actions.filter(({ file }) => file === one.file)
    const reach = ORDER.find((reach) => inside.some((action) => reachOf(action) === reach) || triggers.some((trigger) => trigger.file === one.file && reachOf({ trigger }) === reach)) ?? 'loose'
    const hidden = one.spelled === 'decoded' || one.spelled === 'folded'
    return { one, severity: hidden ? raised(KEPT[reach], 1) : KEPT[reach] }
  }).toSorted((a, b) => worse(a.severity, b.severity))
  const [worst] = found
  if (!worst) return null
  const place = ({ one: { file, lines, excerpt, value } }: typeof worst): Evidence => ({ file, lines, excerpt, says: `a mailbox with its key: ${value.value}`, role: 'sink' })
  return {
    severity: worst.severity,
    finding: {
      detector: speaksToDrop.id, behaviour: 'suspicious-address' as const, severity: worst.severity, confidence: sureness(worst.severity, 0.85),
      title: `${worst.one.file} keeps the key to a mailbox at ${hostOf(worst.one.value.value) ?? 'a messenger'}`,
      evidence: evidence(place(worst), found.slice(1).map(place)),
    },
  }
}

const ORDER: readonly Reach[] = ['unasked', 'loaded', 'asked', 'called', 'loose']
const CODE = /\.(?:pyw?|[cm]?[jt]sx?|go|sh|ps1|bat)$|\.pyc$/
/** Placeholders in examples have no number of their own. */
const KEYED = /webhooks\/\d{17,}\/|\/bot\d{6}|services\/T\w{6}/

function severityOf(action: Action): Severity {
  const host = hostOf(action.argument ?? '')
  if (host !== null && INSIDE.test(host)) return 'low'
  if (host !== null && LISTENERS.test(host.replace(/:\d+$/, ''))) return LISTENER[reachOf(action)]
  if (MAILBOX.test(action.argument ?? '') && (reachOf(action) === 'unasked' || !(action.argument ?? '').includes('…'))) return MAILED[reachOf(action)]
  const service = host !== null && SERVICES.test(host) && !ATTACHMENT.test(action.argument ?? '')
  const stated = (service ? SERVICE : host !== null && isAddress(host) ? ADDRESS : DROP)[reachOf(action)]
  // A name that is looked up may be a test of the network.
  return action.kind === 'resolve' ? atMost(stated, 'high') : stated
}
