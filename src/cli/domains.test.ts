import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sluice, startApi } from '../../test/harness/cli.ts'
import { startGate } from '../../test/harness/gate.ts'
import type { Gate, GateOptions } from '../../test/harness/gate.ts'

let [data, secret] = ['', '']
let gate: Gate
let api: Awaited<ReturnType<typeof startApi>>
let options: GateOptions & { data: string }
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'sluice-cli-domains-'))
  options = { data }
  gate = await startGate(options)
  api = await startApi(gate.app)
  secret = (await gate.app.tokens.create({ name: 'operator', scopes: ['admin'], expiresAt: null })).secret
  await gate.app.domains.addEvidence({ name: 'evil.example', says: 'name servers gone', from: 'a history service', url: null, at: new Date('2024-03-18T00:00:00Z'), by: 'ana' })
  await gate.app.domains.watch({ name: 'wicked.example', because: 'a case', by: 'ana' })
})
afterAll(async () => {
  await api.close()
  await gate.close()
  await rm(data, { recursive: true, force: true })
})

const here = (...args: string[]) => sluice(args, { gate: options })
const there = (...args: string[]) => sluice([...args, '--server', api.origin], { env: { SLUICE_TOKEN: secret } })

describe('the same from a data folder and from a running gate', () => it.each([
  ['check gihtub.com other.example --alone', 1], ['check other.example --alone', 0], ['check packaghosted.test --alone --protect files.packagehosted.example --json', 1], ['check nonsense', 2], ['candidates acme.example', 0], ['candidates acme.example --json', 0],
  ['history evil.example', 0], ['history evil.example --json', 0], ['history nobody.example', 1], ['siblings evil.example', 0], ['list', 0], ['list --json', 0], ['unwatch nobody.example', 1], ['check __proto__.constructor', 0],
] as const)('domains %s', async (line, code) => {
  const [local, remote] = [await here('domains', ...line.split(' ')), await there('domains', ...line.split(' '))]
  expect([remote.code, remote.out, remote.err]).toEqual([local.code, local.out, local.err])
  expect(local.code).toBe(code)
  expect(local.out + local.err).not.toBe('')
  // eslint-disable-next-line no-control-regex -- control characters are what must not be there
  if (!line.endsWith('--json')) expect(local.out.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/)
}))

describe.each([['a data folder', here], ['a running gate', there]] as const)('in %s', (_, run) => {
  it('says whom a name imitates, and how', async () => {
    const { out, code } = await run('domains', 'check', 'hxxp://files.packaghosted[.]test/x', 'gihtub.com', '--alone', '--protect', 'files.packagehosted.example')
    expect(code).toBe(1)
    expect(out).toBe(`files[.]packaghosted[.]test  imitates files.packagehosted.example
  \`packaghosted\` leaves out \`e\` of \`packagehosted\` (omission)
gihtub[.]com  imitates github
  \`gihtub\` swaps two letters of \`github\` (transposition)
`)
  })
  it('looks, watches, looks again by the clock, and stops', async () => {
    const look = await run('domains', 'look', 'new[.]example')
    expect([look.code, look.out]).toEqual([0, expect.stringContaining('new[.]example  unknown')])
    expect((await run('domains', 'watch', 'new.example', '--because', 'a case')).out).toBe('new[.]example is watched: a case\n')
    expect((await run('domains', 'recheck')).out).toContain('new[.]example  unknown')
    expect((await run('domains', 'recheck')).err).toBe('Nothing is due.\n')
    expect((await run('domains', 'list')).out).toContain('new[.]example')
    expect((await run('domains', 'unwatch', 'new.example')).out).toBe('new[.]example is watched no more\n')
  })
  it('keeps evidence where it happened', async () => {
    expect((await run('domains', 'evidence', 'wicked.example', '--says', 'a login page', '--from', 'a picture', '--at', '2024-03-20', '--url', 'https://pictures.example/1')).out).toBe('Kept.\n')
    expect((await run('domains', 'history', 'wicked.example')).out).toContain('2024-03-20 00:00  evidence')
    const future = await run('domains', 'evidence', 'wicked.example', '--says', 'x', '--from', 'y', '--at', '2099-01-01')
    expect([future.code, future.err]).toEqual([2, expect.stringContaining('yet to come')])
  })
  it('says what is missing', async () => {
    expect(await run('domains', 'watch', 'evil.example')).toMatchObject({ code: 2, err: expect.stringContaining('--because') as unknown })
    expect(await run('domains', 'check', 'x.example', '--protect', 'https://x/')).toMatchObject({ code: 2, err: expect.stringContaining('Write a host like') as unknown })
    expect(await run('domains', 'candidates', '192.0.2.1')).toMatchObject({ code: 2, err: expect.stringContaining('an address is imitated by nobody') as unknown })
  })
})

it('looks at names without a data folder and leaves nothing behind', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-cli-none-'))
  expect((await sluice(['domains', 'candidates', 'acme.example'], { env: { SLUICE_DATA: join(folder, 'none') } })).code).toBe(0)
  expect(await readdir(folder)).toEqual([])
  await rm(folder, { recursive: true, force: true })
})
