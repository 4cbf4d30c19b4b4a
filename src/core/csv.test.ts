import { expect, it } from 'vitest'
import { csvLine } from './csv.ts'

it.each([
  [['a', '1', ''], '"a","1",""\r\n'],
  [['a "b", c\nd'], '"a ""b"", c\nd"\r\n'],
  [['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '|calc', '%1'], `"'=1+1","'+1","'-1","'@SUM(A1)","'\t=1","'\r=1","'|calc","'%1"\r\n`],
  [['a=1'], '"a=1"\r\n'],
])('writes %j so that no cell is a formula', (cells, expected) => {
  expect(csvLine(cells)).toBe(expected)
})
