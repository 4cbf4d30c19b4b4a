import { open, readFile, rename } from 'node:fs/promises'
import { SluiceError, sentence } from '../core/errors.ts'
import type { Database } from '../ports/database.ts'
import { GENESIS } from './chain.ts'
import type { Head } from './chain.ts'

/** `SEQ:HASH`, the form of the head file and of `--head`. Throws SluiceError `usage`. */
export function parseHead(text: string): Head {
  const match = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text.trim())
  if (!match) throw new SluiceError('usage', 'a ledger head is written SEQ:HASH, with 64 hex digits', { hint: '`sluice ledger verify` prints it in this form' })
  return { seq: Number(match[1]), hash: match[2] as string }
}

export const formatHead = ({ seq, hash }: Head): string => `${seq}:${hash}`

/** The head the database has now; the genesis when it is empty. */
export async function currentHead(database: Pick<Database, 'query'>): Promise<Head> {
  const row = await database.query.selectFrom('ledger').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirst()
  return row ? { seq: row.seq, hash: row.hash } : { seq: 0, hash: GENESIS }
}

/** null when there is no file. Throws SluiceError `ledger-broken` when it holds something else. */
export async function readHead(file: string): Promise<Head | null> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null
    throw new SluiceError('storage', sentence(cause), { cause })
  }
  try {
    return parseHead(text)
  } catch (cause) {
    throw new SluiceError('ledger-broken', `${file} does not hold a ledger head`, { cause })
  }
}

export interface HeadKeeper {
  /** Give this to `createLedger` as `onHead`. */
  seen(head: Head): void
  /** Writes what is still to be written. Call after the ledger is closed, before the database is. */
  close(): Promise<void>
}

/**
 * Keeps the newest head in a file beside the database, so that cutting the ledger's end is noticed. Written from the start
 * (an empty ledger has a head, too), then at most once per `interval` milliseconds. A file that contradicts the ledger is
 * evidence: it is reported and never overwritten. A file that is gone from beside a ledger with lines is reported and
 * written anew. The file never runs ahead of what is durable, nor backwards.
 */
export async function keepHead({ file, database, onProblem, interval = 1000 }: {
  file: string
  database: Pick<Database, 'query'>
  onProblem: (says: string) => void
  interval?: number
}): Promise<HeadKeeper> {
  let latest: Head | null = null
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()
  let reported = ''

  const report = (says: string): void => {
    if (says !== reported) onProblem(says)
    reported = says
  }
  const write = async (): Promise<void> => {
    const head = latest
    if (!head) return
    try {
      const kept = await readHead(file)
      const says = kept && await contradiction(database, kept)
      if (says) {
        report(says)
        return
      }
      if (!kept && head.seq > 0) report(`${file} is missing: whether the ledger's end was cut cannot be told`)
      if (!kept || kept.seq < head.seq) await replace(file, formatHead(head))
      if (latest === head) latest = null
    } catch (thrown) {
      report(`the head of the ledger could not be kept: ${sentence(thrown)}`)
    }
  }
  const schedule = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined
      writing = writing.then(write)
    }, interval).unref()
  }

  latest = await currentHead(database)
  await write()
  return {
    seen(head) {
      latest = head
      schedule()
    },
    async close() {
      clearTimeout(timer)
      await writing
      await write()
    },
  }
}

/** What is wrong between a kept head and the ledger; null when the ledger still has that line. */
async function contradiction(database: Pick<Database, 'query'>, { seq, hash }: Head): Promise<string | null> {
  if (seq === 0) return hash === GENESIS ? null : 'the kept head is not that of an empty ledger'
  const line = await database.query.selectFrom('ledger').select('hash').where('seq', '=', seq).executeTakeFirst()
  if (!line) return `the ledger was cut: line ${seq}, which was its head once, is gone`
  return line.hash === hash ? null : `the ledger was rewritten: line ${seq} is not the one that was its head`
}

async function replace(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.new`
  const handle = await open(temporary, 'w')
  try {
    await handle.writeFile(`${text}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, file)
}
