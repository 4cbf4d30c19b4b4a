import type { Rule } from '../rule.ts'
import { theft } from '../kit/theft.ts'

/** Libraries read settings with tokens in them for a living: one file by itself says little. */
export const didReadCredentials: Rule = {
  id: 'did-read-credentials',
  version: 5,
  why: ['Keys and tokens of registries, clouds and code hosts are what most malicious packages are after.'],
  judge: (scene) => theft({
    id: 'did-read-credentials', behaviour: 'credential-theft', places: ['credentials', 'ssh-keys', 'history'], called: 'credentials of the user', read: { install: 'medium', import: 'medium', execute: 'low' }, sweep: 3, isLivelihood: true,
  }, scene),
}
