import { expect, it } from 'vitest'
import { severities, suspected } from './kit/testing.ts'
import { speaksToDrop } from './speaks-to-drop.ts'

it('weighs by reach and chain', () => expect(severities(speaksToDrop)).toEqual({
  'go-init-paste': 'high', 'hook-address': 'critical', 'hook-lookup': 'critical', 'hook-oast': 'critical',
  'import-tunnel': 'high', 'kept-webhook': 'high', 'loose-telegram': 'high', 'setup-webhook': 'critical',
}))

it('lets honest packages pass', () => expect(suspected(speaksToDrop)).toEqual([]))
