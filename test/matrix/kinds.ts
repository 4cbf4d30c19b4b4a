import type { ClientName } from '../harness/clients.ts'

/** A way in which the gate says no. */
export interface Kind {
  id: KindId
  /** What happened, for the table. */
  title: string
  /** What a person does: pins the exact version, asks for a range, or installs a lock file. */
  asks: 'pin' | 'range' | 'lock'
  /** Of the reason's own text; a client shows the reason when it prints this. */
  reason: RegExp
  /** Whether a range finds an older version that may be had: at once, or only when the install is run again. */
  otherwise: 'older' | 'older next time' | 'none'
}

export type KindId =
  | 'young' | 'held' | 'listed' | 'advised' | 'judged' | 'malicious' | 'undetermined' | 'examining' | 'private' | 'whole' | 'down' | 'suspected' | 'running' | 'recalled'

/** Up to where a phrase may be cut. */
const FETCHES = /(?:the postinstall script|starting the interpreter \(start\.pth\)|loading it \(init\)) fetches from files\.attacker\.example/

export const KINDS: readonly Kind[] = [
  { id: 'young', title: 'Too young', asks: 'pin', reason: /published less than 24 h ago; available from [^ ]+Z?/, otherwise: 'older' },
  { id: 'held', title: 'Held by a person', asks: 'pin', reason: /held by a person: looking into it \(ann\)/, otherwise: 'older' },
  { id: 'listed', title: 'On the deny list', asks: 'pin', reason: /denied by policy: license not accepted/, otherwise: 'older' },
  { id: 'advised', title: 'Named malicious by an advisory', asks: 'pin', reason: /known malicious: MAL-2026-1 steals tokens/, otherwise: 'older' },
  { id: 'suspected', title: 'Suspected by the watch', asks: 'pin', reason: /is new and has the name of another, with which nothing connects it/, otherwise: 'older' },
  { id: 'running', title: 'Being run in the sandbox', asks: 'pin', reason: /being run in the sandbox, try again in a few minutes/, otherwise: 'older' },
  { id: 'judged', title: 'Found malicious earlier', asks: 'pin', reason: FETCHES, otherwise: 'older' },
  { id: 'malicious', title: 'Found malicious while the client waits', asks: 'range', reason: FETCHES, otherwise: 'older next time' },
  { id: 'undetermined', title: 'Could not be judged', asks: 'range', reason: /could not be judged: (?:examination failed: not a (?:gzip|zip) file|more than 20000 actions)/, otherwise: 'older next time' },
  { id: 'examining', title: 'Still being examined when patience ends', asks: 'range', reason: /being examined, try again/, otherwise: 'none' },
  { id: 'private', title: 'A private name without a registry', asks: 'range', reason: /is a private name and no private registry is configured/, otherwise: 'none' },
  { id: 'whole', title: 'The whole package denied', asks: 'range', reason: /denied by policy: license not accepted/, otherwise: 'none' },
  { id: 'down', title: 'Upstream down, nothing known', asks: 'range', reason: /cannot reach/, otherwise: 'none' },
  { id: 'recalled', title: 'Recalled while in a lock file', asks: 'lock', reason: /recalled: steals tokens after all \(ann\)/, otherwise: 'none' },
]

/** Found out once and known from then on, so that each client has a package of its own. */
export const OWN: readonly KindId[] = ['malicious', 'undetermined', 'examining']

export type Registry = 'npm' | 'pypi' | 'go'
export const registryOf = (client: ClientName): Registry => (client === 'go' ? 'go' : ['pip', 'uv', 'poetry'].includes(client) ? 'pypi' : 'npm')

/** The package that a client is denied in one way. */
export function nameOf(kind: KindId, client: ClientName): string {
  const registry = registryOf(client)
  const base = OWN.includes(kind) ? `${kind}-${client}` : `is-${kind}`
  if (registry === 'go') return kind === 'private' ? 'acme.example/secret' : `mod.example/${base}`
  if (kind !== 'private') return base
  return registry === 'npm' ? '@acme/secret' : 'acme-secret'
}
