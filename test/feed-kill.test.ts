import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { openDatabase } from '../src/adapters/embedded/database.ts'
import { EventLog } from '../src/monitor/log.ts'
import { systemClock } from '../src/ports/clock.ts'
import { startFakeNpmFeed } from './fakes/npm-feed.ts'

const ROUNDS = 4
const child = fileURLToPath(new URL('feed-kill.child.ts', import.meta.url))

/** Lets a follower turn some times, then kills it; with `turns` null it ends when there is nothing more. */
function follow(folder: string, url: string, turns: number | null): Promise<string | null> {
  const follower = spawn(process.execPath, [child, folder, url, turns === null ? 'calm' : ''], { stdio: ['ignore', 'pipe', 'pipe'] })
  return new Promise((resolve, reject) => {
    let said = ''
    let complaint = ''
    follower.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
      if (turns !== null && said.split('\n').length > turns) follower.kill('SIGKILL')
    })
    follower.stderr.setEncoding('utf8').on('data', (text: string) => { complaint += text })
    follower.on('error', reject)
    follower.on('close', (code, signal) => (complaint === '' && (code === 0) === (turns === null) ? resolve(signal) : reject(new Error(`${code} ${signal}: ${complaint}`))))
  })
}

it('a follower that is killed again and again loses no event and keeps none twice', { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-feed-'))
  const fake = await startFakeNpmFeed()
  try {
    await follow(folder, fake.url, null)
    const names = Array.from({ length: 4_000 }, (_, at) => `p${at}`)
    fake.change(...names)
    // Another number of turns each time, and whatever it has begun of the next.
    for (let round = 0; round < ROUNDS; round++) expect(await follow(folder, fake.url, 3 + ((round * 7) % 20))).toBe('SIGKILL')
    await follow(folder, fake.url, null)
    const database = await openDatabase(join(folder, 'sluice.db'))
    const log = new EventLog(database, systemClock)
    expect((await log.since(0, 10_000)).map(({ name }) => name)).toEqual(names)
    expect(await log.position('npm')).toMatchObject({ cursor: String(fake.seq) })
    await database.close()
  } finally {
    await fake.close()
    await rm(folder, { recursive: true })
  }
})
