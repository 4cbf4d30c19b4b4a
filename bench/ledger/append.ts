/**
 * How fast lines come onto the disk: `node bench/ledger/append.ts [--lines 100000] [--flying 256] [--callers 500] [--into FILE]`.
 * `--callers`: how many sets of facts about who asks take turns; `--into`: a database that has lines already, which is changed.
 * Processor time is of all threads, and tells more than the clock where other work runs.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openDatabase } from '../../src/adapters/embedded/database.ts'
import { clientOf } from '../../src/core/client.ts'
import { createLedger } from '../../src/ledger/append.ts'
import type { LedgerEntry } from '../../src/ledger/entry.ts'

const { values } = parseArgs({ options: {
  lines: { type: 'string', default: '100000' }, flying: { type: 'string', default: '256' }, callers: { type: 'string', default: '500' }, into: { type: 'string' },
} })
const [lines, flying, callers] = [Number(values.lines), Number(values.flying), Number(values.callers)]

const AGENTS = ['npm/11.0.0 node/v24.0.0 linux x64 workspaces/false', 'pnpm/10.34.0 npm/? node/v24.0.0 linux x64', 'npm/10.9.0 node/v20.1.0 linux x64 workspaces/false ci/github-actions'].map(clientOf)
const hex = (number: number): string => number.toString(16).padStart(64, '0')

function entryOf(index: number): LedgerEntry {
  const who = index % callers
  const what = (index * 7919) % 20_000
  return {
    at: new Date(), kind: 'served', ecosystem: 'npm', name: `package-${what}`, version: `1.${what % 10}.0`, file: `package-${what}-1.${what % 10}.0.tgz`,
    digest: `sha256:${hex(what)}`, action: 'serve', reason: 'clean', because: 'nothing found', policy: 'f00df00df00d', status: 200, bytes: 48_211,
    client: AGENTS[who % 3] ?? null, token: `team-${who % 40}`, address: `10.0.${who >> 8}.${who & 255}`, request: `r${index.toString(36)}`,
    forwarded: { host: `host-${who}`, user: `user-${who % 300}`, job: who % 3 === 2 ? `build ${who}` : null, url: who % 3 === 2 ? `https://ci.example/acme/${who}` : null, address: null },
  }
}

const folder = values.into === undefined ? mkdtempSync(join(tmpdir(), 'sluice-append-')) : null
const file = values.into ?? join(folder as string, 'sluice.db')
const database = await openDatabase(file)
await database.migrate()
const commits: number[] = []
const ledger = createLedger({ database: { appendLedger: async (batch) => {
  const started = performance.now()
  const head = await database.appendLedger(batch)
  commits.push(performance.now() - started)
  return head
} } })

const waits: number[] = []
let next = 0
async function lane(): Promise<void> {
  while (next < lines) {
    const entry = entryOf(next)
    next += 1
    const started = performance.now()
    await ledger.append(entry)
    waits.push(performance.now() - started)
  }
}
const before = process.cpuUsage()
const started = performance.now()
await Promise.all(Array.from({ length: flying }, lane))
const seconds = (performance.now() - started) / 1_000
const { user, system } = process.cpuUsage(before)
const at = (all: number[], share: number): string => `${(all.toSorted((a, b) => a - b)[Math.floor((all.length - 1) * share)] ?? 0).toFixed(1)} ms`
process.stdout.write(`| lines | in flight | callers | lines/s | processor a line | commits | commit p50 | p99 | append p50 | p99 |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n`)
process.stdout.write(`| ${lines} | ${flying} | ${callers} | ${Math.round(lines / seconds)} | ${((user + system) / lines).toFixed(1)} µs | ${commits.length} | ${at(commits, 0.5)} | ${at(commits, 0.99)} | ${at(waits, 0.5)} | ${at(waits, 0.99)} |\n`)
await database.close()
process.stdout.write(`bytes a line on disk: ${Math.round(statSync(file).size / lines)}${folder === null ? ' (with what was there)' : ''}\n`)
if (folder !== null) rmSync(folder, { recursive: true })
