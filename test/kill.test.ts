import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { openBlobs } from '../src/adapters/embedded/blobs.ts'
import { openDatabase } from '../src/adapters/embedded/database.ts'
import { keepHead, readHead } from '../src/ledger/head.ts'
import { verify } from '../src/ledger/verify.ts'

const ROUNDS = 6
const child = fileURLToPath(new URL('kill.child.ts', import.meta.url))

/** Lets a writer work until it has acknowledged some hundred lines, then kills it. Answers the lines it acknowledged. */
function killedWriter(folder: string, round: number): Promise<string[]> {
  const writer = spawn(process.execPath, [child, folder, String(round)], { stdio: ['ignore', 'pipe', 'pipe'] })
  // Killed after another amount of work each time, so at another place in what it does.
  const enough = 200 + Math.floor(Math.random() * 2000)
  return new Promise((resolve, reject) => {
    let said = ''
    let complaint = ''
    writer.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (said.split('\n').length > enough) writer.kill('SIGKILL')
    })
    writer.stderr.setEncoding('utf8').on('data', (text: string) => { complaint += text })
    writer.on('error', reject)
    writer.on('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve(said.split('\n').slice(0, -1))
      else reject(new Error(`the writer ended by itself (${code}): ${complaint}`))
    })
  })
}

it('kill -9 under load loses no acknowledged line, leaves no half blob and needs no repair', { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-kill-'))
  try {
    const problems: string[] = []
    const acknowledged: string[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      acknowledged.push(...await killedWriter(folder, round))
      // Otherwise it was not killed in the middle of a blob, and the round would show nothing about them.
      expect((await readdir(join(folder, 'blobs', 'temp'))).length).toBeGreaterThan(0)

      const file = join(folder, 'ledger.head')
      const database = await openDatabase(join(folder, 'sluice.db'))
      const kept = await readHead(file)
      const { ok, lines, problems: found } = await verify({ database, kept: kept ? [{ ...kept, where: 'the head file' }] : [] })
      expect({ ok, found, kept: kept !== null }).toEqual({ ok: true, found: [], kept: true })

      const names = new Set((await database.query.selectFrom('ledger').select('name').execute()).map((row) => row.name))
      expect(names.size).toBe(lines)
      expect(acknowledged.filter((name) => !names.has(name))).toEqual([])

      const blobs = await openBlobs(join(folder, 'blobs'))
      expect(await readdir(join(folder, 'blobs', 'temp'))).toEqual([])
      for await (const digest of blobs.list()) {
        const bytes = await readFile(blobs.path(digest) ?? '')
        expect(`sha256:${createHash('sha256').update(bytes).digest('hex')}`).toBe(digest)
      }
      const keeper = await keepHead({ file, database, onProblem: (says) => problems.push(says) })
      await keeper.close()
      await database.close()
    }
    expect(problems).toEqual([])
    expect(acknowledged.length).toBeGreaterThanOrEqual(ROUNDS * 200)
  } finally {
    await rm(folder, { recursive: true })
  }
})
