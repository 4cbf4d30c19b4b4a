import { assert, constantFrom, integer, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Buckets } from './buckets.ts'
import { ways } from './classify.ts'
import { askedKeys, keysOf } from './keys.ts'
import { partsOf } from './parts.ts'

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789-'
const element = string({ minLength: 5, maxLength: 30, unit: constantFrom(...LETTERS) })

const shared = (ecosystem: 'npm' | 'pypi' | 'go', one: string, other: string): boolean => {
  const [mine, theirs] = [partsOf(ecosystem, one), partsOf(ecosystem, other)]
  if (!mine || !theirs) return false
  const known = new Set(keysOf(theirs))
  return askedKeys(mine).keys.some((key) => known.has(key))
}

describe('two names of which one imitates the other', () => {
  it('have a key in common, wherever the letter is and whatever it is part of', () => {
    assert(property(element, integer({ min: 0, max: 29 }), constantFrom(...LETTERS), constantFrom('more', 'less', 'other', 'swapped'), (name, where, letter, how) => {
      const at = where % name.length
      const edited = { more: name.slice(0, at) + letter + name.slice(at), less: name.slice(0, at) + name.slice(at + 1), other: name.slice(0, at) + letter + name.slice(at + 1),
        swapped: name.slice(0, at) + (name[at + 1] ?? '') + (name[at] ?? '') + name.slice(at + 2) }[how]
      if (ways(edited, name, { one: edited, other: name }) === null) return
      expect(shared('npm', edited, name)).toBe(true)
      expect(shared('npm', `@${edited}/tool`, `@${name}/tool`)).toBe(true)
      expect(shared('npm', `@tool/${edited}`, `@tool/${name}`)).toBe(true)
      expect(shared('go', `git.example/${edited}/tool`, `git.example/${name}/tool`)).toBe(true)
    }))
  })

  it('have none in common with another neighbourhood', () => {
    expect(shared('npm', '@acme/loadsh', '@other/lodash')).toBe(false)
    expect(shared('go', 'git.example/me/loadsh', 'git.example/you/lodash')).toBe(false)
    expect(shared('npm', 'lodash', 'express')).toBe(false)
  })
})

it('a bucket gives its items in the order they came, and no more than asked for', () => {
  const keys = new Map([[1, []], [5, [0x10000000, 0xf0000000]], [2, [0x10000000]], [9, [0x10000001, 7]]])
  const buckets = Buckets.build([9, 1, 5, 2], (item) => Uint32Array.from(keys.get(item) ?? []), 4)
  expect([...buckets.read(0x10000000, 10)]).toEqual([9, 5, 2])
  expect([...buckets.read(0x10000000, 2)]).toEqual([9, 5])
  expect([...buckets.read(0xf0000000, 10)]).toEqual([5])
  expect([...buckets.read(0x50000000, 10)]).toEqual([])
})
