import { expect, it } from 'vitest'
import { severities, suspected } from './kit/testing.ts'
import { hidesCodeOffScreen } from './hides-code-off-screen.ts'

it('weighs by reach and chain', () => expect(severities(hidesCodeOffScreen)).toEqual({
  'called': 'high', 'go': 'critical', 'import-fetch': 'critical', 'import-spawn': 'critical', 'setup-exec': 'critical',
}))

it('lets honest packages pass', () => expect(suspected(hidesCodeOffScreen)).toEqual([]))
