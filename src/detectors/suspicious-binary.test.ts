import { expect, it } from 'vitest'
import { severities, suspected } from './kit/testing.ts'
import { suspiciousBinary } from './suspicious-binary.ts'

it('weighs by reach and chain', () => expect(severities(suspiciousBinary)).toEqual({
  'false-name': 'high', 'go-init': 'medium', 'hook-rundll': 'critical', 'hook-starts-packed': 'high', 'hook-starts': 'medium',
  'import-starts': 'high', 'pyc-without-source': 'medium',
}))

it('lets honest packages pass', () => expect(suspected(suspiciousBinary)).toEqual([]))
