import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { Context } from '../admission/context.ts'
import { SluiceError } from '../core/errors.ts'
import { oneLine } from '../core/text.ts'
import type { Digest, Finding } from '../core/types.ts'
import { parseEntry } from '../ledger/entry.ts'
import { sealed } from './archive.ts'
import type { Entry, Seal } from './archive.ts'
import { recallOf, tombstoneOf } from './tombstones.ts'
import type { RecallView, Tombstone } from './tombstones.ts'

type EvidenceContext = Pick<Context, 'database' | 'evidence' | 'ledger' | 'clock' | 'log'>

/** Bytes that were taken back, under every name they had. */
export interface Piece {
  digest: Digest
  size: number
  files: readonly (Pick<Tombstone, 'ecosystem' | 'name' | 'version' | 'file' | 'at'> & { recall: string; cause: string; because: string })[]
}

/** Everything known of one piece: for people, and in the manifest that goes with it. */
export interface PieceView extends Piece {
  /** Hex, by algorithm: what was computed when it came in. */
  hashes: Readonly<Record<string, string>>
  origins: readonly { upstream: string; publishedAt: Date | null; firstSeenAt: Date }[]
  verdicts: readonly { file: string; level: string; score: number; rules: string; findings: readonly Finding[]; judgedAt: Date }[]
  /** What was done with it, in order: ledger lines. */
  custody: readonly { seq: number; hash: string; at: Date; what: string; by: string | null; because: string | null }[]
}

export interface ExportRequest {
  digests: readonly Digest[]
  seal: Seal
  by: string
  because: string
}

const CUSTODY = ['decided', 'recalled', 'purged', 'restored', 'exported'] as const
const MOST = 200

/** The store of what was taken back: looked at, and handed out encrypted, with who did that in the ledger. Nothing is unpacked. */
export class EvidenceStore {
  readonly #context: EvidenceContext

  constructor(context: EvidenceContext) {
    this.#context = context
  }

  /** The latest first. */
  async list(limit = 500): Promise<Piece[]> {
    return pieces((await this.#held().orderBy('tombstones.seq', 'desc').limit(limit).execute()).map(held))
  }

  /** `digest` may be cut to eight hex digits or more where that is clear. Throws `not-found`, `usage`. */
  async show(digest: string): Promise<PieceView> {
    const hex = /^(?:sha256:)?([0-9a-f]{8,64})$/i.exec(digest)?.[1]?.toLowerCase()
    if (hex === undefined) throw new SluiceError('usage', 'evidence is named by its SHA-256, or the first eight hex digits of it at least')
    const found = pieces((await this.#held().where('tombstones.digest', '>=', `sha256:${hex}`).where('tombstones.digest', '<=', `sha256:${hex}g`).limit(MOST).execute()).map(held))
    const [piece] = found
    if (!piece) throw new SluiceError('not-found', `there is no evidence ${oneLine(digest, 80)}`, { hint: 'sluice evidence list shows what there is' })
    if (found.length > 1) throw new SluiceError('usage', `${found.length} pieces of evidence begin with ${hex}`, { hint: 'write more of the digest' })
    return this.#whole(piece)
  }

  /**
   * One encrypted archive with `manifest.json` and each piece as `SHA-256.sample`. That it was handed out, to whom as far as
   * `by` tells, and why, is in the ledger for each piece before the first byte leaves. Throws `not-found`, `usage`.
   */
  async export({ digests, seal, by, because }: ExportRequest): Promise<{ name: string; stream: Readable }> {
    const why = oneLine(because, 300)
    if (why === '') throw new SluiceError('usage', 'an export needs a reason', { hint: 'say who gets it, and why, with --because "…"' })
    if (digests.length === 0 || digests.length > MOST) throw new SluiceError('usage', `an archive holds 1 to ${MOST} pieces of evidence`)
    const wanted = []
    for (const digest of new Set(digests)) wanted.push(await this.show(digest))
    const at = this.#context.clock.now()
    const manifest = Buffer.from(`${JSON.stringify({
      format: 'sluice-evidence/1', exported: { at, by: oneLine(by, 100), because: why, encryption: seal.format === 'zip' ? 'zip AES-256 (AE-2)' : 'age v1' },
      warning: 'Files named .sample are malicious or suspected to be. They are archives as the registry served them; do not install them.',
      evidence: wanted.map((piece) => ({ sample: sampleName(piece.digest), ...piece })),
    }, null, 2)}\n`)
    const entries: Entry[] = [
      { name: 'manifest.json', size: manifest.byteLength, read: () => Promise.resolve(Readable.from([manifest])) },
      ...wanted.map(({ digest, size }) => ({ name: sampleName(digest), size, read: () => this.#read(digest) })),
    ]
    for (const { digest } of wanted) if (!(await this.#context.evidence.has(digest))) throw new SluiceError('not-found', `the bytes of ${digest} are not in the evidence store`)
    const stream = await sealed(entries, seal)
    for (const { digest, files: [first] } of wanted) {
      await this.#context.ledger.append({
        at, kind: 'exported', digest, by, because: why, ...(first ? { ecosystem: first.ecosystem, name: first.name, version: first.version, file: first.file } : {}),
        facts: { format: seal.format, pieces: wanted.length, ...('recipients' in seal ? { recipients: seal.recipients.join(' ').slice(0, 250) } : {}) },
      })
    }
    const hex = wanted[0]?.digest.slice(7, 19) ?? ''
    return { stream, name: `evidence-${hex}${wanted.length > 1 ? `-and-${wanted.length - 1}` : ''}.${seal.format === 'zip' ? 'zip' : 'tar.age'}` }
  }

  #held() {
    return this.#context.database.query.selectFrom('tombstones').innerJoin('recalls', 'recalls.id', 'tombstones.recall')
      .selectAll('tombstones').select(['recalls.cause', 'recalls.because', 'recalls.reference', 'recalls.by', 'recalls.subjects', 'recalls.totals', 'recalls.quiet', 'recalls.told_at'])
      .where('tombstones.step', '=', 'withdrawn').where('tombstones.kept', '=', 1)
  }

  async #whole(piece: Piece): Promise<PieceView> {
    const { query } = this.#context.database
    const artifacts = await query.selectFrom('artifacts').select(['hashes', 'upstream', 'published_at', 'first_seen_at', 'size']).where('digest', '=', piece.digest).execute()
    const verdicts = await query.selectFrom('verdicts').select(['file', 'level', 'score', 'rules', 'findings', 'judged_at'])
      .where((is) => is.or(piece.files.map(({ ecosystem, name, file }) => is.and([is('ecosystem', '=', ecosystem), is('name', '=', name), is('file', '=', file)]))))
      .where('digest', '=', piece.digest).execute()
    const lines = await query.selectFrom('ledger').select(['seq', 'hash', 'entry']).where('digest', '=', piece.digest).where('kind', 'in', CUSTODY).orderBy('seq').limit(MOST).execute()
    return {
      ...piece, size: (await this.#context.evidence.size(piece.digest)) ?? piece.size,
      hashes: Object.assign({ sha256: piece.digest.slice(7) }, ...artifacts.map(({ hashes }) => JSON.parse(hashes) as Record<string, string>)) as Record<string, string>,
      origins: artifacts.map(({ upstream, published_at: published, first_seen_at: first }) => ({ upstream, publishedAt: published === null ? null : new Date(Number(published)), firstSeenAt: new Date(Number(first)) })),
      verdicts: verdicts.map(({ judged_at: judged, findings, score, ...rest }) => ({ ...rest, score: Number(score), findings: JSON.parse(findings) as Finding[], judgedAt: new Date(Number(judged)) })),
      custody: lines.flatMap(({ seq, hash, entry }) => {
        const line = parseEntry(entry)
        return line ? [{ seq: Number(seq), hash, at: line.at, what: line.kind, by: line.by ?? null, because: line.because ?? null }] : []
      }),
    }
  }

  /** Hashed on the way out: an archive never says of other bytes that they are these. */
  async #read(digest: Digest): Promise<Readable> {
    const source = await this.#context.evidence.read(digest)
    return Readable.from(checked(source, digest))
  }
}

async function* checked(source: Readable, digest: Digest): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256')
  for await (const chunk of source as AsyncIterable<Uint8Array>) {
    hash.update(chunk)
    yield chunk
  }
  if (`sha256:${hash.digest('hex')}` !== digest) throw new SluiceError('storage', `what is stored as ${digest} is something else`)
}

const sampleName = (digest: Digest): string => `${digest.slice(7)}.sample`

type Held = { tombstone: Tombstone; recall: Pick<RecallView, 'cause' | 'because'> }

const held = (row: Parameters<typeof tombstoneOf>[0] & Omit<Parameters<typeof recallOf>[0], 'id'>): Held =>
  ({ tombstone: tombstoneOf(row), recall: { cause: row.cause, because: row.because } })

function pieces(all: readonly Held[]): Piece[] {
  return [...Map.groupBy(all, ({ tombstone }) => tombstone.digest)].map(([digest, same]) => ({
    digest, size: Math.max(...same.map(({ tombstone }) => tombstone.size)),
    files: same.map(({ tombstone: { ecosystem, name, version, file, at, recall }, recall: { cause, because } }) => ({ ecosystem, name, version, file, at, recall, cause, because })),
  }))
}
