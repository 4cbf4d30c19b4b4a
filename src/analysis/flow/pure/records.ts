import { UNDEFINED, keyBehind, keyOf } from '../constant.ts'
import type { Constant, Constants, FoldLanguage } from '../constant.ts'
import type { Apply, Methods } from './types.ts'

export const RECORDS: Methods<Map<string, Constant>> = {
  get: (record, args, _apply, language) => {
    const key = args[0] === undefined ? undefined : keyOf(args[0], language)
    return key === undefined ? undefined : record.get(key) ?? args[1] ?? (language === 'python' ? null : UNDEFINED)
  },
  keys: (record) => [...record.keys()].map(keyBehind),
  values: (record) => [...record.values()],
  items: (record) => [...record].map(([key, value]) => [keyBehind(key), value]),
  copy: (record) => new Map(record),
  hasOwnProperty: (record: Map<string, Constant>, args: Constants, _apply: Apply, language: FoldLanguage) => {
    const key = args[0] === undefined ? undefined : keyOf(args[0], language)
    return key === undefined ? undefined : record.has(key)
  },
  toString: () => '[object Object]',
}
