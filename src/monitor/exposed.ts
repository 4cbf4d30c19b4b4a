import { sentence } from '../core/errors.ts'
import type { EcosystemId } from '../core/types.ts'
import { counterparts } from '../names/identity.ts'
import type { ProtectedNames } from '../names/protected.ts'
import type { Identities } from './identities.ts'

/** A private name, and who has it at a public registry. */
export interface Exposed {
  /** The private name. */
  mine: { ecosystem: EcosystemId; name: string }
  /** Where the name is, or would be, public. */
  ecosystem: EcosystemId
  name: string
  /** `free`: anybody can take it; `taken`: somebody has it, perhaps you; `unknown`: the registry could not be asked. */
  state: 'free' | 'taken' | 'unknown'
  says: string
}

const AN_HOUR = 3_600_000
const AT_ONCE = 8

/** Asks the public registries about every private name that is known by more than a pattern, and about its namesakes elsewhere. */
export async function exposedNames(
  { names, identities, isOn, progress }: { names: ProtectedNames; identities: Identities; isOn(ecosystem: EcosystemId): boolean; progress?: (done: number, of: number) => void },
): Promise<Exposed[]> {
  // A Go path is fetched from the host it names, which nobody else can register.
  const mine = names.privateNames().filter(({ ecosystem }) => ecosystem !== 'go')
  const asked = mine.flatMap((own) => [own, ...counterparts(own.ecosystem, own.name)].filter(({ ecosystem }) => isOn(ecosystem)).map((where) => ({ mine: own, ...where })))
  const found: Exposed[] = []
  for (let from = 0; from < asked.length; from += AT_ONCE) {
    found.push(...await Promise.all(asked.slice(from, from + AT_ONCE).map(ask)))
    progress?.(found.length, asked.length)
  }
  return found

  async function ask(one: Pick<Exposed, 'mine' | 'ecosystem' | 'name'>): Promise<Exposed> {
    try {
      const identity = await identities.of(one.ecosystem, one.name, AN_HOUR)
      if (identity === null) return { ...one, state: 'free', says: free(one) }
      const who = identity.publisher ?? identity.accounts[0] ?? identity.emails[0]
      return { ...one, state: 'taken', says: `${who === undefined ? 'nobody is named as its owner' : `belongs to ${who}`}; ${identity.releases} ${identity.releases === 1 ? 'release' : 'releases'}${identity.description ? `; ${identity.description.slice(0, 80)}` : ''}` }
    } catch (thrown) {
      return { ...one, state: 'unknown', says: sentence(thrown) }
    }
  }
}

function free({ ecosystem, name }: Pick<Exposed, 'ecosystem' | 'name'>): string {
  return ecosystem === 'npm' && name.startsWith('@') ? `free to whoever owns the scope ${name.split('/')[0]}` : 'free: anybody can register it'
}
