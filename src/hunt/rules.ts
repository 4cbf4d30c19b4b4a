import { createHash } from 'node:crypto'
import type { Context } from '../admission/context.ts'
import { isCode, sentence, SluiceError } from '../core/errors.ts'
import type { Digest } from '../core/types.ts'
import { checkRules } from '../yara/check.ts'
import { located } from '../yara/rules.ts'
import type { UserRules } from '../yara/rules.ts'
import type { Candidate } from './expression.ts'
import { candidateOf } from './search.ts'
import type { Shown } from './terms.ts'

export interface RulesRun {
  matched: { file: Candidate; why: Shown[] }[]
  looked: number
  /** Files that time did not suffice for, whose bytes are gone, and that rules could not be run over. */
  left: number
  gone: number
  failed: number
  problem: string
}

interface Wanted {
  text: string
  /** Milliseconds in all. */
  within: number
  /** null: every file that was judged. */
  files: readonly Candidate[] | null
  progress?: (done: number, of: number) => void
}

/** At a time: workers are for clients first. */
const AT_ONCE = 2
const PAGE = 500
/** For one package, as where nothing is configured. */
const TIME = 5_000
const MATCHES = 20_000

/**
 * Runs rules over stored files in worker processes, what was delivered most often first. Throws SluiceError `usage` where the rules do not
 * compile.
 */
export async function runRules(context: Context, { text, within, files, progress }: Wanted): Promise<RulesRun> {
  const rules: UserRules = {
    folder: 'the rules given', files: [{ name: 'hunt.yar', text }], problem: null, digest: createHash('sha256').update(text).digest('hex').slice(0, 16), timeMs: TIME,
  }
  const { broken, files: compiled } = await checkRules(rules)
  if (compiled === 0) throw new SluiceError('usage', `the rules do not compile: ${broken.map(located).join('; ').slice(0, 1_000)}`)
  const until = performance.now() + within
  const of = files?.length ?? Number((await context.database.query.selectFrom('judged_files').select(({ fn }) => fn.countAll<number>().as('files')).executeTakeFirst())?.files ?? 0)
  const run: RulesRun = { matched: [], looked: 0, left: 0, gone: 0, failed: 0, problem: '' }
  let taken = 0
  const source = files ? files.values() : everyFile(context)
  const iterator = (Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()) as AsyncIterator<Candidate> | Iterator<Candidate>
  const work = async (): Promise<void> => {
    while (performance.now() < until && run.matched.length < MATCHES) {
      const next = await iterator.next()
      if (next.done === true) return
      taken++
      await one(context, rules, next.value, run)
      progress?.(taken, of)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return { ...run, left: Math.max(0, of - taken), matched: run.matched.sort((a, b) => b.file.served - a.file.served || b.file.level - a.file.level) }
}

async function one(context: Context, rules: UserRules, file: Candidate, run: RulesRun): Promise<void> {
  const { database, blobs, pool, limits } = context
  const artifact = await database.query.selectFrom('artifacts').select(['digest', 'purged'])
    .where('ecosystem', '=', file.ecosystem).where('name', '=', file.name).where('file', '=', file.file).executeTakeFirst()
  const digest = artifact?.digest as Digest | undefined
  const store = digest === undefined ? null : await blobs.has(digest) ? blobs : await context.evidence.has(digest) ? context.evidence : null
  if (digest === undefined || store === null) {
    run.gone++
    return
  }
  try {
    const result = await pool.run({ kind: 'match', ref: file, rules, source: store.path(digest) ?? (await store.bytes(digest, limits.artifactSize)) }, { priority: 'ahead' })
    run.looked++
    if (result.run.status !== 'ok') throw new SluiceError('worker-crashed', result.run.reason)
    const why = result.run.findings.flatMap(({ title, evidence }) => evidence.slice(0, 3).map((place): Shown => ({ what: title, file: place.file, line: place.lines[0], excerpt: place.excerpt })))
    if (result.run.findings.length > 0) run.matched.push({ file, why })
  } catch (thrown) {
    if (isCode(thrown, 'worker-closed')) throw thrown
    run.failed++
    run.problem = sentence(thrown)
  }
}

/** What was delivered most often first. Each file once, as long as nothing is delivered meanwhile. */
async function* everyFile({ database }: Pick<Context, 'database'>): AsyncGenerator<Candidate> {
  let place: { served: number; id: number } | null = null
  for (;;) {
    const at: { served: number; id: number } | null = place
    const rows: Candidate[] = (await database.query.selectFrom('judged_files').selectAll()
      .$if(at !== null, (some) => some.where((is) => is.or([is('served', '<', at?.served ?? 0), is.and([is('served', '=', at?.served ?? 0), is('id', '<', at?.id ?? 0)])])))
      .orderBy('served', 'desc').orderBy('id', 'desc').limit(PAGE).execute()).map(candidateOf)
    const last = rows.at(-1)
    if (!last) return
    yield* rows
    place = { served: last.served, id: last.id }
  }
}
