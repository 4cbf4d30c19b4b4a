import { expect, it } from 'vitest'
import { stealsEntrustedKeys } from './steals-entrusted-keys.ts'
import { severities, suspected } from './kit/testing.ts'

it('weighs by reach and chain', () => expect(severities(stealsEntrustedKeys)).toEqual({ headers: 'high', 'in-pieces': 'high', python: 'high' }))

it('lets honest packages pass', () => expect(suspected(stealsEntrustedKeys)).toEqual([]))
