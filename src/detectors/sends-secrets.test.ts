import { expect, it } from 'vitest'
import { severities, suspected } from './kit/testing.ts'
import { sendsSecrets } from './sends-secrets.ts'

it('weighs by reach and chain', () => expect(severities(sendsSecrets)).toEqual({
  'go-token': 'high', 'hook-found-files': 'critical', 'hook-npm-token': 'critical', 'import-secret-by-name': 'high',
  'setup-ci-secret': 'critical',
}))

it('lets honest packages pass', () => expect(suspected(sendsSecrets)).toEqual([]))
