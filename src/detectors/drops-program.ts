import type { Action, Facts } from '../analysis/facts.ts'
import type { Severity } from '../core/types.ts'
import type { Detector } from './detector.ts'
import { atMost, chain, isBlend, reachOf, worse } from './kit/chains.ts'
import type { ByReach } from './kit/chains.ts'
import { evidence, shown, when } from './kit/evidence.ts'
import { running, sameFile, startedFile, writtenBefore } from './kit/running.ts'

type Drop = 'decoded' | 'tucked away' | 'disguised' | 'script' | 'windowless'

const SEVERITY: Readonly<Record<Drop, ByReach>> = {
  decoded: { unasked: 'critical', loaded: 'high', asked: 'medium', called: 'medium', loose: 'low' },
  'tucked away': { unasked: 'critical', loaded: 'critical', asked: 'high', called: 'medium', loose: 'medium' },
  script: { unasked: 'high', loaded: 'high', asked: 'low', called: 'low', loose: 'low' },
  windowless: { unasked: 'critical', loaded: 'critical', asked: 'medium', called: 'high', loose: 'high' },
  disguised: { unasked: 'critical', loaded: 'high', asked: 'medium', called: 'medium', loose: 'low' },
}

/** Places that are not looked at, or that start what lies in them. */
const HIDDEN = new Set<Action['touches']>(['autostart', 'shell-startup', 'system'])
const DOTTED = /(?:^|[\\/])(?:tmp|temp|shm|run)[\\/](?:[^\\/]+[\\/])*\.[\w-]/i
/** Endings of files that nobody expects to be programs. */
const DATA = /\.(?:png|jpe?g|gif|ico|bmp|svg|webp|txt|md|json|ya?ml|toml|css|html?|csv|log|dat|wav|mp[34]|ttf|woff2?|lock|map)$/i

/** Code puts a program on the machine that was not one in the archive, and starts it. */
export const dropsProgram: Detector = {
  id: 'drops-program',
  version: 3,
  ecosystems: ['npm', 'pypi', 'go'],
  why: [
    'A program that is decoded, tucked away and started is made not to be found.',
    'Packages that ship programs ship them as files, under names that say so.',
  ],
  detect(pkg, facts) {
    const drops = [...started(facts), ...disguised(facts), ...scripts(facts, pkg.artifact.ref.ecosystem !== 'npm')].sort((a, b) => worse(a.severity, b.severity))
    const [worst] = drops
    if (!worst) return []
    const { run, write, drop, severity, file } = worst
    const steps = chain(run, `${run.call} starts it${run.argument ? `: ${run.argument}` : ''}`)
    const before = write ? [{ ...shown(write, `${write.call} writes ${write.argument ?? 'a file'}`), role: 'transform' as const }] : []
    const all = [...steps.slice(0, -1), ...before, ...steps.slice(-1)]
    return [{
      detector: dropsProgram.id, behaviour: 'dropper', severity, confidence: severity === 'medium' ? 0.7 : 0.9,
      title: drop === 'disguised'
        ? `${when(run)} starts ${file ?? 'a file'}, a program under a name that says otherwise`
        : `${when(run)} writes a program ${drop === 'decoded' ? 'that was hidden behind an encoding' : drop === 'windowless' ? 'that shows no window' : `to ${write?.argument ?? 'a hidden place'}`} and starts it`,
      evidence: evidence(all[0] ?? steps[0], all.slice(1)),
    }]
  },
}

interface Dropped {
  run: Action
  write: Action | null
  drop: Drop
  severity: Severity
  file?: string
}

function started(facts: Facts): Dropped[] {
  return [...running(facts, 'decoded'), ...running(facts, 'fetched')].flatMap((run) => {
    const write = writtenBefore(run, facts)
    if (!write) return []
    const tucked = HIDDEN.has(write.touches) || DOTTED.test(write.argument ?? '')
    // What was fetched and lies in plain sight is judged by where it came from.
    if (!tucked && !run.from.includes('decoded')) return []
    const drop = tucked ? 'tucked away' : 'decoded'
    // Whoever unpacks a download into the package hides nothing: nobody knows what it was, and it stays where it was put.
    if (drop === 'decoded' && unpacked(run, write)) return [{ run, write, drop, severity: atMost(SEVERITY.decoded[reachOf(run)], 'medium') }]
    return [{ run, write, drop, severity: isBlend(run) ? atMost(SEVERITY[drop][reachOf(run)], 'medium') : SEVERITY[drop][reachOf(run)] }]
  })
}

const UNPACKS = /^(?:zlib\.\w+|gzip\.\w+|pako\.\w+|fflate\.\w+|gunzip|unzip|tar)$/
const unpacked = ({ path }: Action, { argument }: Action): boolean =>
  argument?.startsWith('<package>/') === true && path.every((step) => step.kind !== 'decode' || step.argument === null && UNPACKS.test(step.call))

function disguised(facts: Facts): Dropped[] {
  const programs = facts.binaries.filter(({ path, format, kind }) => DATA.test(path) && /^(?:elf|pe|mach-o)$/.test(format) && !/object/.test(kind))
  return programs.flatMap(({ path }) => facts.actions
    .filter(({ kind, argument }) => (kind === 'spawn' || kind === 'execute' || kind === 'load') && argument !== null && argument.includes(path.slice(path.lastIndexOf('/') + 1)))
    .map((run): Dropped => ({ run, write: null, drop: 'disguised', severity: SEVERITY.disguised[reachOf(run)], file: path })))
}

/**
 * Code that stands as text in other code, is written outside of the package and started: nobody looks for it there. Installers of
 * npm packages unpack programs, which is for others to judge.
 */
function scripts({ actions }: Facts, programs: boolean): Dropped[] {
  const writes = actions.filter(({ kind, argument }) => kind === 'write' && argument !== null && /[\\/]/.test(argument) && !argument.startsWith('<package>') && (SCRIPT.test(argument) || programs && PROGRAM.test(argument) || TEMPORARY.test(argument)))
  if (writes.length === 0) return []
  return actions.flatMap((run): Dropped[] => {
    const file = run.kind === 'spawn' || run.kind === 'execute' ? startedFile(run) : null
    const write = file === null ? undefined : writes.find(({ argument, trigger }) => sameFile(file, argument ?? '') && trigger.kind === run.trigger.kind)
    if (!write) return []
    const drop = WINDOWLESS.test(run.argument ?? '') || PROGRAM.test(file ?? '') && reachOf(run) === 'unasked' ? 'windowless' : 'script'
    return [{ run, write, drop, severity: SEVERITY[drop][reachOf(run)] }]
  }).filter(({ severity }) => severity !== 'info')
}

const SCRIPT = /\.(?:pyw?|sh|bat|cmd|ps1|vbs|hta|wsf)$/i
const TEMPORARY = /^\/tmp\/temporary-\d+$/
/** Building a package starts no Windows program that it has just written. */
const PROGRAM = /\.(?:exe|scr|bat|cmd|ps1)$/i
const WINDOWLESS = /\.(?:pyw|vbs|hta|wsf)\b|\bpythonw\b/i
