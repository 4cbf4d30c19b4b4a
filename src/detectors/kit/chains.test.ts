import { expect, it } from 'vitest'
import type { Action } from '../../analysis/facts.ts'
import { isBlend } from './chains.ts'

type Step = Action['path'][number]
const step = (kind: Step['kind'], file: string): Step => ({ kind, call: kind, argument: null, hidden: null, file, lines: [1, 1], excerpt: '' })
const sink = (kind: Action['trigger']['kind'], ...path: Step[]): Action => ({
  kind: 'send', call: 'fetch', argument: null, trigger: { kind, name: 'a', file: 'a.js' }, from: [], path, hidden: null, touches: null, file: 'sink.js', lines: [1, 1], excerpt: '',
})

it.each([
  ['what was fetched, read and decoded in files of their own', true, sink('import', step('fetch', 'a.js'), step('collect', 'b.js'), step('decode', 'c.js'))],
  ['what runs by itself', false, sink('install-hook', step('fetch', 'a.js'), step('collect', 'b.js'), step('decode', 'c.js'))],
  ['what is read where it is sent', false, sink('import', step('fetch', 'a.js'), step('collect', 'sink.js'), step('decode', 'c.js'))],
  ['two files', false, sink('import', step('fetch', 'a.js'), step('collect', 'a.js'), step('decode', 'c.js'))],
  ['one thing', false, sink('import', step('collect', 'a.js'), step('collect', 'b.js'), step('collect', 'c.js'))],
])('%s is a blend: %s', (_, is, action) => expect(isBlend(action)).toBe(is))
