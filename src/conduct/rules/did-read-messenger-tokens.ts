import type { Rule } from '../rule.ts'
import { theft } from '../kit/theft.ts'

/** No library reads what a messenger keeps of its user. */
export const didReadMessengerTokens: Rule = {
  id: 'did-read-messenger-tokens',
  version: 2,
  why: ['Who has the token of a messenger is that person to all of their contacts.'],
  judge: (scene) => theft({
    id: 'did-read-messenger-tokens', behaviour: 'messenger-theft', places: ['messenger'], called: 'a messenger’s data', read: { install: 'high', import: 'high', execute: 'medium' }, sweep: 3,
  }, scene),
}
