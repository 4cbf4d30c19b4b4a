import { expect, it } from 'vitest'
import { severities, suspected } from './kit/testing.ts'
import { destroys } from './destroys.ts'

it('weighs by reach and chain', () => expect(severities(destroys)).toEqual({
  'disk': 'critical', 'documents': 'critical', 'go-rmtree': 'critical', 'hook-home': 'critical', 'import-home': 'critical',
  'ransom': 'critical', 'ransom-pathlib': 'critical', 'setup-poweroff': 'critical', 'setup-root': 'critical', 'shadow-copies': 'critical', 'where-it-is': 'high',
}))

it('lets honest packages pass', () => expect(suspected(destroys)).toEqual([]))
