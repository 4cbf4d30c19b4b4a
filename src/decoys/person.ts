import { Dice } from './dice.ts'

/** Whom a machine seems to belong to. */
export interface Person {
  user: string
  name: string
  email: string
  home: string
  /** The machine's name. */
  host: string
  /** What is worked on: its name, and the folder it lies in. */
  project: string
  projectFolder: string
  /** Account on a code host, and the organisation the project belongs to there. */
  login: string
  organisation: string
  /** Packages published under that account. */
  packages: readonly string[]
}

export type Persona = 'laptop' | 'ci' | 'gitlab-ci'

const GIVEN = ['maya', 'jonas', 'elena', 'david', 'priya', 'tomas', 'sofia', 'marek', 'clara', 'henrik', 'nadia', 'oliver', 'ines', 'pavel', 'laura', 'simon']
const FAMILY = [
  'lindqvist', 'okafor', 'brandt', 'moreau', 'kovacs', 'petersen', 'castillo', 'novak', 'whitfield', 'sandberg', 'marino', 'becker', 'tanaka',
  'fischer', 'duarte', 'haas',
]
const SUBJECT = ['billing', 'invoice', 'checkout', 'ledger', 'customer', 'shipping', 'payments', 'booking', 'catalog', 'orders']
const PART = ['api', 'service', 'portal', 'gateway', 'worker', 'backend']
const FIRM = ['northgate', 'brightwater', 'halden', 'cobalt', 'ferngrove', 'lumen', 'ridgeway', 'tidewater']

const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1)

/** The same person for the same seed, on a laptop and behind a CI job. */
export function personOf(seed: string, persona: Persona): Person {
  const dice = new Dice(seed, 'person')
  const [given, family, firm] = [dice.pick(GIVEN), dice.pick(FAMILY), dice.pick(FIRM)]
  const project = `${dice.pick(SUBJECT)}-${dice.pick(PART)}`
  const organisation = `${firm}-labs`
  const user = { laptop: given, ci: 'runner', 'gitlab-ci': 'root' }[persona]
  const home = user === 'root' ? '/root' : `/home/${user}`
  return {
    user, name: `${capital(given)} ${capital(family)}`, email: `${given}.${family}@${firm}.example`, home, project, organisation,
    host: {
      laptop: `${given}-${dice.pick(['thinkpad', 'xps', 'laptop', 'framework'])}`, ci: `fv-az${dice.digits(3)}-${dice.digits(3)}`,
      'gitlab-ci': `runner-${dice.chars('abcdefghijkmnpqrstuvwxyz', 8)}-project-${dice.digits(5)}-concurrent-0`,
    }[persona],
    projectFolder: {
      laptop: `${home}/projects/${project}`, ci: `${home}/work/${project}/${project}`, 'gitlab-ci': `/builds/${organisation}/${project}`,
    }[persona],
    login: `${given}${family.slice(0, 1)}${dice.digits(2)}`,
    packages: [`${firm}-${dice.pick(['logger', 'config', 'utils', 'forms'])}`, `@${organisation}/${dice.pick(['client', 'schemas', 'theme', 'events'])}`],
  }
}
