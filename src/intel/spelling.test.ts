import { expect, it } from 'vitest'
import { ecosystems } from '../ecosystems/index.ts'
import { spelling } from './spelling.ts'

it.each(['npm', 'pypi', 'go'] as const)('spells %s as its ecosystem does', (id) => {
  for (const text of ['Left-Pad', '@A/b', 'foo_Bar.baz', 'example.com/!a/b', 'github.com/A/b', '1.0', 'v1.0.0', '=1.2', '1.0.0-RC1', '', ' x ', '../x', 'é', '__proto__']) {
    for (const what of ['canonicalName', 'isName', 'canonicalVersion'] as const) expect(spelling[id][what](text)).toBe(ecosystems[id][what](text))
  }
})
