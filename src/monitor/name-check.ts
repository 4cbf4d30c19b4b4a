import { sentence, SluiceError } from '../core/errors.ts'
import { oneLine } from '../core/text.ts'
import type { EcosystemId } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import { judgeImitation } from '../names/guard.ts'
import type { Likeness, Protected, SquatKind } from '../names/index.ts'
import { concernsOf } from './concerns.ts'
import type { Concern } from './concerns.ts'
import { look } from './look.ts'
import type { LookParts } from './look.ts'

/** What is to be said of a name. */
export interface NameCheck {
  ecosystem: EcosystemId
  /** Canonical. */
  name: string
  /** Why it is itself a protected name; null: it is none. */
  protected: Protected['why'] | null
  /** `alarm`: do not take it before somebody looked; `note`: worth a look; `none`: nothing speaks against it. */
  level: 'none' | 'note' | 'alarm'
  /** The name that was meant, perhaps. */
  meant: string | null
  because: readonly string[]
  /** The likeliest first. */
  imitates: readonly { name: string; why: Protected['why']; rank: number | null; weight: number; kinds: readonly { kind: SquatKind; says: string }[]; likeness: Likeness }[]
  /** Whether the registry was asked about it, and why not, where it failed. */
  looked: boolean
  problem: string | null
}

/** By its name alone, and, where the registry may be asked and the name gives cause, by who it is. Throws `usage`. */
export async function checkName(parts: LookParts, wanted: { ecosystem: EcosystemId; name: string }): Promise<NameCheck> {
  const { ecosystem } = wanted
  const { canonicalName, isName } = ecosystems[ecosystem]
  const name = canonicalName(wanted.name)
  if (!isName(name)) throw new SluiceError('usage', `no ${ecosystem} package can be called ${oneLine(wanted.name, 100)}`, { hint: 'write the name as the registry does' })
  const own = parts.names.protectedAs(ecosystem, name)
  const found = parts.names.check(ecosystem, name)
  const [first] = found
  const alone = first ? judgeImitation(first, { name: null, target: null, now: parts.clock.now(), protectedAs: own }) : null
  const plain: NameCheck = {
    // What a private pattern covers is nobody's business: its registry is never asked about it.
    ecosystem, name, protected: parts.names.isPrivate(ecosystem, name) ? 'private' : own?.why ?? null, level: alone?.level ?? 'none', meant: first && alone?.level !== 'none' ? first.target.name : null,
    // Nobody was asked about its history, so that nothing is said of it.
    because: alone && alone.level !== 'none' ? alone.because.filter((says) => says !== 'nothing is known of its history') : [],
    imitates: found.map(({ target, kinds, likeness, weight }) => ({ name: target.name, why: target.why, rank: target.rank, weight, kinds, likeness })),
    looked: false, problem: null,
  }
  if (!parts.isOn(ecosystem) || own?.why === 'popular' || plain.protected === 'private') return plain
  try {
    return judged(plain, await look(parts, { ecosystem, name, account: null, there: false }))
  } catch (thrown) {
    return { ...plain, problem: sentence(thrown) }
  }
}

function judged(plain: NameCheck, newcomer: Awaited<ReturnType<typeof look>>): NameCheck {
  if (newcomer.identity === null) {
    return { ...plain, looked: true, because: [...plain.because, `the registry has no ${plain.name}: whoever registers it has your installs`], level: plain.level === 'none' ? 'note' : plain.level }
  }
  const concerns = concernsOf(newcomer)
  const worst = concerns.some(({ level }) => level === 'alarm') ? 'alarm' : concerns.length > 0 ? 'note' : 'none'
  const cleared = newcomer.imitation?.judged.level === 'none' ? newcomer.imitation.judged.because : []
  return {
    ...plain, looked: true, problem: newcomer.problem, level: worst, meant: concerns.some(({ kind }) => kind === 'imitation') ? plain.meant : null,
    because: concerns.length > 0 ? concerns.flatMap(said) : cleared,
  }
}

/** How alike the names are is told apart, in figures. */
const said = ({ says, signals }: Concern): string[] => [...new Set([says, ...signals])].filter((one) => !one.startsWith('likeness '))
