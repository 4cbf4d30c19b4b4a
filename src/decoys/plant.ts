import { Dice } from './dice.ts'
import { environmentOf } from './environment.ts'
import { browsers } from './files/browsers.ts'
import { credentials } from './files/credentials.ts'
import { habits } from './files/habits.ts'
import { job } from './files/job.ts'
import { messengers } from './files/messengers.ts'
import { project } from './files/project.ts'
import { wallets } from './files/wallets.ts'
import { Finder } from './finder.ts'
import { personOf, type Persona, type Person } from './person.ts'
import type { Decoy, Scene } from './scene.ts'
import { plantedBy, secretsOf, type Honeytoken, type RegistryHosts, type TokenId } from './tokens.ts'

export interface PlantOptions {
  /** Unguessable, and another one for each run: whoever knows it can tell the decoys from a person's own. */
  seed: string
  persona: Persona
  /** Where clients have their registries, which settings and tokens name. Hosts without scheme. */
  hosts: RegistryHosts
}

export interface Plant {
  person: Person
  files: readonly Decoy[]
  environment: Readonly<Record<string, string>>
  /** Everything that may be found again, also what is only handed out by the sinkhole. */
  tokens: readonly Honeytoken[]
  /** In which files (by path) and variables (as `$NAME`) each stands. */
  places: ReadonlyMap<TokenId, readonly string[]>
}

/** A user that is not there: files and variables of a plausible one, with secrets that open nothing and are known again. */
export function plant({ seed, persona, hosts }: PlantOptions): Plant {
  const tokens = plantedBy(seed, hosts)
  const person = personOf(seed, persona)
  const finder = new Finder(tokens, { depth: 2 })
  const files: Decoy[] = []
  const scene: Scene = {
    person, secrets: secretsOf(tokens), hosts, dice: new Dice(seed, 'filling'),
    put: (path, content, mode = 0o644) => {
      const bytes = Buffer.from(content)
      files.push({ path: path.startsWith('/') ? path : `${person.home}/${path}`, bytes, mode, tokens: finder.find(bytes).map(({ token }) => token as TokenId) })
    },
  }
  for (const write of persona === 'laptop' ? [credentials, project, browsers, wallets, messengers, habits] : [job]) write(scene)
  const environment = environmentOf(persona, person, scene.secrets, new Dice(seed, 'environment'))
  const places = new Map<TokenId, string[]>()
  const note = (token: TokenId, place: string): void => void places.set(token, [...places.get(token) ?? [], place])
  for (const { path, tokens: ids } of files) for (const id of ids) note(id, path)
  for (const [name, value] of Object.entries(environment)) for (const { id, value: secret } of tokens) if (value === secret) note(id, `$${name}`)
  return { person, files, environment, tokens, places }
}
