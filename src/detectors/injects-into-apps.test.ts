import { expect, it } from 'vitest'
import { severities, suspected } from './kit/testing.ts'
import { injectsIntoApps } from './injects-into-apps.ts'

it('weighs by reach and chain', () => expect(severities(injectsIntoApps)).toEqual({
  'go-extension': 'high', 'hook-discord': 'critical', 'import-exodus': 'critical', 'other-package': 'medium',
  'setup-asar': 'critical', 'setup-browser-extension': 'critical',
}))

it('lets honest packages pass', () => expect(suspected(injectsIntoApps)).toEqual([]))
