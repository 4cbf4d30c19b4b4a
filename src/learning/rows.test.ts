import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRows } from './rows.ts'

const row = { id: 'pkg:npm/a@1.0.0', label: 1, weight: 0.5, group: 'a', part: 'tuning', features: { sends: 2, age: null } }
const line = (changed: object): string => JSON.stringify({ ...row, ...changed })

describe('readRows', () => {
  it('reads rows and skips empty lines', () => {
    expect(readRows([line({}), '', '  ', line({ id: 'b', label: 0, part: 'report', features: {} })])).toEqual({
      rows: [row, { ...row, id: 'b', label: 0, part: 'report', features: {} }], bad: [],
    })
  })

  it.each<[string, string, string]>([
    ['half a line', line({}).slice(0, -5), 'no JSON object'],
    ['a list', '[]', 'no JSON object'],
    ['null', 'null', 'no JSON object'],
    ['no id', line({ id: undefined }), 'id is not a text'],
    ['an empty id', line({ id: '' }), 'id is not a text'],
    ['a label of text', line({ label: '1' }), 'label is not 0 or 1'],
    ['a label between', line({ label: 0.5 }), 'label is not 0 or 1'],
    ['no weight', line({ weight: 0 }), 'weight is not a number above 0'],
    ['too much weight', line({}).replace('0.5', '1e999'), 'weight is not a number above 0'],
    ['a group that is a number', line({ group: 7 }), 'group is not a text'],
    ['another part', line({ part: 'test' }), 'part is not "tuning" or "report"'],
    ['features in a list', line({ features: [1] }), 'features is not an object'],
    ['a feature of text', line({ features: { sends: '2' } }), 'feature sends is neither a finite number nor null'],
    ['a flag for a number', line({ features: { sends: true } }), 'feature sends is neither a finite number nor null'],
    ['a misspelt key', line({ lable: 1 }), 'lable is unknown'],
  ])('reports %s', (_, text, why) => {
    expect(readRows(['', text])).toEqual({ rows: [], bad: [{ line: 2, why }] })
  })

  it('reports an id that was there before', () => {
    expect(readRows([line({}), line({ label: 0 })]).bad).toEqual([{ line: 2, why: 'id pkg:npm/a@1.0.0 was there before' }])
  })

  it('takes or reports whatever JSON there is', () => {
    fc.assert(fc.property(fc.json(), (text) => {
      const { rows, bad } = readRows([text])
      expect(rows.length + bad.length).toBe(1)
    }))
  })
})
