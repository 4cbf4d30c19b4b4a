import { expect, it } from 'vitest'
import { severities, suspected } from './kit/testing.ts'
import { obeysOnOpen } from './obeys-on-open.ts'

it('weighs by reach and chain', () => expect(severities(obeysOnOpen)).toEqual({
  'assistant-hook': 'high', 'git-hook-in-archive': 'high', 'go-devcontainer': 'high', 'mcp-server': 'high',
  'tasks-curl': 'high', 'tasks-font': 'high', 'writes-assistant': 'high', 'writes-workflow': 'high',
}))

it('lets honest packages pass', () => expect(suspected(obeysOnOpen)).toEqual([]))
