import type { ArtifactRef, Difference, Digest, Verdict } from './types.ts'
import { SUSPICIOUS_FROM } from './weigh.ts'

/** What of a package makes a run in the sandbox worth its time; `asked`: a person wants it. */
export type RunReason = 'malicious' | 'suspicious' | 'undetermined' | 'watched' | 'new-hooks' | 'first-hooks' | 'nearly' | 'sample' | 'asked'

/** `hold`: nobody gets it before it was run; `behind`: it is run behind clients' backs; `off`: this sends nothing to the sandbox. */
export type Runs = 'hold' | 'behind' | 'off'

/** Who goes to the sandbox, and what it means where nobody can go there. Part of the policy. */
export interface SandboxPolicy {
  suspicious: Runs
  undetermined: Runs
  /** An uploader who is watched, a member of a declared campaign, anything else that the watch suspects. */
  watched: Runs
  /** Something that runs by itself at installation or start, and did not in the last version that is known. */
  newHooks: Runs
  /** The same in a package of which no version is known: everything that a new gate meets. Only releases younger than `young` are held. */
  firstHooks: Runs
  /** What is clean and not far from suspicious. Only releases younger than `young` are held. */
  nearly: Runs
  /** Only for what can be learnt from it: it is quarantined in any case. */
  malicious: 'behind' | 'off'
  /** Of everything else so large a part, 0 to 1. */
  sample: Readonly<{ share: number; runs: 'hold' | 'behind' }>
  /** Milliseconds. */
  young: number
  /** What would be held for a run that cannot be had: held on, or as static examination alone decides. */
  unavailable: 'hold' | 'serve-by-static'
}

/** What the policy in force says of one reason; what a person asks for holds nothing. */
export function runsFor(policy: SandboxPolicy, reason: RunReason): Runs {
  switch (reason) {
    case 'new-hooks': return policy.newHooks
    case 'first-hooks': return policy.firstHooks
    case 'sample': return policy.sample.share > 0 ? policy.sample.runs : 'off'
    case 'asked': return 'behind'
    default: return policy[reason]
  }
}

/** 0: a client waits for it; 1: held, and nobody waits; 2: served meanwhile; 3: for what can be learnt from it. */
export type Urgency = 0 | 1 | 2 | 3

/** Runs an hour for this and all that is more urgent: what nobody waits for leaves some to people who will. */
export function roomFor(urgency: Urgency, anHour: number): number {
  if (urgency === 0) return anHour
  return urgency === 1 ? anHour - Math.floor(anHour / 4) : Math.ceil(anHour / 2)
}

export interface RunWanted {
  reason: RunReason
  /** Completes "it is being run in the sandbox: …". */
  says: string
  holds: boolean
  urgency: Urgency
}

/** A run that was not had yet. */
export interface RunDue {
  /** `left`: it could not be run, and is tried again only after hours, a few times. */
  state: 'waiting' | 'left'
  reason: RunReason
  /** Why it is wanted, a clause. */
  says: string
  /** Why it is not run now, or was not; null: it is its turn soon. */
  problem: string | null
  holds: boolean
  urgency: Urgency
}

/** From this score on what is clean is not far from suspicious: one finding that is worth a look, or the learned model's word alone. */
export const NEARLY_FROM = 20

/** So many before one are counted; whoever is refused asks again and again, and a flood may wait. */
export const MOST_AHEAD = 1_000

/** What is missing of a verdict that a run was wanted for, one line. */
export const missingRun = ({ state, says, problem }: RunDue): string =>
  `sandbox: ${state === 'waiting' ? 'not run yet' : 'not run'}${problem === null ? '' : ` (${problem})`}: ${says}`

export interface RunFacts {
  /** What runs by itself at installation or start, as `Profile.triggers` has it; null: not known. */
  hooks: readonly string[] | null
  /** Against the last version that is known; null: there is none. */
  difference: Pick<Difference, 'since' | 'added'> | null
  /** At the latest; null: nobody says. */
  publishedAt: Date | null
  now: Date
  /** Its bytes were delivered before: whoever has them already is not protected by holding them now. */
  servedBefore: boolean
  /** What the watch has against it, a sentence; null: nothing. */
  watched: string | null
  /** A name of the organisation's own. */
  private: boolean
}

/**
 * Who goes to the sandbox after static examination, and whether it is held meanwhile. Pure. `sample` is where the package lies
 * between 0 and 1, the same for the same bytes (`sampleOf`). Where there are several reasons, one that holds counts first, then
 * the one that stands first here: verdict, watch, hooks, what is nearly suspicious, sample.
 */
export function wantsRun({ name, version }: Pick<ArtifactRef, 'name' | 'version'>, verdict: Pick<Verdict, 'level' | 'score' | 'findings' | 'missing'>, facts: RunFacts, policy: SandboxPolicy, sample: number): RunWanted | null {
  const { level, score, findings, missing } = verdict
  if (level === 'malicious') return policy.malicious === 'off' ? null : { reason: 'malicious', says: `${name} ${version} is malicious; what else it does is of use`, holds: false, urgency: 3 }
  const whileYoung = (runs: Runs): Runs => (runs === 'hold' && !isYoung(facts, policy) ? 'behind' : runs)
  const found = [
    of('suspicious', level === 'suspicious' ? `it looks suspicious (${findings[0]?.title ?? 'many small signs'})` : null, policy.suspicious),
    of('undetermined', level === 'undetermined' ? `it could not be judged (${missing[0] ?? 'not fully examined'})` : null, policy.undetermined),
    ...(facts.private ? [] : [
      of('watched', facts.watched, policy.watched),
      of('new-hooks', newHooks(facts), policy.newHooks),
      of('first-hooks', firstHooks(facts), whileYoung(policy.firstHooks)),
      of('nearly', level === 'clean' && score >= NEARLY_FROM ? `it is not far from suspicious (${score} of ${SUSPICIOUS_FROM})` : null, whileYoung(policy.nearly)),
      of('sample', sample < policy.sample.share ? 'a part of everything is' : null, policy.sample.runs),
    ]),
  ].filter((one) => one !== null)
  const best = found.find(({ runs }) => runs === 'hold') ?? found[0]
  if (!best) return null
  const holds = best.runs === 'hold' && !facts.servedBefore
  return { reason: best.reason, says: best.says, holds, urgency: holds ? 1 : 2 }
}

function of(reason: RunReason, says: string | null, runs: Runs): { reason: RunReason; says: string; runs: Runs } | null {
  return says === null || runs === 'off' ? null : { reason, says, runs }
}

function newHooks({ hooks, difference }: RunFacts): string | null {
  const added = difference?.added.find(({ of: kind, what }) => kind === 'trigger' && (hooks ?? []).includes(what))
  return added && difference ? `since ${difference.since} it has ${added.what}` : null
}

const firstHooks = ({ hooks, difference }: RunFacts): string | null =>
  (difference === null && hooks?.[0] !== undefined ? `its first version here has ${hooks[0]}` : null)

/** Of whose age nobody knows, it is not known that it is old. */
const isYoung = ({ publishedAt, now }: RunFacts, { young }: SandboxPolicy): boolean => publishedAt === null || now.getTime() - publishedAt.getTime() < young

/** Evenly spread over digests, and the same for the same bytes on every gate. Nobody can choose it but by trying. */
export const sampleOf = (digest: Digest): number => Number.parseInt(digest.slice('sha256:'.length, 'sha256:'.length + 12), 16) / 2 ** 48
