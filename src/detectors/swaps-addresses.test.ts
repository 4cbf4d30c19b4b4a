import { expect, it } from 'vitest'
import { severities, suspected } from './kit/testing.ts'
import { swapsAddresses } from './swaps-addresses.ts'

it('weighs by reach and chain', () => expect(severities(swapsAddresses)).toEqual({
  'called': 'high', 'extension': 'critical', 'hook-clipper': 'critical', 'import-clipper': 'critical', 'looks-for-shapes': 'critical',
  'setup-powershell': 'critical',
}))

it('lets honest packages pass', () => expect(suspected(swapsAddresses)).toEqual([]))
