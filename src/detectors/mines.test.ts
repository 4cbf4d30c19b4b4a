import { expect, it } from 'vitest'
import { severities, suspected } from './kit/testing.ts'
import { mines } from './mines.ts'

it('weighs by reach and chain', () => expect(severities(mines)).toEqual({
  'called-wallet': 'high', 'command': 'high', 'go-init': 'critical', 'hook-xmrig': 'critical', 'import-stratum': 'critical',
  'setup-download': 'critical',
}))

it('lets honest packages pass', () => expect(suspected(mines)).toEqual([]))
