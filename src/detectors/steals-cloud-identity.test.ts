import { expect, it } from 'vitest'
import { severities, suspected } from './kit/testing.ts'
import { stealsCloudIdentity } from './steals-cloud-identity.ts'

it('weighs by reach and chain', () => expect(severities(stealsCloudIdentity)).toEqual({
  'go-init': 'critical', 'hook-imds': 'critical', 'import-ecs': 'critical', 'setup-gcp': 'critical',
  'shell-imds': 'critical',
}))

it('lets honest packages pass', () => expect(suspected(stealsCloudIdentity)).toEqual([]))
