import { expect, it } from 'vitest'
import { interceptsPayments } from './intercepts-payments.ts'
import { severities, suspected } from './kit/testing.ts'

it('weighs by reach and chain', () => expect(severities(interceptsPayments)).toEqual({ 'key-maker': 'critical', page: 'critical' }))

it('lets honest packages pass', () => expect(suspected(interceptsPayments)).toEqual([]))
