import type { Facts } from '../analysis/facts.ts'
import { gatherFacts } from '../analysis/gather.ts'
import { encodeSketch, sketchOf } from '../analysis/sketch.ts'
import { diffOf } from '../core/change.ts'
import { SluiceError } from '../core/errors.ts'
import type { Learned, UnpackedPackage } from '../core/types.ts'
import { detectors } from '../detectors/index.ts'
import { run } from '../detectors/detector.ts'
import { profileOf } from '../detectors/kit/profile.ts'
import { ecosystems } from '../ecosystems/index.ts'
import { featuresOf } from '../learning/features.ts'
import { explain, score } from '../learning/model.ts'
import { unpack } from '../unpack/unpack.ts'
import type { Unpacked } from '../unpack/unpack.ts'
import { prepareUserRules, runUserRules } from '../yara/run.ts'
import type { ExamineJob, ExamineResult } from './jobs.ts'

/** One artifact: unpack, read what it declares, gather facts, run every detector. Pure but for reading the source. */
export async function examine(job: ExamineJob): Promise<ExamineResult> {
  const ecosystem = ecosystems[job.ref.ecosystem]
  const unpacked = await unpack(job.source, {
    format: ecosystem.archiveFormat(job.ref.file),
    root: ecosystem.packageRoot(job.ref),
  })
  const broken = ecosystem.checkUnpacked?.(job.ref, unpacked.files, job.pledge)
  if (broken) throw new SluiceError('digest-mismatch', broken)
  return inspect(job, unpacked)
}

type Artifact = Omit<ExamineJob, 'kind' | 'source' | 'pledge'>

/** What follows unpacking, the same for every source of files. */
export function inspect(artifact: Artifact, unpacked: Unpacked): Promise<ExamineResult> {
  if (artifact.userRules) prepareUserRules(artifact.userRules)
  return conclude(artifact, gather(artifact, unpacked), unpacked.bytes)
}

/** A package, and what is in it: all that nothing outside of it has a say in. */
export interface Gathered { pkg: UnpackedPackage; facts: Facts }

export function gather({ ref, digest, size, publishedAt, firstSeenAt, upstream }: Omit<Artifact, 'outside'>, { files, oddities, missing }: Unpacked): Gathered {
  const ecosystem = ecosystems[ref.ecosystem]
  const manifest = ecosystem.readManifest(ref, files)
  const triggers = ecosystem.triggers(manifest, files)
  const pkg: UnpackedPackage = {
    artifact: { ref, digest, size, publishedAt, firstSeenAt, upstream }, manifest, files, triggers, oddities, missing,
  }
  return { pkg, facts: gatherFacts(pkg) }
}

export async function conclude({ ref, outside, userRules }: Artifact, { pkg, facts }: Gathered, bytes: number): Promise<ExamineResult> {
  const { files, missing, triggers } = pkg
  const runs = detectors
    .filter((detector) => detector.ecosystems.includes(ref.ecosystem))
    .map((detector) => run(detector, pkg, facts, outside))
  const features = featuresOf(pkg, facts, runs)
  if (userRules) runs.push(await runUserRules(userRules, files))
  const profile = profileOf(pkg, facts, outside)
  const { previous } = outside
  const sketch = sketchOf(ref.name, files)
  return {
    profile, sketch: sketch && encodeSketch(sketch), difference: previous ? diffOf(previous.version, previous.profile, profile) : null,
    runs, features, learned: learnedOf(features), missing: [...missing, ...facts.missing], triggers: [...triggers], files: files.size, bytes,
    indicators: facts.indicators.map(({ value: { type, value }, file, lines }) => ({ type, value, file, line: lines[0] })),
  }
}

/** What the model says, and why; null without a model. Rules of the user's are not asked: the model has never seen them. */
function learnedOf(features: Readonly<Record<string, number>>): Learned | null {
  const probability = score(features)
  if (probability === null) return null
  return { probability, because: explain(features).filter(({ contribution }) => contribution > 0).slice(0, 3).map(({ feature }) => feature) }
}
