import type { Action } from '../analysis/facts.ts'
import type { Detector } from './detector.ts'
import { needsOf, theft } from './kit/theft.ts'
import type { Theft } from './kit/theft.ts'

const THEFT: Theft = {
  id: 'sends-secrets', behaviour: 'exfiltration', takes: ['secret', 'files'], called: 'secrets of the environment or files of the user',
  sent: { unasked: 'critical', loaded: 'high', asked: 'low', called: 'info', loose: 'low' },
  near: { unasked: 'info', loaded: 'info', asked: 'info', called: 'info', loose: 'info' },
  kept: { unasked: 'info', loaded: 'info', asked: 'info', called: 'info', loose: 'info' },
  lent: true,
  belongs,
}

/** Code sends variables that are named like secrets, or files that a search of the home folder found. Clients of services send their own key when they are called. */
export const sendsSecrets: Detector = {
  id: THEFT.id,
  version: 1,
  ecosystems: ['npm', 'pypi', 'go'],
  needs: needsOf(THEFT),
  why: [
    'Continuous integration keeps its keys in variables.',
    'Whoever searches a home folder at installation does not search for its user.',
  ],
  detect: (pkg, facts, outside) => theft(THEFT, { pkg, facts, outside }),
}

/** Words in names of variables that name no service. */
const GENERIC = new Set(['api', 'key', 'token', 'secret', 'access', 'auth', 'password', 'pass', 'id', 'client', 'private', 'session', 'env', 'environ', 'process', 'os'])
const BOTS = /^(?:api\.telegram\.org|discord(?:app)?\.com)$/

/** A key whose name says which service it is for, on its way to that service: `GITHUB_TOKEN` to GitHub, a bot's token to its messenger. */
function belongs(sink: Action, host: string | null): boolean {
  if (!sink.from.includes('secret')) return false
  const client = sink.call.toLowerCase()
  const words = sink.path.filter(({ kind }) => kind === 'collect').map(({ call, argument }) => `${call} ${argument ?? ''}`.toLowerCase().split(/[^a-z0-9]+/).filter((word) => word.length > 1 && !GENERIC.has(word)))
  return words.length > 0 && words.every((names) => names.some((name) => name === 'bot' ? BOTS.test(host ?? '') || client.includes('bot') : name.length > 2 && (host?.includes(name) || client.includes(name.slice(0, 4)))))
}
