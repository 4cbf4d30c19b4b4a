import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { openDatabase } from '../src/adapters/embedded/database.ts'
import { indexVerdict } from '../src/hunt/judged.ts'

const INDICATORS = 12
const FILES = 40
const child = fileURLToPath(new URL('hunt-kill.child.ts', import.meta.url))

/** Lets it say some lines, then kills it; with `lines` null it ends when nothing is left. */
function match(folder: string, lines: number | null): Promise<string | null> {
  const matcher = spawn(process.execPath, [child, folder, lines === null ? 'calm' : ''], { stdio: ['ignore', 'pipe', 'pipe'] })
  return new Promise((resolve, reject) => {
    let said = 0
    let complaint = ''
    matcher.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text.split('\n').length - 1
      if (lines !== null && said >= lines) matcher.kill('SIGKILL')
    })
    matcher.stderr.setEncoding('utf8').on('data', (text: string) => { complaint += text })
    matcher.on('error', reject)
    matcher.on('close', (code, signal) => (complaint === '' && (code === 0) === (lines === null) ? resolve(signal) : reject(new Error(`${code} ${signal}: ${complaint}`))))
  })
}

it('what is newly known is matched to its end and told once, however often it is killed', { timeout: 180_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-hunt-kill-'))
  try {
    const database = await openDatabase(join(folder, 'sluice.db'))
    await database.migrate()
    await database.transaction(async (tx) => {
      for (let of = 0; of < INDICATORS; of++) {
        for (let at = 0; at < FILES; at++) {
          const ref = { ecosystem: 'npm' as const, name: `p${of}-${at}`, version: '1.0.0', file: `p${of}-${at}.tgz` }
          const row = { findings: '[]', indicators: JSON.stringify([{ type: 'domain', value: `c${at}.evil${of}.example`, file: 'x.js', line: 1 }]), profile: null, sketch: null, level: 'clean', score: 0, judged_at: 1, rules: 'a@1', digest: `sha256:${'0'.repeat(64)}` }
          await tx.insertInto('verdicts').values({ ...ref, missing: '[]', runs: '[]', learned: null, difference: null, repository: null, elapsed_ms: 0, ...row }).execute()
          await indexVerdict(tx, { ref, row, before: null, hashes: '{}', publishedAt: Date.now(), swept: 0 })
        }
        await tx.insertInto('known_indicators').values({ type: 'domain', value: `evil${of}.example`, source: 'feed', record: null, says: '', tlp: 'green', valid_until: null, withdrawn: null, modified: 0, added_at: 0 }).execute()
      }
    })
    for (let round = 0; round < 6; round++) expect(await match(folder, 1 + ((round * 97) % 300))).toBe('SIGKILL')
    expect(await match(folder, null)).toBe(null)
    const hits = await database.query.selectFrom('indicator_hits').select(['name', 'alarm']).execute()
    const alarms = await database.query.selectFrom('alarms').select(['subject', 'size']).execute()
    await database.close()
    expect([hits.length, hits.filter(({ alarm }) => alarm === null).length]).toEqual([INDICATORS * FILES, 0])
    expect(alarms.map(({ subject, size }) => `${subject} ${size}`).sort()).toEqual(Array.from({ length: INDICATORS }, (_, of) => `indicator domain evil${of}.example ${FILES}`).sort())
    // A notice that was sent and not remembered is sent again under its number, which receivers know.
    const notices = (await readFile(join(folder, 'notices'), 'utf8')).trim().split('\n')
    expect(new Set(notices).size).toBe(INDICATORS)
  } finally {
    await rm(folder, { recursive: true })
  }
})
