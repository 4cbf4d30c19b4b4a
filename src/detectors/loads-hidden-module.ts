import type { Action } from '../analysis/facts.ts'
import type { Severity } from '../core/types.ts'
import type { Detector } from './detector.ts'
import { atMost, carrying, chain, raised, reachOf, worse } from './kit/chains.ts'
import type { ByReach } from './kit/chains.ts'
import { evidence, when } from './kit/evidence.ts'
import { wasHidden } from './kit/running.ts'

/** Modules that start programs, ask the network, touch files or run code. */
const ABLE = new Set([
  'child_process', 'net', 'http', 'https', 'http2', 'tls', 'dgram', 'dns', 'fs', 'os', 'vm', 'worker_threads', 'cluster', 'module', 'axios', 'node-fetch', 'request', 'got', 'undici', 'ws',
  'subprocess', 'socket', 'ctypes', 'urllib', 'urllib2', 'requests', 'httpx', 'aiohttp', 'builtins', '__builtin__', 'shutil', 'pty', 'marshal', 'importlib', 'winreg', '_winreg', 'win32api', 'cffi', 'paramiko', 'ftplib', 'smtplib',
])

const SEVERITY: ByReach = { unasked: 'critical', loaded: 'high', asked: 'medium', called: 'medium', loose: 'low' }
/** A name that nobody could read is a sign, no more. */
const UNREAD: ByReach = { unasked: 'high', loaded: 'medium', asked: 'low', called: 'info', loose: 'info' }

/** Code decodes the name of a module that it loads. */
export const loadsHiddenModule: Detector = {
  id: 'loads-hidden-module',
  version: 2,
  ecosystems: ['npm', 'pypi'],
  why: [
    'The name of a module is no secret: whoever encodes it hides what the code is able to do.',
    'Bundlers and lazy loaders compute names from parts; none of them keeps `child_process` in base64.',
  ],
  detect(_pkg, facts) {
    const loads = carrying(facts.actions, ['load'], ['decoded'])
      .filter((load) => wasHidden(load) && (load.argument === null || load.argument.includes('…') || isAble(load.argument)))
      .map((load) => ({ load, severity: severityOf(load) }))
      .sort((a, b) => worse(a.severity, b.severity))
    const [worst] = loads
    const [apart] = facts.actions.filter(isApart).map((load) => ({ load, severity: APART[reachOf(load)] })).sort((a, b) => worse(a.severity, b.severity))
    if (apart && apart.severity !== 'info' && (!worst || worse(apart.severity, worst.severity) < 0)) {
      const { load, severity } = apart
      return [{
        detector: loadsHiddenModule.id, behaviour: 'hidden-code', severity, confidence: 0.9, title: `${when(load)} starts another interpreter to load a module: ${load.argument}`.slice(0, 200),
        evidence: chain(load, `${load.call} runs ${load.argument}`),
      }]
    }
    if (!worst) return []
    const { load, severity } = worst
    const all = loads.filter((one) => one.severity === severity).flatMap((one) => chain(one.load, `${one.load.call} loads ${one.load.argument ?? 'a module'}, a name that was hidden`))
    return [{
      detector: loadsHiddenModule.id, behaviour: 'hidden-code', severity, confidence: severity === 'medium' ? 0.7 : 0.9,
      title: `${when(load)} loads ${load.argument === null || load.argument.includes('…') ? 'a module whose name is' : `${load.argument}, its name`} hidden behind an encoding`,
      evidence: evidence(all[0] ?? chain(load, load.call)[0], all.slice(1)),
    }]
  },
}

/** Modules that are imported by a second interpreter: what they do there, whoever imports the package does not see. */
const APART: ByReach = { unasked: 'high', loaded: 'high', asked: 'info', called: 'info', loose: 'info' }
const isApart = ({ kind, call, argument }: Action): boolean => kind === 'execute' && /^python[\d.]*w?$/.test(call) && ONLY_IMPORTS.test(argument ?? '')
const ONLY_IMPORTS = /^(?:import warnings; ?warnings\.\w+\([^)]*\); ?)?(?:import [\w.]+|from [\w.]+ import [\w*]+)(?: import \w+)?;?\s*$/

const isAble = (name: string): boolean => ABLE.has(name.replace(/^node:/, '').split(/[./]/, 1)[0] ?? '')

/** Character codes are what minifiers and obfuscators of commercial code write, too. */
function severityOf(load: Action): Severity {
  const stated = (load.argument === null || load.argument.includes('…') ? UNREAD : SEVERITY)[reachOf(load)]
  // The function that loads was looked for by its name, too.
  const severity = /^(?:globals|locals|vars)\(\)/.test(load.call) ? raised(stated, 1) : stated
  const spelled = load.path.filter(({ kind }) => kind === 'decode')
  return spelled.length > 0 && spelled.every(({ call }) => CODES.test(call)) ? atMost(severity, 'high') : severity
}

const CODES = /^(?:String\.from(?:CharCode|CodePoint)|(?:uni)?chr)$/
