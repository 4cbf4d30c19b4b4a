import type { Action } from '../analysis/facts.ts'
import type { Severity } from '../core/types.ts'
import type { Detector } from './detector.ts'
import { chain, reachOf, worse } from './kit/chains.ts'
import type { ByReach, Reach } from './kit/chains.ts'
import { evidence, shown, when } from './kit/evidence.ts'
import { hostOf } from './kit/hosts.ts'
import type { Trust } from './kit/hosts.ts'
import { sentTo } from './kit/origins.ts'
import type { Ground } from './kit/origins.ts'

/** A shell whose input and output are a socket: nothing else it could be for. */
const GIVEN: ByReach = { unasked: 'critical', loaded: 'critical', asked: 'high', called: 'high', loose: 'high' }

/** A connection, and a shell without a command, in the same file: terminals for browsers look like that, when somebody calls them. */
const BESIDE: Readonly<Record<Reach, Readonly<Record<Trust, Severity>>>> = {
  unasked: { own: 'high', release: 'high', foreign: 'critical', hostile: 'critical', unknown: 'critical', local: 'critical' },
  loaded: { own: 'medium', release: 'medium', foreign: 'critical', hostile: 'critical', unknown: 'high', local: 'medium' },
  asked: { own: 'info', release: 'low', foreign: 'medium', hostile: 'high', unknown: 'low', local: 'info' },
  called: { own: 'info', release: 'info', foreign: 'medium', hostile: 'high', unknown: 'low', local: 'info' },
  loose: { own: 'info', release: 'info', foreign: 'medium', hostile: 'high', unknown: 'info', local: 'info' },
}

/** A port that is opened, and such a shell: whoever finds the port has it. */
const WAITING: ByReach = { unasked: 'critical', loaded: 'critical', asked: 'low', called: 'info', loose: 'info' }

const SHELL = /^(?:\/(?:usr\/)?bin\/)?(?:(?:ba|z|da|k|c)?sh|cmd(?:\.exe)?|powershell(?:\.exe)?|pwsh)(?: -(?:i|l|li|il|noprofile|nop))*$/i
const GIVES_AWAY = /(?:^|\s)-[a-z]*[ec]\s+\S*(?:sh|cmd|powershell)|--(?:sh-)?exec|\b(?:EXEC|SYSTEM):/i

interface Found {
  severity: Severity
  shell: Action
  to: string | null
  connection: Action | null
}

/** Code connects to somebody and gives them a shell. */
export const reverseShell: Detector = {
  id: 'reverse-shell',
  version: 3,
  ecosystems: ['npm', 'pypi', 'go'],
  needs: ['does:execute', 'does:spawn'],
  why: ['A shell at the far end of a connection that goes out passes most firewalls, and gives a stranger everything its user may do.'],
  detect(pkg, facts, outside) {
    const ground = { pkg, facts, outside }
    const given = facts.actions.filter(isGiven).map((shell): Found => ({
      shell, severity: GIVEN[reachOf(shell)], to: shell.path.find(({ kind }) => kind === 'fetch')?.argument ?? null, connection: null,
    }))
    const [worst] = [...given, ...facts.actions.filter(isShell).flatMap((shell) => beside(shell, ground))].sort((a, b) => worse(a.severity, b.severity))
    if (!worst) return []
    const { shell, severity, connection, to } = worst
    const steps = chain(shell, `${shell.call} starts a shell${shell.argument ? `: ${shell.argument}` : ''}`)
    const all = connection ? [{ ...shown(connection, `${connection.call} ${connection.kind === 'listen' ? 'waits' : 'connects'}${connection.argument ? ` to ${connection.argument}` : ''}`), role: 'source' as const }, ...steps] : steps
    const host = to === null ? null : hostOf(to.replace(/^(?:tcp|udp):/, '')) ?? hostOf(to)
    return [{
      detector: reverseShell.id, behaviour: 'reverse-shell', severity, confidence: severity === 'medium' ? 0.7 : 0.9,
      title: `${when(shell)} gives a shell to ${host ?? 'whoever is at the other end of a connection'}`,
      evidence: evidence(all[0] ?? steps[0], all.slice(1)),
    }]
  },
}

const isGiven = ({ kind, call, argument, path }: Action): boolean => kind === 'execute' && (
  path.some((step) => step.call === '/dev/tcp') && /^(?:\S*\/)?\w*sh\b/.test(argument ?? '') || /^(?:nc|ncat|netcat|nc\.\w+|socat)$/.test(call) && GIVES_AWAY.test(argument ?? ''))

const isShell = ({ kind, call, argument }: Action): boolean =>
  (kind === 'spawn' || kind === 'execute') && (SHELL.test(argument?.trim() ?? '') || call === 'pty.spawn')

function beside(shell: Action, ground: Ground): Found[] {
  const reach = reachOf(shell)
  const waiting = ground.facts.actions.filter((action) => action.kind === 'listen' && action.file === shell.file && reachOf(action) === reach)
    .map((connection): Found => ({ severity: WAITING[reach], shell, to: null, connection })).filter(({ severity }) => severity !== 'info')
  return waiting.concat(ground.facts.actions
    .filter((action) => action.kind === 'connect' && action.file === shell.file && reachOf(action) === reach)
    .map((connection) => {
      const { trust, url } = sentTo(connection, ground)
      return { severity: BESIDE[reach][trust], shell, to: url, connection }
    }))
}
