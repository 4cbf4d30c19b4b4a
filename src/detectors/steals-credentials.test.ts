import { expect, it } from 'vitest'
import { severities, suspected } from './kit/testing.ts'
import { stealsCredentials } from './steals-credentials.ts'

it('weighs by reach and chain', () => expect(severities(stealsCredentials)).toEqual({
  'called-to-address': 'medium', 'found-files': 'critical', 'go-glob': 'critical', 'go-init-kube': 'critical', 'go-walk': 'critical', 'hook-npmrc': 'critical', 'import-many': 'critical',
  'import-ssh-key': 'critical', 'mailed': 'critical', 'pathlib': 'critical', 'secrets-manager': 'critical', 'sftp': 'critical', 'setup-aws': 'critical', 'shell-git-credentials': 'critical', 'walked-folder': 'critical',
}))

it('lets honest packages pass', () => expect(suspected(stealsCredentials)).toEqual([]))
