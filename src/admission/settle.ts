import { missingRun, MOST_AHEAD } from '../core/cascade.ts'
import type { RunDue } from '../core/cascade.ts'
import { BEING_RUN, decide } from '../core/decide.ts'
import type { Judged, Ruling, Subject } from '../core/decide.ts'
import { isCode, sentence } from '../core/errors.ts'
import { says } from '../core/weigh.ts'
import { rules } from '../detectors/index.ts'
import type { Artifact, ArtifactRef, EcosystemId } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import type { Ask } from '../ecosystems/ecosystem.ts'
import { rulesInForce } from '../yara/rules.ts'
import { acquire, artifactOf } from './acquire.ts'
import type { Wanted } from './acquire.ts'
import { admit } from './admit.ts'
import type { Context } from './context.ts'
import type { Absent } from './documents.ts'
import { Locating } from './locating.ts'
import type { Found } from './locating.ts'
import { isAbsent } from './renditions.ts'
import type { Renditions } from './renditions.ts'
import { SingleFlight, within } from './single-flight.ts'
import { standingOf } from './standing.ts'
import { lookSoon, suspectBytes } from './suspects.ts'
import { WeightedCache } from './weighted-cache.ts'

/** What was found out about one file: served or not, and why. `artifact` is there when its bytes are. */
export interface Settled {
  ref: ArtifactRef
  subject: Subject
  ruling: Ruling
  artifact: Artifact | null
  revision: number
  policy: string
  /** Digest of the organisation's own rules then. */
  userRules: string | null
  /** Why upstream could not be asked, when what is known may be out of date. */
  stale: string | null
}

/** With what was known of it. */
type Looked = (Omit<Settled, 'revision' | 'userRules'> | Absent) & { judged?: Judged | undefined }

/** How often a file that keeps changing is looked at before the last look counts. */
const LOOKS = 4

/** A failed admission is not tried again at once: a hostile or broken upstream would be asked by every waiting client. */
const PAUSE_AFTER_FAILURE = 5_000

/**
 * Finds out whether a file may be served: which release it is, what is known of it, what policy says, and, when it has
 * never been judged, by admitting it now. One admission a file, however many ask.
 */
export class Settling {
  readonly #context: Context
  readonly #locating: Locating
  readonly #acquisitions = new SingleFlight<Artifact>()
  readonly #admissions = new SingleFlight<Artifact>()
  readonly #failures = new WeightedCache<{ until: number; thrown: unknown }>(1024 * 1024)

  constructor(context: Context, renditions: Renditions) {
    this.#context = context
    this.#locating = new Locating(context, renditions)
  }

  /**
   * Throws SluiceError when upstream is needed and fails, or sends what it did not promise. What changed meanwhile (an
   * order, a new index document, the verdict itself) is looked at again; `revision` is the one before the last look.
   */
  async settle(ecosystem: EcosystemId, name: string, file: string): Promise<Settled | Absent> {
    const { revisions, policy, userRules, limits } = this.#context
    const until = performance.now() + limits.patience
    for (let looks = 1; ; looks++) {
      const revision = revisions.of(ecosystem, name)
      const own = userRules()?.digest ?? null
      const { judged, ...settled } = await this.#look(ecosystem, name, file)
      if (isAbsent(settled)) return settled
      if (settled.ruling.reason === 'running' && (await this.#isRun(settled.ref, judged?.run, { revision, until }))) {
        looks = 0
        continue
      }
      const current = revision === revisions.of(ecosystem, name) && settled.policy === policy().id
      if (!current && looks < LOOKS && settled.ruling.reason !== 'examining') continue
      return { ...settled, ...(settled.ruling.reason === 'running' ? { ruling: await this.#inQueue(settled.ref, settled.ruling, judged?.run) } : {}), revision, userRules: own }
    }
  }

  async #look(ecosystem: EcosystemId, name: string, file: string): Promise<Looked> {
    const found = await this.find(ecosystem, name, file)
    if (isAbsent(found)) return found
    const { ref, subject, stale } = found
    if (subject.trouble) lookSoon(this.#context, ref).catch((thrown: unknown) => this.#context.log.warn({ ...ref, error: sentence(thrown) }, 'upstream is not looked back at sooner'))
    const first = await this.rule(subject)
    const outdated = first.judged !== undefined && first.judged.rules !== rulesInForce(rules, this.#context.userRules())
    if (first.ruling.action !== 'serve') {
      const anew = outdated && BY_VERDICT.has(first.ruling.reason) ? await this.#judgedAnew(found) : null
      return anew ?? { ref, subject, ...first, artifact: null, stale }
    }

    const known = await this.#putBack(ref)
    if (known?.purged) return { ref, subject, ...first, ruling: RETURNING, artifact: null, stale }
    if (known && first.judged?.digest === known.digest && (await this.#context.blobs.has(known.digest))) {
      if (outdated) this.#again(found)
      return { ref, subject, ...first, artifact: known, stale }
    }
    const admission = this.admit(found)
    const artifact = await within(this.#context.limits.patience, admission)
    if (artifact) return { ref, subject, ...(await this.rule(subject)), artifact, stale }
    if (this.#context.policy().mode === 'enforce') return { ref, subject, ...first, ruling: EXAMINING, artifact: null, stale }
    // Who only observes keeps nobody waiting: the bytes go out as soon as they are here and are what was promised.
    return { ref, subject, ...first, ruling: this.#unexamined(), artifact: await this.#acquire(found), stale }
  }

  /**
   * A client waits for its run: it goes before others, and its end is waited for as long as for a verdict. Whether it ended, or
   * anything else changed that is worth another look.
   */
  async #isRun(ref: ArtifactRef, due: RunDue | undefined, { revision, until }: { revision: number; until: number }): Promise<boolean> {
    const { cascade, revisions, log } = this.#context
    if (due?.state !== 'waiting' || !cascade) return false
    const freed = due.urgency > 0 && await cascade.hasten(ref).catch((thrown: unknown) => {
      log.warn({ ...ref, error: sentence(thrown) }, 'its run is not hastened')
      return false
    })
    if (due.problem !== null) return freed
    while (revisions.of(ref.ecosystem, ref.name) === revision) {
      if (performance.now() >= until) return false
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    return true
  }

  /** Who is refused because of a run is told whether it is under way, and how many are before it. */
  async #inQueue(ref: ArtifactRef, ruling: Ruling, due: RunDue | undefined): Promise<Ruling> {
    const before = due?.problem === null ? await this.#context.cascade?.ahead(ref).catch(() => null) ?? 0 : 0
    return before === 0 ? ruling : { ...ruling, because: ruling.because.replace(BEING_RUN, `waiting for its turn to be run in the sandbox, ${before < MOST_AHEAD ? before : `${MOST_AHEAD} and more`} before it`) }
  }

  /** What is no longer recalled has its bytes back in a moment: whoever asks in between waits as for a verdict. */
  async #putBack(ref: ArtifactRef): ReturnType<typeof artifactOf> {
    const until = performance.now() + Math.min(this.#context.limits.patience, PUTTING_BACK)
    for (;;) {
      const known = await artifactOf(this.#context, ref)
      if (!known?.purged || performance.now() >= until) return known
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }

  #unexamined(): Ruling {
    const { action, reason, because } = EXAMINING
    return { action: 'serve', reason: 'observed', because: `observe mode; would be: ${because}`, until: this.#context.clock.now(), would: { action, reason, because } }
  }

  #acquire(wanted: Wanted): Promise<Artifact> {
    return this.#acquisitions.do(keyOf(wanted.ref), () => acquire(this.#context, wanted))
  }

  /** Newer rules than those it was judged by: judged again behind the clients' backs, and served by the old verdict till then. */
  #again(found: Found): void {
    this.admit(found).catch((thrown: unknown) => this.#context.log.warn({ ...found.ref, err: thrown }, 'not judged again'))
  }

  /** What only a verdict of other rules holds back is judged again while the client waits. Null where that fails or takes too long. */
  async #judgedAnew(found: Found): Promise<Omit<Settled, 'revision' | 'userRules'> | null> {
    const { ref, subject, stale } = found
    try {
      const artifact = await within(this.#context.limits.patience, this.admit(found))
      if (!artifact) return null
      const now = await this.rule(subject)
      const returning = now.ruling.action === 'serve' && !(await this.#context.blobs.has(artifact.digest))
      return { ref, subject, ...now, ...(returning ? { ruling: RETURNING } : {}), artifact, stale }
    } catch (thrown) {
      this.#context.log.warn({ ...ref, error: sentence(thrown) }, 'not judged again: the old verdict stands')
      return null
    }
  }

  /** As `Locating.find`. */
  find(ecosystem: EcosystemId, name: string, file: string): Promise<Found | Absent> {
    return this.#locating.find(ecosystem, name, file)
  }

  directUrl(ecosystem: EcosystemId, name: string, file: string): string {
    return this.#locating.directUrl(ecosystem, name, file)
  }

  /** As `Locating.query`, and what policy says of the release that is meant. */
  async query(ecosystem: EcosystemId, ask: Extract<Ask, { kind: 'query' }>): Promise<Absent | { ref: ArtifactRef; ruling: Ruling; contentType: string; body: Uint8Array }> {
    const answer = await this.#locating.query(ecosystem, ask)
    if (isAbsent(answer)) return answer
    const { found: { ref, subject }, ...rest } = answer
    const { ruling } = await this.rule(subject)
    return { ref, ruling, ...rest }
  }

  /** What policy says of a release now. */
  async rule(subject: Subject) {
    const { policy, clock } = this.#context
    const current = policy()
    const standing = await standingOf(this.#context, subject.ecosystem, subject.name)
    const ruling = decide(subject, standing, current, clock.now(), ecosystems[subject.ecosystem].compareVersions)
    return { ruling, policy: current.id, judged: standing.judged.get(subject.file) }
  }

  /** Bytes that accompany an artifact and run nothing: kept, checked, never examined. */
  async companion({ ref, release, referrer }: Pick<Found, 'ref' | 'release' | 'referrer'>): Promise<Artifact> {
    return this.#acquire({ ref, release, referrer })
  }

  /** One file's way in, shared by all who wait for it; ends with the decision in the ledger. */
  admit(found: Found): Promise<Artifact> {
    const { ref, subject } = found
    const key = keyOf(ref)
    const now = this.#context.clock.now().getTime()
    const failure = this.#failures.get(key)
    if (failure && failure.until > now) return Promise.reject(failure.thrown)
    return this.#admissions.do(key, async () => {
      try {
        const { artifact, verdict } = await admit(this.#context, found, () => this.#acquire(found))
        const { ruling, policy, judged } = await this.rule(subject)
        await this.#context.ledger.append({
          at: this.#context.clock.now(), kind: 'decided', ...ref, digest: artifact.digest, policy,
          action: ruling.action, reason: ruling.reason, because: ruling.because,
          facts: { level: verdict.level, score: verdict.score, says: says(verdict), rules: verdict.rules, ...(judged?.run ? { sandbox: missingRun(judged.run) } : {}) },
          ...(ruling.would ? { would: ruling.would } : {}),
        })
        return artifact
      } catch (thrown) {
        this.#context.log.warn({ ...ref, error: sentence(thrown) }, 'not admitted')
        if (isCode(thrown, 'digest-mismatch') && !this.#context.sources.of(ref.ecosystem, ref.name).private) await suspectBytes(this.#context, ref).catch((other: unknown) => this.#context.log.error({ ...ref, err: other }, 'wrong bytes were not noted'))
        this.#failures.set(key, { until: now + PAUSE_AFTER_FAILURE, thrown }, 300)
        throw thrown
      }
    })
  }
}

const EXAMINING: Ruling = { action: 'hold', reason: 'examining', because: 'being examined, try again in a minute', until: null }

/** How long a client waits for bytes that come back from the evidence store, at most its patience. */
const PUTTING_BACK = 10_000

/** What was recalled may be had again, but its bytes are still where evidence is kept. */
const RETURNING: Ruling = { action: 'hold', reason: 'examining', because: 'no longer recalled; its bytes are being put back, try again in a minute', until: null }

const BY_VERDICT: ReadonlySet<Ruling['reason']> = new Set(['suspicious', 'undetermined', 'malicious'])

const keyOf = (ref: ArtifactRef): string => `${ref.ecosystem}/${ref.name}/${ref.file}`

/** A failed admission as a ruling where it is about the bytes, or null where it is about reaching upstream. */
export function rulingOfFailure(thrown: unknown): Ruling | null {
  if (isCode(thrown, 'digest-mismatch')) return { action: 'hold', reason: 'changed', because: sentence(thrown), until: null }
  if (isCode(thrown, 'upstream-too-large', 'upstream-wrong-type')) return { action: 'hold', reason: 'undetermined', because: sentence(thrown), until: null }
  return null
}
