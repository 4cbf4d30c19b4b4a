import { expect, it } from 'vitest'
import { actsWhenUnpickled } from './acts-when-unpickled.ts'
import { severities, suspected } from './kit/testing.ts'

it('weighs by reach and chain', () => expect(severities(actsWhenUnpickled)).toEqual({ 'left-alone': 'high', model: 'critical' }))

it('lets honest packages pass', () => expect(suspected(actsWhenUnpickled)).toEqual([]))
