import type { Detector } from './detector.ts'
import { needsOf, theft } from './kit/theft.ts'
import type { Theft } from './kit/theft.ts'

const THEFT: Theft = {
  id: 'steals-cloud-identity', behaviour: 'cloud-theft', takes: ['cloud'], called: 'the identity that a cloud gives to its machines',
  sent: { unasked: 'critical', loaded: 'critical', asked: 'low', called: 'low', loose: 'low' },
  near: { unasked: 'high', loaded: 'medium', asked: 'info', called: 'info', loose: 'info' },
  kept: { unasked: 'high', loaded: 'low', asked: 'info', called: 'info', loose: 'info' },
  lent: true,
}

/** Code asks the metadata service of a cloud who this machine is, and sends the answer away. */
export const stealsCloudIdentity: Detector = {
  id: THEFT.id,
  version: 1,
  ecosystems: ['npm', 'pypi', 'go'],
  needs: needsOf(THEFT),
  why: [
    'The answer holds keys with the rights of the machine.',
    'A build server in a cloud runs what is installed on it.',
  ],
  detect: (pkg, facts, outside) => theft(THEFT, { pkg, facts, outside }),
}
