import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startFakeNpm } from './fakes/npm.ts'
import { startGate } from './harness/gate.ts'
import type { Gate } from './harness/gate.ts'

/** The organisation's own YARA rules, in a whole gate. */
let folder: string
const open: { close(): Promise<void> }[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-rules-'))
})
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
  rmSync(folder, { recursive: true, force: true })
})

const rule = (severity: string, marker: string): string => `rule own { meta: severity = "${severity}" strings: $a = "${marker}" condition: $a }`
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)

async function gate(options: { data?: string } = {}): Promise<Gate> {
  const npm = await startFakeNpm([{ name: 'up', version: '1.0.0', files: { 'index.js': '// one\n// exercise-marker\n' } }])
  open.push(npm)
  const started = await startGate({ sources: { npm: { url: npm.url, sumdb: null } }, rules: { folder, timeMs: 60_000 }, ...options })
  open.push(started)
  return started
}

const bytes = async ({ npm }: Gate): Promise<number> => {
  const response = await fetch(`${npm}up/-/up-1.0.0.tgz`)
  await response.arrayBuffer()
  return response.status
}
const listed = async ({ npm }: Gate): Promise<number> => {
  const response = await fetch(`${npm}up`, { headers: { accept: 'application/vnd.npm.install-v1+json' } })
  await response.arrayBuffer()
  return response.status
}
const verdict = async ({ app }: Gate) =>
  (await app.context.database.query.selectFrom('verdicts').select(['level', 'findings', 'missing', 'rules']).executeTakeFirstOrThrow())
const check = async ({ app }: Gate) => (await app.operator.checkup()).find(({ name }) => name === 'rules')

const SOON = { interval: 100 }

describe('rules of the organisation\'s own', () => {
  it('keep out what they call malicious, and say where', async () => {
    write('own.yar', rule('critical', 'exercise-marker'))
    const started = await gate()
    expect(await bytes(started)).toBe(403)
    const { level, findings, rules } = await verdict(started)
    expect([level, rules]).toEqual(['malicious', expect.stringMatching(/ yara@[0-9a-f]{16}$/)])
    expect(JSON.parse(findings)).toMatchObject([{ detector: 'yara', severity: 'critical', evidence: [{ file: 'index.js', lines: [2, 2] }] }])
    expect(await check(started)).toMatchObject({ state: 'ok', says: '1 file in force' })
  })

  it('count within seconds of their change, for what was served and for what was held back', async () => {
    write('own.yar', rule('critical', 'something else'))
    const started = await gate()
    expect(await bytes(started)).toBe(200)
    write('more.yar', rule('critical', 'exercise-marker'))
    await expect.poll(() => bytes(started), SOON).toBe(403)
    await expect.poll(() => listed(started), SOON).toBe(403)
    rmSync(join(folder, 'more.yar'))
    await expect.poll(() => listed(started), SOON).toBe(200)
    expect(await bytes(started)).toBe(200)
  })

  it('are followed through editors that rename', async () => {
    write('own.yar', rule('critical', 'exercise-marker'))
    const started = await gate()
    expect(await bytes(started)).toBe(403)
    write('own.yar~', rule('critical', 'something else'))
    renameSync(join(folder, 'own.yar~'), join(folder, 'own.yar'))
    await expect.poll(() => listed(started), SOON).toBe(200)
  })

  it('that do not compile are named, and take no others with them', async () => {
    write('own.yar', rule('critical', 'exercise-marker'))
    write('typo.yar', 'rule typo {\n  condtion: true\n}')
    const started = await gate()
    expect(await bytes(started)).toBe(403)
    expect(await check(started)).toMatchObject({ state: 'failed', says: expect.stringMatching(/^1 file in force; left out: typo\.yar:2:3: syntax error/) as string })
  })

  it('none of which can be loaded hold everything back until they can', async () => {
    write('typo.yar', 'rule typo { condtion: true }')
    const started = await gate()
    expect(await bytes(started)).toBe(403)
    expect((await verdict(started)).level).toBe('undetermined')
    expect(JSON.parse((await verdict(started)).missing)).toEqual([expect.stringMatching(/^yara skipped: no rules could be loaded from .*typo\.yar:1:13: syntax error/)])
    expect(await check(started)).toMatchObject({ state: 'failed', says: expect.stringMatching(/nothing can be judged/) as string })
    write('typo.yar', rule('critical', 'something else'))
    await expect.poll(() => listed(started), SOON).toBe(200)
    expect(await bytes(started)).toBe(200)
  })

  it('that changed while the gate was closed count when it opens', async () => {
    const data = mkdtempSync(join(tmpdir(), 'sluice-rules-data-'))
    open.push({ close: () => Promise.resolve(rmSync(data, { recursive: true, force: true })) })
    write('own.yar', rule('critical', 'exercise-marker'))
    const first = await gate({ data })
    expect(await bytes(first)).toBe(403)
    const upstream = first.app.context.sources.public.npm
    await first.close()
    open.splice(open.indexOf(first), 1)
    write('own.yar', rule('low', 'exercise-marker'))
    const second = await startGate({ sources: { npm: upstream }, rules: { folder, timeMs: 60_000 }, data })
    open.push(second)
    await expect.poll(() => listed(second), SOON).toBe(200)
  })
})
