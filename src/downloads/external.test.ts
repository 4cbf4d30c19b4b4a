import { describe, expect, it } from 'vitest'
import { externalRows } from './external.ts'

const rows = (text: string) => [...externalRows(text, 'pypi')]
const HEAD = 'timestamp,country_code,project,file.filename,file.version,details.installer.name,details.installer.version,details.ci\n'

describe('tables of downloads elsewhere', () => {
  it('are read with nested, flattened and short names, as CSV and as JSON', () => {
    const wanted = { at: Date.UTC(2024, 2, 5, 1, 20, 3), ecosystem: 'pypi', name: 'yo-color', version: '0.4.6', file: 'x.whl', country: 'DE', times: 1, agent: { tool: 'pip', kind: 'installer', version: '24.0', ci: 'yes' } }
    const nested = { timestamp: '2024-03-05 01:20:03 UTC', country_code: 'DE', file: { project: 'Yo.Color', version: '0.4.6', filename: 'x.whl' }, details: { installer: { name: 'pip', version: '24.0' }, ci: true } }
    for (const text of [
      `${HEAD}2024-03-05 01:20:03 UTC,de,Yo_Color,x.whl,0.4.6,pip,24.0,true\n`,
      `\ufefftimestamp,country,project,filename,version,installer,installer_version,ci\r\n"2024-03-05T01:20:03Z","DE","yo-color","x.whl","0.4.6","pip","24.0","TRUE"\r\n`,
      JSON.stringify(nested), `[${JSON.stringify(nested)}]`, `[\n${JSON.stringify(nested)}\n]\n`,
    ]) expect(rows(text)).toMatchObject([wanted])
    expect(rows(`[\n${JSON.stringify(nested)},\n${JSON.stringify(nested)}\n]`)).toHaveLength(2)
    expect(rows('')).toEqual([])
  })

  it.each([
    ['2024-03-05', Date.UTC(2024, 2, 5)], ['2024-03-05T01:20:03+02:00', Date.UTC(2024, 2, 4, 23, 20, 3)], ['1709601603', 1_709_601_603_000], ['1709601603123', 1_709_601_603_123],
    ['1709601603123456', 1_709_601_603_123], ['2024-03-05 01:20:03.5 UTC', Date.UTC(2024, 2, 5, 1, 20, 3, 500)],
  ])('knows the time %s', (text, at) => {
    expect(rows(`${HEAD}${text},,a,,,,,`)).toMatchObject([{ at, country: null, agent: { tool: 'unknown' } }])
  })

  it('reads whole agents and numbers of downloads', () => {
    expect(rows('day,project,user_agent,num_downloads\n2024-03-05,a,"bandersnatch/6.6.0 (cpython 3.11, Linux)",12\n')).toMatchObject([{ times: 12, agent: { tool: 'bandersnatch', kind: 'mirror' } }])
  })

  it('takes rows of the same country and client for alike', () => {
    const [a, b, c] = rows(`${HEAD}2024-03-05,DE,a,,1,pip,24.0,\n2024-03-06,DE,a,,2,pip,24.0,\n2024-03-06,FR,a,,2,pip,24.0,\n`)
    expect(a?.alike).toBe(b?.alike)
    expect(a?.alike).not.toBe(c?.alike)
  })

  it.each([
    ['project,version\na,1\n', 'line 1: no column says when; there are project, version'],
    [`${HEAD}yesterday,DE,a,,1,pip,24,\n`, 'line 2: not a time: yesterday'],
    [`${HEAD}2024-03-05,DE,,,1,pip,24,\n`, 'line 2: no project'],
    [`${HEAD}\n\n2024-03-05,DE,a/../b,,1,pip,24,\n`, 'line 4: no name of a package: a/../b'],
    [`${HEAD}2024-03-05,DE,a,,1,pip,24,,,,,\n`, 'line 2: 12 cells in a table of 8 columns'],
    ['timestamp,project,count\n2024-03-05,a,-1\n', 'line 2: not a number of downloads: -1'],
    ['timestamp,project,count\n2024-03-05,a,1e99\n', 'line 2: not a number of downloads: 1e99'],
    ['timestamp,project,ecosystem\n2024-03-05,a,__proto__\n', 'line 2: unknown ecosystem: __proto__'],
    ['timestamp,project\n"2024-03-05,a\n', 'line 2: a quote is not closed'],
    ['{"timestamp":"2024-03-05"\n', 'line 1: not JSON'],
    ['[1]', 'line 1: not an object'],
  ])('says where %j is wrong', (text, says) => {
    expect(() => rows(text)).toThrow(says)
  })

  it('survives depth, width and hostile names', () => {
    const deep = `{"timestamp":"2024-03-05","project":"a","x":${'{"y":'.repeat(500)}1${'}'.repeat(500)}}`
    expect(rows(deep)).toHaveLength(1)
    expect(rows('{"timestamp":"2024-03-05","project":"a","__proto__":{"version":"9"},"details":{"installer":{"name":"__proto__"}}}')).toMatchObject([{ version: null, agent: { tool: 'unknown' } }])
  })
})
