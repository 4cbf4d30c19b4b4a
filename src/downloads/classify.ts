import { BlockList, isIP } from 'node:net'
import type { Delivery, DeliveryClass } from './delivery.ts'
import type { Habit } from './habits.ts'

/** What an organisation knows of its own network; the first rule that fits counts before everything else. */
export interface ClassRule {
  class: DeliveryClass
  because: string
  /** Names of tokens; beginnings of user agents' tools; addresses and networks. One that fits is enough. */
  tokens: readonly string[]
  agents: readonly string[]
  networks: readonly string[]
}

export interface Classed {
  class: DeliveryClass
  /** One clause: `says pip 24.0 in CI (github-actions)`. */
  because: string
  /** The same for all versions of a client, to count by. */
  reason: string
  by: 'configuration' | 'agent' | 'behaviour' | 'nothing'
  /** Whether what asked puts packages on machines, as far as can be told. */
  installs: boolean
}

export type Classify = (delivery: Delivery, habit: Habit | null) => Classed

/** Makes the function that classes deliveries: pure, the same for the same delivery. Networks must be valid (`downloads.classes` is checked). */
export function classifier(rules: readonly ClassRule[]): Classify {
  const ready = rules.map((rule) => ({ rule, tokens: new Set(rule.tokens), tools: rule.agents.map((agent) => agent.toLowerCase()), networks: networksOf(rule.networks) }))
  return (delivery, habit) => {
    const { caller, agent } = delivery
    const installs = agent.kind === 'installer' || (agent.tool === 'go' && delivery.ecosystem === 'go')
    for (const { rule, tokens, tools, networks } of ready) {
      const fits = (caller?.token && tokens.has(caller.token)) || tools.includes(agent.tool) || (networks && caller?.address && contains(networks, caller.address))
      if (fits) return { class: rule.class, because: rule.because, reason: rule.because, by: 'configuration', installs }
    }
    return { ...byAgentAndHabit(delivery, habit, installs), installs }
  }
}

/** Names that stand for what an agent says of itself in other words. */
const DESCRIBED: Readonly<Record<string, string | undefined>> = {
  crawler: 'it crawls, scans or researches', 'other-mirror': 'it mirrors or passes on', 'link-preview': 'it shows links', 'other-script': 'it is a script',
}

function byAgentAndHabit({ agent, caller, source }: Delivery, habit: Habit | null, installs: boolean): Omit<Classed, 'installs'> {
  const { version } = agent
  const tool = DESCRIBED[agent.tool] ?? agent.tool
  const said = (kind: DeliveryClass, more = ''): Omit<Classed, 'installs'> =>
    ({ class: kind, because: `says ${tool}${version && tool === agent.tool ? ` ${version}` : ''}${more}`, reason: `says ${tool}${more}`, by: 'agent' })
  const told = (kind: DeliveryClass, because: string, by: Classed['by']): Omit<Classed, 'installs'> => ({ class: kind, because, reason: because, by })
  if (agent.kind === 'mirror' || agent.kind === 'scanner') return said(agent.kind)
  if (agent.kind === 'updater') return said('scanner', ': looks for newer versions')
  if (habit) return told(habit.class, habit.because, 'behaviour')
  if (agent.ci) return said('ci', ` in CI${agent.ci === 'yes' ? '' : ` (${agent.ci})`}`)
  if (caller?.job) return agent.kind === 'unknown' ? told('ci', 'tells the CI job it runs in', 'agent') : said('ci', ', tells the CI job it runs in')
  if (installs) return said('person')
  if (agent.kind === 'browser') return told('person', 'a browser: somebody who looks rather than installs', 'agent')
  if (agent.kind !== 'unknown') return { ...said('unknown', ': a program for anything'), by: 'nothing' }
  const forgotten = source === null && (caller === null || (!caller.token && !caller.user && !caller.host && !caller.address))
  return told('unknown', forgotten ? 'who asked is not known any more' : 'does not say what it is', 'nothing')
}

function networksOf(networks: readonly string[]): BlockList | null {
  if (networks.length === 0) return null
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return list
}

function contains(networks: BlockList, claimed: string): boolean {
  const address = claimed.replace(/^::ffff:(?=\d)/, '')
  const family = isIP(address)
  return family !== 0 && networks.check(address, family === 6 ? 'ipv6' : 'ipv4')
}
