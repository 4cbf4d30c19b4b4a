import { expect, it } from 'vitest'
import { commandsAssistants } from './commands-assistants.ts'
import { severities, suspected } from './kit/testing.ts'

it('weighs by reach and chain', () => expect(severities(commandsAssistants)).toEqual({ hook: 'critical', import: 'critical' }))

it('lets honest packages pass', () => expect(suspected(commandsAssistants)).toEqual([]))
