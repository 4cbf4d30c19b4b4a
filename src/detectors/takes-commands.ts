import type { Action, Step } from '../analysis/facts.ts'
import type { Severity } from '../core/types.ts'
import type { Detector } from './detector.ts'
import { atMost, chain, isBlend, isVague, reachOf, worse } from './kit/chains.ts'
import type { ByReach, Reach } from './kit/chains.ts'
import { evidence, shown, when } from './kit/evidence.ts'
import { hostOf } from './kit/hosts.ts'
import type { Trust } from './kit/hosts.ts'
import { fetchedFrom, isConnection } from './kit/origins.ts'
import type { Ground } from './kit/origins.ts'
import { running } from './kit/running.ts'

/** How orders come in: over a connection that stays open, by way of a chat bot, or by asking again and again. */
type Line = 'connection' | 'bot' | 'polling'

const SEVERITY: Readonly<Record<Reach, Readonly<Record<Trust, Severity>>>> = {
  unasked: { own: 'low', release: 'medium', foreign: 'critical', hostile: 'critical', unknown: 'high', local: 'info' },
  loaded: { own: 'low', release: 'low', foreign: 'critical', hostile: 'critical', unknown: 'medium', local: 'info' },
  asked: { own: 'info', release: 'low', foreign: 'medium', hostile: 'high', unknown: 'low', local: 'info' },
  called: { own: 'info', release: 'info', foreign: 'medium', hostile: 'high', unknown: 'low', local: 'info' },
  loose: { own: 'info', release: 'info', foreign: 'medium', hostile: 'high', unknown: 'info', local: 'info' },
}

const SOCKETS = /\b(?:socket|websocket\w*|websockets|socketio|ws|net|tls|dgram|paho|pika|amqp\w*|mqtt|ircbot|irc)\b|\bnet\.Dial|WebSocket|TcpClient|XMLRPC|\/dev\/tcp/i
/** Asks for an address, and hears nothing else. */
const LOOKS_UP = /getaddrinfo|gethostby|inet_|getnameinfo|getservby/
const BOTS = /\b(?:telebot|telegram|telegraf|node-telegram-bot-api|discord(?:\.js)?|pyrogram|telethon|aiogram|slack_bolt)\b|getUpdates/i

const EVALUATES = /^(?:eval|Function|exec)$/
/** A download that is tried again looks like a line, too. */
const POLLING: ByReach = { unasked: 'high', loaded: 'medium', asked: 'low', called: 'low', loose: 'low' }

/** Code runs what the other end of a line says, as often as it says it. */
export const takesCommands: Detector = {
  id: 'takes-commands',
  version: 2,
  ecosystems: ['npm', 'pypi', 'go'],
  needs: ['does:execute', 'does:spawn'],
  why: [
    'Whoever holds the other end decides from hour to hour what the machine does.',
    'Development servers and notebooks do this for a person who started them, on this machine; a package that is only loaded has nobody to obey.',
  ],
  detect(pkg, facts, outside) {
    const ground = { pkg, facts, outside }
    const found = running(facts, 'fetched').filter(({ kind }) => kind !== 'load')
      .flatMap((run) => {
        const [line, step] = lineOf(run, ground) ?? []
        if (!line || !step) return []
        const from = fetchedFrom(run, ground)
        const full = SEVERITY[reachOf(run)][line === 'bot' && from.trust === 'unknown' ? 'hostile' : from.trust]
        // Pages that reload themselves evaluate what their own server sends.
        const page = from.trust === 'unknown' && EVALUATES.test(run.call)
        const severity = page ? 'info' : line === 'polling' && from.trust !== 'hostile' ? atMost(full, POLLING[reachOf(run)]) : full
        return [{ run, line, from, severity: from.trust === 'hostile' ? severity : isBlend(run) ? atMost(severity, 'medium') : isVague(run) ? atMost(severity, 'high') : severity }]
      })
      .sort((a, b) => worse(a.severity, b.severity))
    const [worst] = found
    if (!worst) return []
    const { run, line, from, severity } = worst
    const all = chain(run, `${run.call} runs what came in${run.argument ? `: ${run.argument}` : ''}`)
    const waits = line === 'polling' ? facts.actions.filter((action) => isPause(action, run)).map((action) => shown(action, `${action.call} waits before it asks again`)) : []
    const host = from.url === null ? null : hostOf(from.url)
    return [{
      detector: takesCommands.id, behaviour: 'remote-control', severity, confidence: severity === 'medium' ? 0.7 : 0.9,
      title: `${when(run)} runs commands that come ${LINES[line]}${host === null ? '' : ` from ${host}`}`,
      evidence: evidence(all[0], [...waits.slice(0, 2), ...all.slice(1)]),
    }]
  },
}

const LINES = { connection: 'over a connection', bot: 'by way of a chat bot', polling: 'by asking again and again' } as const

function lineOf(run: Action, ground: Ground): [Line, Step] | null {
  const steps = run.path.filter((step) => step.kind === 'fetch')
  const bot = steps.find((step) => BOTS.test(step.call) || /api\.telegram\.org|discord(?:app)?\.com\/api/i.test(step.argument ?? ''))
  if (bot) return ['bot', bot]
  const connection = steps.find((step) => isConnection(step, ground) || SOCKETS.test(step.call) && !LOOKS_UP.test(step.call))
  if (connection) return ['connection', connection]
  const polled = ground.facts.actions.some((action) => isPause(action, run)) ? steps[0] : undefined
  return polled ? ['polling', polled] : null
}

const isPause = (action: Action, run: Action): boolean => action.kind === 'wait' && action.file === run.file && reachOf(action) === reachOf(run)
