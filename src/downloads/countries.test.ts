import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Countries } from './countries.ts'

let data: string
beforeAll(async () => { data = await mkdtemp(join(tmpdir(), 'sluice-countries-')) })
afterAll(() => rm(data, { recursive: true, force: true }))

describe('countries', () => {
  it('come from a database that came along, for both kinds of addresses', async () => {
    const { of, asOf } = await new Countries({ configured: null, data }).open()
    // Networks of the regional registries themselves: these do not move.
    expect(['193.0.6.139', '2001:67c:2e8::1', '::ffff:193.0.6.139', '202.12.29.1', '199.43.0.1'].map(of)).toEqual(['NL', 'NL', 'NL', 'AU', 'US'])
    expect(asOf.getTime()).toBeGreaterThan(Date.UTC(2025, 0, 1))
  })

  it.each(['10.1.2.3', '127.0.0.1', '172.31.0.1', '192.168.1.1', '100.64.0.1', '169.254.1.1', '::1', 'fd00::1', 'fe80::1%eth0', '::ffff:10.0.0.1', '192.0.2.7', '2001:db8::1'])('says internal of %s', async (address) => {
    expect((await new Countries({ configured: null, data }).open()).of(address)).toBe('internal')
  })

  it.each(['', 'unknown', '_hidden', '999.1.1.1', '1.2.3', '[::1]', '__proto__', '10.0.0.1, 193.0.6.139'])('knows nothing of %j', async (address) => {
    expect((await new Countries({ configured: null, data }).open()).of(address)).toBeNull()
  })

  it('takes another database in its place, and no file that is none', async () => {
    const [countries, another] = [new Countries({ configured: null, data }), new Countries({ configured: null, data })]
    expect((await another.open()).of('2001:67c:2e8::1')).toBe('NL')
    for (const bad of [Buffer.alloc(0), Buffer.from('not one'), Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])]) await expect(countries.replace(bad)).rejects.toMatchObject({ code: 'usage' })
    expect((await countries.open()).file).not.toContain(data)
    const file = fileURLToPath(import.meta.resolve('@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country-ipv4.mmdb'))
    expect((await countries.replace(await readFile(file))).file).toBe(join(data, 'countries.mmdb'))
    expect((await new Countries({ configured: null, data }).open()).file).toBe(join(data, 'countries.mmdb'))
    expect((await countries.open()).of('193.0.6.139')).toBe('NL')
    expect((await countries.open()).of('2001:67c:2e8::1')).toBeNull()
    expect((await another.open()).of('2001:67c:2e8::1')).toBeNull()
  })

  it('reads the one that is configured, or says why not', async () => {
    await expect(new Countries({ configured: join(data, 'none.mmdb'), data }).open()).rejects.toMatchObject({ code: 'usage' })
    await writeFile(join(data, 'broken.mmdb'), 'broken')
    await expect(new Countries({ configured: join(data, 'broken.mmdb'), data }).open()).rejects.toThrow('is no database of countries')
    await expect(new Countries({ configured: join(data, 'broken.mmdb'), data }).replace(Buffer.from('x'))).rejects.toThrow('the configuration names')
  })
})
