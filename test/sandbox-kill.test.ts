import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { openBlobs } from '../src/adapters/embedded/blobs.ts'
import { openDatabase } from '../src/adapters/embedded/database.ts'
import { place } from '../src/sandbox/gate/wants.ts'
import type { Digest } from '../src/core/types.ts'

const FILES = 30
const MINUTE = 60_000
const child = fileURLToPath(new URL('sandbox-kill.child.ts', import.meta.url))

/** Lets it say some lines, then kills it; with `lines` null it ends when nothing is left. */
function gate(folder: string, { lines, ahead }: { lines: number | null; ahead: number }): Promise<string | null> {
  const runner = spawn(process.execPath, [child, folder, String(ahead), lines === null ? 'calm' : String(lines)], { stdio: ['ignore', 'pipe', 'pipe'] })
  return new Promise((resolve, reject) => {
    let said = 0
    let complaint = ''
    runner.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text.split('\n').length - 1
      if (lines !== null && said >= lines) runner.kill('SIGKILL')
    })
    runner.stderr.setEncoding('utf8').on('data', (text: string) => { complaint += text })
    runner.on('error', reject)
    runner.on('close', (code, signal) => (complaint === '' && (code === 0) === (lines === null) ? resolve(signal) : reject(new Error(`${code} ${signal}: ${complaint}`))))
  })
}

it('loses nothing, frees nothing that was not run, and runs nothing twice at a time, however often gates are killed', { timeout: 180_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-sandbox-kill-'))
  const database = await openDatabase(join(folder, 'sluice.db'))
  try {
    await database.migrate()
    const blobs = await openBlobs(join(folder, 'blobs'))
    for (let at = 0; at < FILES; at++) {
      const { digest } = await blobs.put(Readable.from([Buffer.from(`package ${at}`)]), { limit: 1_000 })
      await database.transaction(async (tx) => {
        const ref = { ecosystem: 'npm' as const, name: `p${at}`, version: '1.0.0', file: `p${at}-1.0.0.tgz` }
        await tx.insertInto('artifacts').values({ ...ref, digest, size: 9, upstream: 'https://registry.example/', source: 'public', published_at: 1, first_seen_at: 1, hashes: '{}', purged: 0 }).execute()
        await tx.insertInto('verdicts').values({ ...ref, digest, level: 'clean', score: 0, findings: '[]', missing: '[]', runs: '[]', rules: 'a@1', judged_at: 1, elapsed_ms: 1, indicators: '[]', learned: null, profile: null, difference: null, repository: null, sketch: null, examined: null }).execute()
        await place(tx, null, { ref, digest, wanted: { reason: 'new-hooks', says: 'it has a hook', holds: true, urgency: 1 }, state: 'waiting', problem: null, run: null, by: null, at: new Date() })
      })
    }
    const state = async (): Promise<{ held: Set<string>; written: Set<string> }> => {
      const held = await database.query.selectFrom('sandbox_wants').select('digest').where('state', '!=', 'done').where('holds', '=', 1).execute()
      const written = await database.query.selectFrom('sandbox_runs').select('digest').where('status', '=', 'completed').execute()
      return { held: new Set(held.map(({ digest }) => digest)), written: new Set(written.map(({ digest }) => digest)) }
    }
    const all = Array.from({ length: FILES }, (_, at): Digest => `sha256:${createHash('sha256').update(`package ${at}`).digest('hex')}`)
    // Two gates at a time, both killed; a minute later, when their claims have run out, the next two.
    for (let round = 0; round < 3; round++) {
      await Promise.all([gate(folder, { lines: 3 + round * 4, ahead: round * MINUTE }), gate(folder, { lines: 5 + round * 3, ahead: round * MINUTE })])
      const { held, written } = await state()
      expect(all.filter((digest) => !held.has(digest) && !written.has(digest))).toEqual([])
    }
    await Promise.all([gate(folder, { lines: null, ahead: 3 * MINUTE }), gate(folder, { lines: null, ahead: 3 * MINUTE })])
    const { held, written } = await state()
    expect([held.size, written.size]).toEqual([0, FILES])
    expect(await database.query.selectFrom('sandbox_runs').select('id').where('status', 'in', ['running', 'failed']).execute()).toEqual([])
    const indicators = await database.query.selectFrom('verdicts').select(['name', 'indicators']).execute()
    expect(indicators.every(({ name, indicators: found }) => found?.includes(`${name}.attacker.example`))).toBe(true)
    expect(new Set((await readFile(join(folder, 'ledger'), 'utf8')).trim().split('\n')).size).toBe(FILES)
    expect(overlaps((await readFile(join(folder, 'log'), 'utf8')).trim().split('\n'))).toEqual([])
    // A run that was written is not repeated.
    const runs = await database.query.selectFrom('sandbox_runs').select('digest').where('status', '=', 'completed').execute()
    expect(runs).toHaveLength(FILES)
  } finally {
    await database.close()
    await rm(folder, { recursive: true })
  }
})

/** Names that were begun by one process while another that was still alive had them. */
function overlaps(lines: readonly string[]): string[] {
  const running = new Map<string, string>()
  const last = new Map<string, number>()
  for (const [at, line] of lines.entries()) last.set(line.split(' ')[2] as string, at)
  return lines.flatMap((line, at) => {
    const [what, name, pid] = line.split(' ') as [string, string, string]
    const other = running.get(name)
    if (what === 'end') running.delete(name)
    else running.set(name, pid)
    return what === 'begin' && other !== undefined && other !== pid && (last.get(other) ?? 0) > at ? [line] : []
  })
}
