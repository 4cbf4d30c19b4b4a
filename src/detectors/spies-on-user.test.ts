import { expect, it } from 'vitest'
import { severities, suspected } from './kit/testing.ts'
import { spiesOnUser } from './spies-on-user.ts'

it('weighs by reach and chain', () => expect(severities(spiesOnUser)).toEqual({
  'go-history': 'critical', 'hook-clipboard': 'critical', 'hook-history': 'critical', 'import-keylogger': 'critical',
  'setup-screenshot': 'critical',
}))

it('lets honest packages pass', () => expect(suspected(spiesOnUser)).toEqual([]))
