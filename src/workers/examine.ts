import { gatherFacts } from '../analysis/gather.ts'
import { SluiceError } from '../core/errors.ts'
import type { UnpackedPackage } from '../core/types.ts'
import { detectors } from '../detectors/index.ts'
import { run } from '../detectors/detector.ts'
import { ecosystems } from '../ecosystems/index.ts'
import { unpack } from '../unpack/unpack.ts'
import type { ExamineJob, ExamineResult } from './jobs.ts'

/** One artifact: unpack, read what it declares, gather facts, run every detector. Pure but for reading the source. */
export async function examine(job: ExamineJob): Promise<ExamineResult> {
  const ecosystem = ecosystems[job.ref.ecosystem]
  const { files, oddities, missing, bytes } = await unpack(job.source, {
    format: ecosystem.archiveFormat(job.ref.file),
    root: ecosystem.packageRoot(job.ref),
  })
  const broken = ecosystem.checkUnpacked?.(job.ref, files, job.pledge)
  if (broken) throw new SluiceError('digest-mismatch', broken)

  const manifest = ecosystem.readManifest(job.ref, files)
  const triggers = ecosystem.triggers(manifest, files)
  const pkg: UnpackedPackage = {
    artifact: {
      ref: job.ref, digest: job.digest, size: job.size,
      publishedAt: job.publishedAt, firstSeenAt: job.firstSeenAt, upstream: job.upstream,
    },
    manifest, files, triggers, oddities, missing,
  }
  const facts = gatherFacts(pkg)
  const runs = detectors
    .filter((detector) => detector.ecosystems.includes(job.ref.ecosystem))
    .map((detector) => run(detector, pkg, facts, job.outside))
  return { runs, missing: [...missing, ...facts.missing], triggers, files: files.size, bytes }
}
