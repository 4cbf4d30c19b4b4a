import type { Rule } from '../rule.ts'
import { theft } from '../kit/theft.ts'

/** Browser drivers make profiles of their own. */
export const didReadBrowserData: Rule = {
  id: 'did-read-browser-data',
  version: 2,
  why: ['A browser’s profile holds the keys to most of what its owner can reach.'],
  judge: (scene) => theft({
    id: 'did-read-browser-data', behaviour: 'browser-theft', places: ['browser'], called: 'a browser’s profile', read: { install: 'high', import: 'high', execute: 'medium' }, sweep: 4,
  }, scene),
}
