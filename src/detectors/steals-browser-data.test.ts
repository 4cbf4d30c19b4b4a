import { expect, it } from 'vitest'
import { severities, suspected } from './kit/testing.ts'
import { stealsBrowserData } from './steals-browser-data.ts'

it('weighs by reach and chain', () => expect(severities(stealsBrowserData)).toEqual({
  'dpapi-near-drop': 'critical', 'go-history': 'critical', 'hook-firefox': 'critical', 'import-cookies': 'critical',
  'setup-login-data': 'critical',
}))

it('lets honest packages pass', () => expect(suspected(stealsBrowserData)).toEqual([]))
