import { expect, it } from 'vitest'
import { severities, suspected } from './kit/testing.ts'
import { deceivesReviewers } from './deceives-reviewers.ts'

it('weighs by reach and chain', () => expect(severities(deceivesReviewers)).toEqual({
  'assistant-file': 'medium', 'comment-orders': 'high', 'docstring': 'high', 'fake-approval': 'medium',
  'go-comment': 'high', 'nosec': 'medium', 'readme': 'medium', 'skill': 'medium', 'tool-whispers': 'high', 'unseen-rules': 'high',
}))

it('lets honest packages pass', () => expect(suspected(deceivesReviewers)).toEqual([]))
