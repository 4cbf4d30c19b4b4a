import type { Action, Facts } from '../analysis/facts.ts'
import type { Severity, UnpackedPackage } from '../core/types.ts'
import type { Detector } from './detector.ts'
import { atLeast, reachOf, sureness, worse } from './kit/chains.ts'
import type { ByReach } from './kit/chains.ts'
import { evidence, shown, when } from './kit/evidence.ts'

type Binary = Facts['binaries'][number]

/** A program of the package is started. Packages that bring a tool for their users start it when they are asked. */
const STARTED: ByReach = { unasked: 'medium', loaded: 'medium', asked: 'info', called: 'info', loose: 'info' }
/** The same, with something to hide. */
const STARTED_ODD: ByReach = { unasked: 'high', loaded: 'high', asked: 'medium', called: 'medium', loose: 'medium' }

/** Wrappers around a whole program in another language, with which payloads are delivered. */
const PAYLOADS = new Set(['pyinstaller', 'cx_freeze', 'py2exe', 'nuitka', 'pkg', 'nexe', 'autoit', 'nsis', 'inno setup'])
const PACKED = new Set(['packed', 'upx', 'aspack', 'mpress', 'themida', 'vmprotect', 'petite', 'enigma', 'pyarmor'])
/** Names that promise a picture, a text or data. */
const INNOCENT = /\.(?:png|jpe?g|gif|ico|bmp|webp|svg|txt|md|rst|json|ya?ml|toml|csv|xml|html?|css|woff2?|ttf|otf|eot|pdf|mp3|mp4|wav|log|cfg|ini|lock|map)$/i
const NATIVE = new Set(['elf', 'pe', 'mach-o'])

/** A library that a program of the system is made to run, as no installer has to. */
const HOSTED: ByReach = { ...STARTED_ODD, unasked: 'critical', loaded: 'critical' }

interface Found {
  severity: Severity
  says: string
  binary: Binary
  start: Action | null
}

/** A compiled file hides what it is, or runs by itself. Native addons and tools that are started when asked are ordinary. */
export const suspiciousBinary: Detector = {
  id: 'suspicious-binary',
  version: 3,
  ecosystems: ['npm', 'pypi', 'go'],
  why: [
    'Nobody can read a compiled program in a review; who packs it or gives it a false name does not want it read by machines, either.',
    'Honest packages ship sources, and build or declare what is native.',
  ],
  detect(pkg, facts) {
    const found = facts.binaries.flatMap((binary) => judged(binary, pkg, facts)).toSorted((a, b) => worse(a.severity, b.severity))
    const [worst] = found
    if (!worst) return []
    const place = ({ binary, says }: Found) => ({ file: binary.path, lines: [0, 0] as [number, number], excerpt: `${binary.format} ${binary.kind}`, says })
    const starts = found.flatMap(({ start, binary }) => (start ? [{ ...shown(start, `${start.call} starts ${binary.path}`), role: 'sink' as const }] : []))
    return [{
      detector: suspiciousBinary.id, behaviour: 'suspicious-binary', severity: worst.severity, confidence: sureness(worst.severity, 0.85),
      title: worst.start ? `${when(worst.start)} starts ${worst.binary.path}, ${worst.says}` : `${worst.binary.path}${worst.says.startsWith('is ') ? '' : ':'} ${worst.says}`,
      evidence: evidence(place(worst), [...starts, ...found.slice(1).map(place)]),
    }]
  },
}

function judged(binary: Binary, pkg: UnpackedPackage, facts: Facts): Found[] {
  if (binary.format === 'pyc') return compiledPython(binary, pkg)
  if (!NATIVE.has(binary.format)) return []
  const oddities = oddIn(binary, pkg)
  const start = startOf(binary, facts)
  const severities = [...oddities.map(({ severity }) => severity), ...(start ? [(HOSTS.test(start.call) && binary.kind !== 'executable' ? HOSTED : oddities.length > 0 || HOSTS.test(start.call) ? STARTED_ODD : STARTED)[reachOf(start)]] : [])]
  const severity = severities.reduce<Severity>((most, one) => atLeast(most, one), 'info')
  const says = oddities[0]?.says ?? 'a program that the package brings along'
  return severity === 'info' ? [] : [{ severity, says, binary, start }]
}

interface Oddity {
  severity: Severity
  says: string
}

function oddIn(binary: Binary, pkg: UnpackedPackage): Oddity[] {
  const { path, format, kind, marks } = binary
  const odd: Oddity[] = []
  if (INNOCENT.test(path)) odd.push({ severity: 'high', says: `is called like a text or a picture, and is ${spelled(format)} ${kind}` })
  const packer = marks.find((mark) => PACKED.has(mark))
  if (packer !== undefined) odd.push({ severity: 'medium', says: `${spelled(format)} file that a packer made unreadable` })
  const payload = marks.find((mark) => PAYLOADS.has(mark))
  if (payload !== undefined && kind === 'executable') odd.push({ severity: 'low', says: `a whole program inside a wrapper (${payload})` })
  if (pkg.artifact.ref.file.endsWith('-none-any.whl') && kind !== 'object') odd.push({ severity: 'low', says: 'native code in a wheel that says it has none' })
  return odd
}

const spelled = (format: string): string => (format === 'elf' ? 'an ELF' : `a ${format === 'pe' ? 'PE' : 'Mach-O'}`)

/** The action that starts it, with the strongest trigger. */
function startOf({ path, kind }: Binary, { actions }: Facts): Action | null {
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (name.length < 3) return null
  return actions.find(({ kind: does, argument, call }) => (does === 'spawn' || does === 'execute') && argument !== null && (kind === 'executable' || HOSTS.test(call)) && named(argument, name)) ?? null
}

/** Programs of the system that run what a library holds. */
const HOSTS = /^(?:rundll32|regsvr32|odbcconf|installutil|regasm)(?:\.exe)?$/i

const named = (line: string, name: string): boolean => line.split(/[\s"',=]+/).some((word) => word === name || word.endsWith(`/${name}`) || word.endsWith(`\\${name}`))

/** Compiled files lie beside their sources, or in `__pycache__`; one without is code that nobody can read. */
function compiledPython(binary: Binary, { files }: UnpackedPackage): Found[] {
  const source = binary.path.replace(/(?:__pycache__\/)?([^/]+?)(?:\.cpython-\d+)?(?:\.opt-\d)?\.py[co]$/, '$1.py')
  if (source === binary.path || files.has(source)) return []
  const sources = [...files.keys()].filter((path) => path.endsWith('.py')).length
  const compiled = [...files.keys()].filter((path) => path.endsWith('.pyc')).length
  // Some vendors ship nothing but compiled files, and say so.
  if (sources < 2 || compiled > sources) return [{ severity: 'low', says: 'compiled Python without its source', binary, start: null }]
  return [{ severity: 'medium', says: 'compiled Python without its source, among files that have theirs', binary, start: null }]
}
