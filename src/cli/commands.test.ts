import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sluice, startApi } from '../../test/harness/cli.ts'
import { startGate } from '../../test/harness/gate.ts'
import type { Gate } from '../../test/harness/gate.ts'
import { startFakeNpm } from '../../test/fakes/npm.ts'
import type { FakeNpm } from '../../test/fakes/npm.ts'
import { LISTED } from './listed.ts'

let data: string
let npm: FakeNpm
let gate: Gate
let api: Awaited<ReturnType<typeof startApi>>
let secret: string

/** A gate that has served left-pad twice and refused it once; it stays open while the commands run beside it. */
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'sluice-cli-'))
  npm = await startFakeNpm([{ name: 'left-pad', version: '1.3.0', files: { 'index.js': 'module.exports = 1\n' } }])
  gate = await startGate({ data, sources: { npm: { url: npm.url, sumdb: null } } })
  api = await startApi(gate.app)
  const file = `${gate.npm}left-pad/-/left-pad-1.3.0.tgz`
  const made = await gate.app.tokens.create({ name: 'build', scopes: ['admin'], expiresAt: null })
  secret = made.secret
  await fetch(file, { headers: { 'user-agent': 'npm/11.1.0 node/v24.0.0 linux x64' } })
  await fetch(file, { headers: { authorization: `Bearer ${secret}`, 'user-agent': 'pnpm/11.0.0 npm/? node/v24', 'sluice-ci-job': 'build 7' } })
  const hold = { ecosystem: 'npm', name: 'left-pad', version: null, digest: null, action: 'hold', because: 'first', by: 'test', expiresAt: null } as const
  await gate.app.operator.order(hold)
  await fetch(file)
  await gate.app.operator.order({ ...hold, action: 'release', because: 'looked at' })
})

afterAll(async () => {
  await api.close()
  await gate.close()
  await npm.close()
  await rm(data, { recursive: true, force: true })
})

const here = (...args: string[]) => sluice(args, { gate: { data } })
const there = (...args: string[]) => sluice([...args, '--server', api.origin], { env: { SLUICE_TOKEN: secret } })
const both = [['a data folder', here], ['a running gate', there]] as const

describe.each(both)('on %s', (_where, on) => {
  it('traces who received, who was refused, and everything', async () => {
    const { lines, receivers } = (await on('trace', 'npm:left-pad@1.3.0', '--json')).json() as { lines: { entry: object }[]; receivers: object[] }
    expect(lines.map(({ entry }) => entry)).toMatchObject([{ kind: 'served', client: { tool: 'npm' } }, { kind: 'served', token: 'build', forwarded: { job: 'build 7' } }])
    expect(receivers).toHaveLength(2)
    const table = (await on('trace', 'pkg:npm/left-pad')).out
    expect(table).toMatch(/served {2}1\.3\.0 +left-pad-1\.3\.0\.tgz {2}build at 127\.0\.0\.1 +pnpm 11\.0\.0/)
    expect((await on('trace', 'npm:left-pad', '--denied')).out).toContain('held by a person: first (test)')
    expect((await on('trace', 'npm:left-pad', '--all')).out).toContain('nothing found')
    const { digest } = (lines as { entry: { digest: string } }[])[0]?.entry ?? { digest: '' }
    expect((await on('trace', digest, '--since', '1h')).out).toContain('2 lines')
  })

  it('traces by whoever asked, and by what they asked for', async () => {
    expect((await on('trace', '--token', 'build')).out).toMatch(/npm:left-pad +1\.3\.0 .*[\s\S]*1 line; by whom:[\s\S]*build at 127\.0\.0\.1 \(build 7\)/)
    expect((await on('trace', '--address', '127.0.0.0/8', '--client', 'npm', '--since', '1h')).out).toContain('1 line; by whom:')
    expect((await on('trace', 'npm:left-pad', '--range', '>=1.3 <2', '--job', 'build 7')).out).toContain('1 line; by whom:')
    expect((await on('trace', 'npm:left-pad', '--range', '>=2')).err).toContain('Nobody received npm:left-pad.')
    expect((await on('trace', '--user', 'eve')).err).toContain('Nothing was found of user eve.')
    expect((await on('trace', '--indicator', 'evil.example')).err).toContain('Nobody received indicator evil.example.')
  })

  it('writes a trace as a table that a spreadsheet can be given', async () => {
    const rows = (await on('trace', 'npm:left-pad@1.3.0', '--csv')).out.trimEnd().split('\r\n')
    expect(rows).toHaveLength(3)
    expect(rows[2]).toMatch(/^"\d+","[^"]+","served","npm","left-pad","1\.3\.0","left-pad-1\.3\.0\.tgz","sha256:[0-9a-f]{64}","build","","","127\.0\.0\.1","build 7","","pnpm 11\.0\.0",/)
  })

  it('forgets nobody when it knows nobody like that', async () => {
    const ran = await on('ledger', 'forget', '--user', 'eve', '--because', 'asked to')
    expect([ran.code, ran.out, ran.err]).toEqual([0, '', expect.stringContaining('Nobody like that is known.')])
  })

  it('says when nobody received anything, apart from the data', async () => {
    const ran = await on('trace', 'npm:nobody-knows')
    expect([ran.code, ran.out]).toEqual([0, ''])
    expect(ran.err).toContain('Nobody received npm:nobody-knows.')
    expect((await on('trace', 'npm:nobody-knows', '--json')).json()).toEqual({ lines: [], receivers: [], complete: true })
  })

  it('recalls, and says who received it', async () => {
    const ran = await on('recall', 'npm:left-pad@1.3.0', '--because', 'SEC-1', '--expires', '1h')
    expect(ran.code).toBe(0)
    expect(ran.out).toMatch(/npm:left-pad@1\.3\.0 is recalled \(until .*\): SEC-1/)
    expect(ran.out).toContain('left-pad-1.3.0.tgz  kept as evidence')
    expect(ran.out.match(/^served +1\.3\.0 /gm)).toHaveLength(2)
    expect(ran.out).toContain('npm cache ls left-pad@1.3.0')
    await gate.app.context.revisions.catchUp()
    expect((await fetch(`${gate.npm}left-pad/-/left-pad-1.3.0.tgz`)).status).toBe(403)
    const released = (await on('release', 'npm:left-pad', '--because', 'a drill', '--json')).json() as object
    expect(released).toMatchObject({ action: 'release', name: 'left-pad', version: null, because: 'a drill', expiresAt: null })
    expect((await on('orders')).out).toMatch(/release +npm:left-pad +\S.* +a drill/)
  })

  it('says in a line when an order has met nothing yet, and nothing when it has', async () => {
    const unknown = await on('hold', 'npm:nobody-knows@1.0.0', '--because', 'SEC-2', '--expires', '1h')
    expect([unknown.code, unknown.err]).toEqual([0, 'nothing of npm:nobody-knows@1.0.0 is known here yet; the order waits for it\n'])
    const bytes = await on('hold', 'npm:left-pad', '--because', 'SEC-2', '--expires', '1h', '--digest', `sha256:${'0'.repeat(64)}`)
    expect(bytes.err).toMatch(/nothing of npm:left-pad sha256:000000000000… is known here yet.*name the version\n/)
    expect((await on('release', 'npm:left-pad@v1.3.0', '--because', 'looked at')).err).toBe('')
    expect((await on('release', 'npm:left-pad', '--because', 'looked at')).err).toBe('')
  })

  it('verifies the ledger, and holds it against a head kept elsewhere', async () => {
    const head = (await on('ledger', 'head')).out.trim()
    expect(head).toMatch(/^\d+:[0-9a-f]{64}$/)
    const good = await on('ledger', 'verify', '--head', head)
    expect([good.code, good.out]).toEqual([0, expect.stringMatching(/^✓ \d+ lines, unbroken/)])
    const bad = await on('ledger', 'verify', '--head', `1:${'0'.repeat(64)}`, '--json')
    expect(bad.code).toBe(1)
    expect(bad.json()).toMatchObject({ ok: false, problems: [{ seq: 1, says: expect.stringContaining('the head given') }] })
  })

  it('shows the policy and replays traffic against another', async () => {
    expect((await on('policy', 'show')).out).toContain('suspicious    hold')
    const file = join(data, 'stricter.yaml')
    await writeFile(file, 'policy:\n  minimum_age:\n    npm: 0\n  deny:\n    - package: npm:left-pad\n      because: banned\n')
    const ran = await on('policy', 'test', file)
    expect(ran.out + ran.err).toMatch(/requests? for 1 file since/)
    expect((await on('policy', 'test', file, '--since', '1h', '--json')).json()).toMatchObject({ files: 1, unknown: 0 })
  })

  it('makes, lists and revokes tokens; the secret stands alone on standard output', async () => {
    const made = await on('token', 'create', 'ci', '--expires', '30d')
    expect(made.out).toMatch(/^sluice_[\w-]{43}\n$/)
    const id = /Token ([0-9a-f]+) /.exec(made.err)?.[1] ?? ''
    expect((await on('token', 'list')).out).toMatch(new RegExp(`${id} +ci +read`))
    expect((await on('token', 'revoke', id)).out).toBe(`token ${id} is revoked\n`)
    const again = await on('token', 'revoke', id)
    expect([again.code, again.err]).toEqual([1, expect.stringContaining(`no valid token has the id ${id}`)])
  })

  it('imports advisories, and counts what it cannot read', async () => {
    const file = join(data, 'feed.jsonl')
    await writeFile(file, `${JSON.stringify({ id: 'MAL-2026-7', modified: '2026-01-01T00:00:00Z', affected: [{ package: { ecosystem: 'npm', name: 'evil' }, versions: ['1.0.0'] }] })}\nnot json\n`)
    expect((await on('feed', 'import', file, '--json')).json()).toMatchObject({ skippedTotal: 1 })
    expect((await on('status')).out).toMatch(/advisories +1/)
    expect((await on('feed', 'import', join(data, 'nowhere'))).code).toBe(1)
  })

  it('says in numbers what was done', async () => {
    expect((await on('status', '--json')).json()).toMatchObject({ policy: { mode: 'enforce' }, verdicts: { clean: 1 } })
  })

  it('examines a package by name', async () => {
    const ran = await sluice(['scan', 'npm:left-pad@1.3.0', '--json', ...(on === there ? ['--server', api.origin] : [])], {
      env: { SLUICE_TOKEN: secret }, gate: { data, sources: { npm: { url: npm.url, sumdb: null } } },
    })
    expect(ran.json()).toMatchObject([{ target: 'npm:left-pad@1.3.0', level: 'clean' }])
  })
})

describe('doctor', () => {
  it('checks everything, finds the clients and says what to put into each', async () => {
    const ran = await sluice(['doctor', '--json'], { gate: { data, sources: { npm: { url: npm.url, sumdb: null } } }, env: { PATH: process.execPath.replace(/\/[^/]*$/, '') } })
    const { checks, settings } = ran.json() as { checks: { name: string; state: string }[]; settings: { client: string; lines: string[] }[] }
    expect(ran.code).toBe(0)
    expect(Object.fromEntries(checks.map(({ name, state }) => [name, state]))).toMatchObject({
      'npm upstream': 'ok', 'pypi upstream': 'off', 'data folder': 'ok', 'worker threads': 'ok', ledger: 'ok', policy: 'ok',
    })
    expect(settings).toContainEqual({ ecosystem: 'npm', client: 'npm (.npmrc)', lines: ['registry=http://127.0.0.1:4880/npm/'] })
    expect(settings.some(({ client }) => client.startsWith('pip'))).toBe(false)
  })

  it('exits with 1 and a remedy when an upstream is down', async () => {
    const ran = await sluice(['doctor'], { gate: { data, sources: { npm: { url: 'http://127.0.0.1:1/', sumdb: null } } } })
    expect(ran.code).toBe(1)
    expect(ran.out).toMatch(/✗ npm upstream .*127\.0\.0\.1:1/)
    expect(ran.out).toContain('→ check the network')
  })

  it('asks a running gate the same', async () => {
    expect((await there('doctor')).out).toMatch(/✓ gate +open at http/)
  })
})

describe('errors are a sentence and a remedy', () => {
  it.each<[string[], number, string]>([
    [['trace', 'left-pad'], 2, 'not a package: left-pad'],
    [['trace', 'sha256:12'], 2, 'a digest is sha256: and 64 hex digits'],
    [['trace'], 2, 'a trace needs something to go by'],
    [['trace', '--address', 'somewhere'], 2, 'not an address or a network: somewhere'],
    [['trace', '--range', '^1'], 2, 'a range needs a package'],
    [['trace', '--campaign', 'none'], 1, 'there is no campaign none'],
    [['ledger', 'forget', '--because', 'x'], 2, 'whom?'],
    [['trace', 'npm:x', '--since', 'yesterday'], 2, '--since yesterday is no time'],
    [['hold', 'npm:x'], 2, "required option '--because <reason>'"],
    [['hold', 'npm:x', '--because', ' '], 2, 'a hold needs a reason'],
    [['hold', 'npm:../x', '--because', 'y'], 2, 'no npm package can be called ../x'],
    [['recall', 'go:nodot', '--because', 'y'], 2, 'no go package can be called nodot'],
    [['trace', 'pypi:-x-'], 2, 'no pypi package can be called -x-'],
    [['hold', 'npm:x', '--because', 'y', '--expires', '2001-01-01'], 2, 'is in the past'],
    [['ledger', 'verify', '--head', 'x'], 2, 'SEQ:HASH'],
    [['token', 'create', 'ci', '--scope', 'root'], 2, "argument 'root' is invalid"],
    [['orders', '--data', '/nonexistent/folder'], 1, 'there is no data folder at /nonexistent/folder'],
    [['orders', '--server', 'http://127.0.0.1:1'], 1, 'no gate answers at http://127.0.0.1:1/'],
    [['orders', '--server', 'http://me:hunter2@gate.example'], 2, 'not the address of a gate: http://…@gate.example'],
    [['policy', 'check', '/nonexistent/sluice.yaml'], 2, 'cannot read the configuration'],
    [['up', '--port', 'http'], 2, '--port http is no port'],
    [['tarce'], 2, "unknown command 'tarce'"],
  ])('%j', async (args, code, says) => {
    const ran = await here(...args)
    expect([ran.code, ran.out]).toEqual([code, ''])
    expect(ran.err).toContain(says)
    expect(ran.err).not.toMatch(/hunter2|\n\s+at /)
  })

  it('names file, line and remedy of a policy that is not valid', async () => {
    const file = join(data, 'bad.yaml')
    await writeFile(file, 'policy:\n  minimum_age:\n    nmp: 3d\n')
    for (const args of [['policy', 'check', file], ['policy', 'test', file]]) {
      const ran = await here(...args)
      expect([ran.code, ran.err]).toEqual([2, expect.stringContaining(`${file}:3:5: unknown key "nmp" in policy.minimum_age (did you mean npm?)`)])
    }
  })

  it('says what token a gate wants', async () => {
    const ran = await sluice(['hold', 'npm:x', '--because', 'y', '--server', api.origin])
    expect([ran.code, ran.err]).toEqual([1, expect.stringMatching(/a token with the scope admin is needed\n {2}set SLUICE_TOKEN/)])
  })
})

const COMMANDS = [
  'up', 'scan', 'sandbox', 'check', 'trace', 'hold', 'release', 'recall', 'orders', 'recalls', 'evidence', 'leftovers', 'policy', 'names', 'hunt', 'watch', 'reviews', 'campaigns', 'downloads',
  'report', 'inventory', 'host', 'hosts', 'reports', 'case', 'ticket', 'domains', 'feed', 'indicators', 'ledger', 'token', 'guard', 'status', 'doctor',
]

describe('help', () => {
  it('lists the commands', async () => {
    const { code, out } = await sluice(['--help'])
    expect(code).toBe(0)
    expect(out.match(/^ {2}[a-z]+/gm)?.map((word) => word.trim())).toEqual([...COMMANDS, 'help'])
  })

  it.each(COMMANDS)('explains %s', async (command) => {
    const { code, out } = await sluice([command, '--help'])
    expect(code).toBe(0)
    expect(out).toMatch(new RegExp(`^Usage: sluice ${command}`))
    expect(out).toContain('--json')
    const [term = '', says = ''] = LISTED.find(([term]) => term.split(' ')[0] === command) ?? []
    const words = out.replace(/\s+/g, ' ').replace(' [command]', '')
    expect(words).toContain(` ${says} `)
    const [, ...called] = term.replace(' [options]', '').split(' ')
    expect(words).toContain([`Usage: sluice ${command} [options]`, ...called].join(' '))
  })
})
