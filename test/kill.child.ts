/**
 * Appends to the ledger and puts blobs as fast as it can in the folder given, until it is killed. Prints the name of each
 * line that was acknowledged; a pipe is written synchronously, so what it printed is what it knew.
 */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { openBlobs } from '../src/adapters/embedded/blobs.ts'
import { openDatabase } from '../src/adapters/embedded/database.ts'
import { createLedger } from '../src/ledger/append.ts'
import { keepHead } from '../src/ledger/head.ts'

const [folder = '', round = ''] = process.argv.slice(2)
const database = await openDatabase(join(folder, 'sluice.db'))
await database.migrate()
const fail = (says: string): void => {
  process.stderr.write(`${says}\n`)
  process.exitCode = 1
}
const keeper = await keepHead({ file: join(folder, 'ledger.head'), database, onProblem: fail, interval: 5 })
const ledger = createLedger({ database, onHead: keeper.seen })
const blobs = await openBlobs(join(folder, 'blobs'))

async function appendForever(lane: number): Promise<void> {
  for (let turn = 0; ; turn += 1) {
    const name = `${round}-${lane}-${turn}`
    // A caller of its own for every third line: rows of callers and lines come and go together.
    const forwarded = { host: `host-${lane}`, job: turn % 3 === 0 ? name : null }
    await ledger.append({ at: new Date(), kind: 'served', ecosystem: 'npm', name, version: '1.0.0', digest: `sha256:${lane}`, token: 'team', address: '192.0.2.1', forwarded })
    process.stdout.write(`${name}\n`)
  }
}

async function* someBytes(): AsyncGenerator<Uint8Array> {
  for (let part = 0; part < 8; part += 1) yield randomBytes(20_000)
}

/** A blob whose end never comes; resolves once its first bytes are on their way to disk. */
function putHalf(): Promise<void> {
  return new Promise((begun) => {
    async function* half(): AsyncGenerator<Uint8Array> {
      yield randomBytes(20_000)
      begun()
      await new Promise(() => {})
    }
    void blobs.put(half(), { limit: 1_000_000 })
  })
}

async function putForever(): Promise<void> {
  for (;;) await blobs.put(someBytes(), { limit: 1_000_000 })
}

await putHalf()
await Promise.all([...Array.from({ length: 64 }, (_, lane) => appendForever(lane)), putForever(), putForever()])
