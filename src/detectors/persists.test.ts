import { expect, it } from 'vitest'
import { severities, suspected } from './kit/testing.ts'
import { persists } from './persists.ts'

it('weighs by reach and chain', () => expect(severities(persists)).toEqual({
  'go-systemd': 'high', 'hook-crontab': 'high', 'hook-ssh-key': 'critical', 'import-bashrc': 'high', 'schtasks': 'high',
  'setup-account': 'critical', 'setup-run-key': 'high', 'startup-folder': 'critical',
}))

it('lets honest packages pass', () => expect(suspected(persists)).toEqual([]))
