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
      if (fits) return { class: rule.class, because: rule.because, by: 'configuration', installs }
    }
    return { ...byAgentAndHabit(delivery, habit, installs), installs }
  }
}

function byAgentAndHabit(delivery: Delivery, habit: Habit | null, installs: boolean): Omit<Classed, 'installs'> {
  const { agent, caller } = delivery
  const says = `says ${agent.tool}${agent.version ? ` ${agent.version}` : ''}`
  if (agent.kind === 'mirror') return { class: 'mirror', because: says, by: 'agent' }
  if (agent.kind === 'scanner') return { class: 'scanner', because: says, by: 'agent' }
  if (agent.kind === 'updater') return { class: 'scanner', because: `${says}: looks for newer versions`, by: 'agent' }
  if (habit) return { class: habit.class, because: habit.because, by: 'behaviour' }
  if (agent.ci) return { class: 'ci', because: `${says} in CI${agent.ci === 'yes' ? '' : ` (${agent.ci})`}`, by: 'agent' }
  if (caller?.job) return { class: 'ci', because: `${agent.kind === 'unknown' ? 'tells' : `${says}, tells`} the CI job it runs in`, by: 'agent' }
  if (installs) return { class: 'person', because: says, by: 'agent' }
  if (agent.kind === 'browser') return { class: 'person', because: 'a browser: somebody who looks rather than installs', by: 'agent' }
  if (agent.kind === 'unknown') return { class: 'unknown', because: caller === null && delivery.source === null ? 'who asked was forgotten' : 'does not say what it is', by: 'nothing' }
  return { class: 'unknown', because: `${says}: a program for anything`, by: 'nothing' }
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
