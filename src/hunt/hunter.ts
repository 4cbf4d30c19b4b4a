import type { Context } from '../admission/context.ts'
import type { Settling } from '../admission/settle.ts'
import { decodeSketch } from '../analysis/sketch.ts'
import { SluiceError } from '../core/errors.ts'
import { answerOf } from './answer.ts'
import type { HuntAnswer } from './answer.ts'
import { positivesOf, readExpression } from './expression.ts'
import type { Expression } from './expression.ts'
import { isFilled } from './fill.ts'
import { retroStatus } from './retro.ts'
import type { Retro, RetroStatus } from './retro.ts'
import { runRules } from './rules.ts'
import type { RulesRun } from './rules.ts'
import { search } from './search.ts'
import { readStored } from './stored.ts'
import { hashTerm, likeTerm } from './terms.ts'
import type { Shown, Stored } from './terms.ts'

export interface HuntRequest {
  /** An indicator as it stands, or an expression; with one of the others it says where to look. */
  what?: string | undefined
  /** Code as `encodeSketch` has it, from which likeness on, 0 to 1, and the SHA-256 of the file it was in: who has that has it whole. */
  like?: { sketch: string; least: number; sha256?: string | undefined } | undefined
  /** YARA rules to run over what is stored, and for how many milliseconds at most. */
  yara?: { text: string; within: number } | undefined
  /** Files that are listed. */
  limit?: number | undefined
}

const REASONS = 12

/** Finds what was judged here, for the command line and the API alike. */
export class Hunter {
  readonly #context: Context
  readonly #settling: Pick<Settling, 'rule'>

  #running: Pick<Retro, 'counts'> | null = null

  constructor(context: Context, settling: Pick<Settling, 'rule'>) {
    this.#context = context
    this.#settling = settling
  }

  /** What matches everything new in this process. */
  attach(running: Pick<Retro, 'counts'>): void {
    this.#running = running
  }

  /** How far what is new has been matched against what was seen. */
  async retro(): Promise<RetroStatus> {
    return { ...await retroStatus(this.#context), ...this.#running?.counts ?? { judged: 0, left: 0 } }
  }

  /** Throws SluiceError `usage` for what cannot be hunted for, with the place of the mistake. */
  async hunt({ what, like, yara, limit = 100 }: HuntRequest, progress?: (done: number, of: number) => void): Promise<HuntAnswer> {
    const expression = this.#expression(what, like)
    const { database } = this.#context
    const notes = await isFilled(database.query) ? [] : ['what was judged before there was an index is still being put into it']
    if (yara) return this.#huntRules({ expression, yara, limit, notes }, progress)
    if (!expression) throw new SluiceError('usage', 'what is to be hunted for?', { hint: 'name an indicator, an expression, code that is alike, or YARA rules' })
    const { files, complete, looked } = await search(database, expression)
    if (!complete) notes.push('there was more to look at than a hunt looks at: narrow it')
    return answerOf({ context: this.#context, settling: this.#settling }, files, {
      limit, looked, notes, complete: notes.length === 0,
      why: async (shown) => reasons(await readStored(database.query, shown), expression),
    })
  }

  #expression(what: string | undefined, like: HuntRequest['like']): Expression | null {
    const written = what === undefined || what.trim() === '' ? null : readExpression(what, this.#context.clock.now())
    if (!like) return written
    if (!decodeSketch(like.sketch)) throw new SluiceError('usage', 'this is no sketch of code')
    const likes: Expression = { is: 'term', says: 'alike', term: likeTerm(like.sketch, like.least) }
    const alike: Expression = like.sha256 === undefined ? likes : { is: 'or', parts: [likes, { is: 'term', says: 'the same file', term: hashTerm(like.sha256) }] }
    return written ? { is: 'and', parts: [alike, written] } : alike
  }

  async #huntRules(
    { expression, yara, limit, notes }: { expression: Expression | null; yara: NonNullable<HuntRequest['yara']>; limit: number; notes: string[] }, progress?: (done: number, of: number) => void,
  ): Promise<HuntAnswer> {
    const files = expression ? (await search(this.#context.database, expression)).files : null
    const run: RulesRun = await runRules(this.#context, { ...yara, files, ...(progress ? { progress } : {}) })
    if (run.left > 0) notes.push(`time ran out: ${run.left.toLocaleString('en')} stored files were not looked at; --within gives more`)
    if (run.gone > 0) notes.push(`of ${run.gone.toLocaleString('en')} judged files the bytes are not stored any more`)
    if (run.failed > 0) notes.push(`of ${run.failed.toLocaleString('en')} files the rules could not be run over: ${run.problem}`)
    return answerOf({ context: this.#context, settling: this.#settling }, run.matched.map(({ file }) => file), {
      limit, looked: run.looked, notes, complete: run.left === 0 && run.failed === 0 && notes.length === 0,
      why: (shown) => Promise.resolve(new Map(shown.map((one) => [one.id, run.matched.find(({ file }) => file.id === one.id)?.why ?? []]))),
    })
  }
}

function reasons(stored: ReadonlyMap<number, Stored>, expression: Expression): Map<number, Shown[]> {
  const leaves = positivesOf(expression)
  const terms = leaves.flatMap((leaf) => (leaf.is === 'term' ? [leaf.term] : leaf.is === 'names' ? leaf.or : []))
  const by = leaves.filter((leaf) => leaf.is === 'names').map(({ says }): Shown => ({ what: 'belongs to', file: '', line: 0, excerpt: says }))
  return new Map([...stored].map(([id, one]) => {
    const found = terms.flatMap((term) => term.found(one))
    return [id, [...(found.length > 0 ? found : by), ...(terms.length === 0 && by.length === 0 ? worst(one) : [])].slice(0, REASONS)]
  }))
}

/** Where nothing but names and numbers was asked for: what was found in it. */
const worst = ({ findings }: Stored): Shown[] =>
  findings.slice(0, 2).map(({ detector, title, evidence: [{ file, lines, excerpt }] }) => ({ what: `${detector}: ${title}`, file, line: lines[0], excerpt }))
