import { personOf, type Person } from '../../../decoys/person.ts'
import { plantedBy, secretsOf, type Secrets } from '../../../decoys/tokens.ts'
import type { Names } from '../names.ts'
import type { SinkholeOptions } from '../options.ts'

/** Who is played: the planted user's accounts, as services know them. */
export interface Cast {
  person: Person
  secrets: Secrets
  options: SinkholeOptions
  names: Names
}

export function castOf(options: SinkholeOptions, names: Names): Cast {
  return { person: personOf(options.seed, 'laptop'), secrets: secretsOf(plantedBy(options.seed)), options, names }
}
