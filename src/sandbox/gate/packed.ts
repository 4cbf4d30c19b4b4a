import { promisify } from 'node:util'
import { constants, zstdCompress, zstdDecompress } from 'node:zlib'
import { SluiceError } from '../../core/errors.ts'
import type { Act } from '../../tracing/act.ts'
import type { DiskChange, PhaseRecord, SandboxRecord } from '../record.ts'

/** A record as it is kept, JSON packed with zstd (RFC 8878). What is longer loses what takes most room, and says so. */
const LARGEST = 16 * 1024 * 1024
const FEW = 2_000

const SHORTENED = 'the record was too long to be kept whole'

/** What was seen is not all in it: who judges it now sees less than who judged it then. */
export const isShortened = ({ missing }: Pick<SandboxRecord, 'missing'>): boolean => missing.includes(SHORTENED)

const compress = promisify(zstdCompress)
const decompress = promisify(zstdDecompress)

export async function packRecord(record: SandboxRecord): Promise<Uint8Array> {
  for (const shorter of [same, withoutContent, withFewActs]) {
    const text = JSON.stringify(written(shorter === same ? record : { ...shorter(record), missing: [...record.missing, SHORTENED] }))
    if (text.length <= LARGEST) return compress(text, { params: { [constants.ZSTD_c_compressionLevel]: 6 } })
  }
  throw new SluiceError('storage', 'a record of the sandbox is too large to be kept')
}

/** Throws SluiceError `storage` for what is no record. */
export async function unpackRecord(packed: Uint8Array): Promise<SandboxRecord> {
  try {
    return readRecord(JSON.parse((await decompress(packed, { maxOutputLength: LARGEST * 4 })).toString('utf8')) as Written)
  } catch (cause) {
    throw new SluiceError('storage', 'a record of the sandbox cannot be read', { cause })
  }
}

const same = (record: SandboxRecord): SandboxRecord => record

const withoutContent = (record: SandboxRecord): SandboxRecord => ({
  ...record, phases: record.phases.map((phase) => ({ ...phase, acts: phase.acts.map(withoutSample), disk: phase.disk.map((change) => ({ ...change, content: null })) })),
})

const withoutSample = (act: Act): Act => {
  const { sample, ...rest } = act
  return sample ? rest : act
}

/** Of acts without anything that makes them telling, and of files, only the first. */
const withFewActs = (record: SandboxRecord): SandboxRecord => ({
  ...withoutContent(record),
  phases: withoutContent(record).phases.map((phase) => {
    const telling = phase.acts.filter(({ honey, kind }) => honey !== undefined || kind === 'connect' || kind === 'request' || kind === 'exec').slice(0, FEW)
    const acts = new Set([...telling, ...phase.acts.slice(0, FEW)])
    const dropped = { ...phase.dropped }
    for (const { kind } of phase.acts.filter((act) => !acts.has(act))) dropped[kind] = (dropped[kind] ?? 0) + 1
    return { ...phase, acts: [...acts].sort((a, b) => a.at - b.at), dropped, disk: phase.disk.slice(0, FEW), processes: phase.processes.slice(0, FEW) }
  }),
})

/** JSON has no bytes and no times: they stand in it as base64 and ISO 8601. */
type Text<T, K extends keyof T> = Omit<T, K> & { [P in K]: undefined extends T[P] ? string | undefined : null extends T[P] ? string | null : string }
type WrittenPhase = Text<Omit<PhaseRecord, 'acts' | 'disk'>, 'stdout' | 'stderr'> & { acts: (Omit<Act, 'sample'> & { sample?: string })[]; disk: Text<DiskChange, 'content'>[] }
export type Written = Omit<SandboxRecord, 'phases' | 'startedAt'> & { startedAt: string; phases: WrittenPhase[] }

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'))

/** As JSON has it. */
export const written = (record: SandboxRecord): Written => ({
  ...record, startedAt: record.startedAt.toISOString(),
  phases: record.phases.map((phase) => ({
    ...phase, stdout: base64(phase.stdout), stderr: base64(phase.stderr),
    acts: phase.acts.map(({ sample, ...act }) => ({ ...act, ...(sample ? { sample: base64(sample) } : {}) })),
    disk: phase.disk.map(({ content, ...change }) => ({ ...change, content: content && base64(content) })),
  })),
})

export const readRecord = (record: Written): SandboxRecord => ({
  ...record, startedAt: new Date(record.startedAt),
  phases: record.phases.map((phase) => ({
    ...phase, stdout: bytesOf(phase.stdout), stderr: bytesOf(phase.stderr),
    acts: phase.acts.map(({ sample, ...act }) => ({ ...act, ...(sample === undefined ? {} : { sample: bytesOf(sample) }) })),
    disk: phase.disk.map(({ content, ...change }) => ({ ...change, content: content === null ? null : bytesOf(content) })),
  })),
})
