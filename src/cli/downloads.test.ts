import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { caseTable, deliveries } from '../../test/downloads/case-a.ts'
import { sluice, startApi } from '../../test/harness/cli.ts'
import { startGate } from '../../test/harness/gate.ts'
import type { Gate, GateOptions } from '../../test/harness/gate.ts'
import { seedWatch } from '../../test/harness/watched.ts'
import { clientOf } from '../core/client.ts'
import { canonical } from '../ledger/entry.ts'

let [data, secret, reader] = ['', '', '']
let gate: Gate
let api: Awaited<ReturnType<typeof startApi>>
let options: GateOptions & { data: string }

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'sluice-cli-downloads-'))
  options = { data }
  gate = await startGate(options)
  api = await startApi(gate.app)
  secret = (await gate.app.tokens.create({ name: 'operator', scopes: ['admin', 'audit'], expiresAt: null })).secret
  reader = (await gate.app.tokens.create({ name: 'reader', scopes: ['read'], expiresAt: null })).secret
  const { database } = gate.app.context
  await seedWatch(database)
  await database.appendLedger(deliveries.map(({ at, file, agent, address }, index) => canonical({
    at, kind: 'served', ecosystem: 'pypi', name: 'yocolor', version: '0.4.6', file, client: clientOf(agent), address,
    ...(index === 40 ? { forwarded: { user: '\u001b[31m=ann\u202e', host: 'ws-7.acme.example' } } : {}),
  })))
  await writeFile(join(data, 'table.csv'), caseTable())
})

afterAll(async () => {
  await api.close()
  await gate.close()
  await rm(data, { recursive: true, force: true })
})

const here = (...args: string[]) => sluice(args, { gate: options })
const there = (...args: string[]) => sluice([...args, '--server', api.origin], { env: { SLUICE_TOKEN: secret } })

describe('the same from a data folder and from a running gate', () => {
  it.each([
    'downloads pypi:yocolor', 'downloads pypi:yocolor@0.4.6 --by country', 'downloads pypi:yocolor --by client', 'downloads pypi:yocolor --by day', 'downloads pypi:yocolor --by caller', 'downloads pypi:yocolor --by package',
    'downloads pypi:yocolor --json', 'downloads pypi:yocolor --csv', 'downloads pypi:yocolor --by caller --csv', 'downloads npm:nothing', 'downloads --campaign c1', 'downloads --campaign none', 'downloads --campaign __proto__',
    'downloads --since 2024-03-05 --until 2024-03-06 --by package', 'downloads pypi:yocolor --campaign c1', 'downloads not-a-package', 'downloads --since never', 'downloads imports', 'downloads forget nothing',
    'report exposure pypi:yocolor', 'report exposure pypi:yocolor --json', 'report exposure',
  ])('%s', async (line) => {
    const timeless = (text: string): unknown => (line.endsWith('--json') && text !== '' ? { ...JSON.parse(text) as object, at: null } : text.replace(/Made by Sluice on <time.*?<\/time>/, ''))
    const [local, remote] = [await here(...line.split(' ')), await there(...line.split(' '))]
    expect([remote.code, timeless(remote.out), remote.err]).toEqual([local.code, timeless(local.out), local.err])
    expect(local.out + local.err).not.toBe('')
    // eslint-disable-next-line no-control-regex -- control characters are what must not be there
    if (!line.endsWith('--json')) expect(local.out.replaceAll('\n', '').replaceAll('\r', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/)
  })
})

describe('sluice downloads', () => {
  it('says the interval, the classes and what cannot be seen', async () => {
    const { out, code } = await here('downloads', 'pypi:yocolor')
    expect(code).toBe(0)
    expect(out).toContain('116 deliveries, 2024-03-05 01:11 to 2024-03-06 10:49')
    expect(out).toMatch(/May have run it: 14 to 36\n/)
    expect(out).toMatch(/people, likely +19 +18 +says pip \(\d+\)/)
    expect(out).toMatch(/mirrors, proxies +58 +/)
    expect(out).toContain('is in neither')
  })

  it('imports a table, counts it and takes it out again', async () => {
    expect((await here('downloads', 'import', join(data, 'table.csv'), '--source', 'public table')).out).toBe('116 downloads in 116 rows of public table, 2024-03-05 01:11 to 2024-03-06 10:49.\n')
    expect((await there('downloads', 'imports', '--json')).json()).toMatchObject([{ source: 'public table', rows: 116, downloads: 116 }])
    expect((await there('downloads', 'pypi:yocolor', '--json')).json()).toMatchObject({ deliveries: 232, ledger: true, sources: ['public table'] })
    expect((await there('downloads', 'forget', 'public table')).out).toBe('public table is counted no more.\n')
    expect((await there('downloads', 'import', join(data, 'table.csv'))).code).toBe(0)
    expect((await here('downloads', 'forget', 'table.csv')).code).toBe(0)
  })

  it('reads a table as it is, where the data folder is', async () => {
    expect((await here('downloads', 'pypi:yocolor', '--from', join(data, 'table.csv'), '--json')).json()).toMatchObject({ deliveries: 116, ledger: false, sources: ['table.csv'] })
    expect(await there('downloads', 'pypi:yocolor', '--from', join(data, 'table.csv'))).toMatchObject({ code: 2, err: expect.stringContaining('import it first') as string })
    expect(await here('downloads', 'pypi:yocolor', '--from', join(data, 'none.csv'))).toMatchObject({ code: 2, err: expect.stringContaining('cannot read') as string })
  })

  it('takes another database of countries', async () => {
    const file = fileURLToPath(import.meta.resolve('@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country-ipv4.mmdb'))
    expect((await there('downloads', 'update-countries', file)).out).toMatch(/^Countries are read from .*countries\.mmdb from now on, as of \d{4}-\d\d-\d\d\.\n$/)
    expect(await here('downloads', 'update-countries', join(data, 'table.csv'))).toMatchObject({ code: 2, err: expect.stringContaining('is no database of countries') as string })
  })

  it('writes a page', async () => {
    const out = join(data, 'page.html')
    expect((await here('report', 'exposure', 'pypi:yocolor', '--out', out)).err).toContain('Written to')
    const page = await readFile(out, 'utf8')
    expect(page).toContain('<b>14<i>–</i>36</b>')
    expect(page).toContain('ws-7.acme.example')
    expect(page).not.toContain('\u202e')
  })

  it('is for those who may read the ledger, and puts the page under a policy', async () => {
    const ask = (path: string, token: string) => fetch(`${api.origin}/api/v1/${path}`, { headers: { authorization: `Bearer ${token}` } })
    for (const path of ['downloads?package=pypi:yocolor', 'downloads.csv?package=pypi:yocolor', 'downloads/report?package=pypi:yocolor', 'downloads/imports']) {
      expect([path, (await ask(path, reader)).status]).toEqual([path, 401])
      expect([path, (await ask(path, secret)).status]).toEqual([path, 200])
    }
    const { headers } = await ask('downloads/report?package=pypi:yocolor', secret)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect((await ask('downloads?package=pypi:yocolor&digest=sha256:00', secret)).status).toBe(400)
    expect((await fetch(`${api.origin}/api/v1/downloads/imports?source=x`, { method: 'POST', body: 'x', headers: { authorization: `Bearer ${reader}`, 'content-type': 'text/plain' } })).status).toBe(401)
    expect((await fetch(`${api.origin}/api/v1/downloads/imports?source=x`, { method: 'POST', body: 'broken', headers: { authorization: `Bearer ${secret}`, 'content-type': 'text/plain' } })).status).toBe(400)
  })
})
