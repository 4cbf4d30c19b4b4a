import { expect, it } from 'vitest'
import { severities, suspected } from './kit/testing.ts'
import { obfuscated } from './obfuscated.ts'

it('weighs by reach and chain', () => expect(severities(obfuscated)).toEqual({
  'go-bidi': 'medium', 'hidden-unicode': 'high', 'hook-string-array': 'high', 'import-string-array': 'high',
  'jsfuck': 'high', 'marshal': 'critical', 'pyarmor': 'high', 'setup-pyarmor': 'critical',
}))

it('lets honest packages pass', () => expect(suspected(obfuscated)).toEqual([]))
