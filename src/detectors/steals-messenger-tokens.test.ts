import { expect, it } from 'vitest'
import { severities, suspected } from './kit/testing.ts'
import { stealsMessengerTokens } from './steals-messenger-tokens.ts'

it('weighs by reach and chain', () => expect(severities(stealsMessengerTokens)).toEqual({
  'called-when-used': 'high', 'go-slack': 'critical', 'hook-tdata': 'critical', 'import-class': 'critical',
  'setup-discord': 'critical',
}))

it('lets honest packages pass', () => expect(suspected(stealsMessengerTokens)).toEqual([]))
