import { expect, it } from 'vitest'
import { severities, suspected } from './kit/testing.ts'
import { publishesItself } from './publishes-itself.ts'

it('weighs by reach and chain', () => expect(severities(publishesItself)).toEqual({
  'go-init': 'medium', 'hook-npm': 'critical', 'hook-shell': 'critical', 'import-spread': 'medium',
  'setup-twine': 'critical',
}))

it('lets honest packages pass', () => expect(suspected(publishesItself)).toEqual([]))
