import type { Detector } from './detector.ts'
import { needsOf, theft } from './kit/theft.ts'
import type { Theft } from './kit/theft.ts'

const THEFT: Theft = {
  id: 'spies-on-user', behaviour: 'surveillance', takes: ['keystrokes', 'clipboard', 'screen', 'history'], called: 'what the user types, copies or sees',
  sent: { unasked: 'critical', loaded: 'critical', asked: 'medium', called: 'low', loose: 'medium' },
  near: { unasked: 'high', loaded: 'high', asked: 'low', called: 'low', loose: 'low' },
  kept: { unasked: 'medium', loaded: 'low', asked: 'info', called: 'info', loose: 'info' },
  lent: true,
}

/** Code records keys, the clipboard, the screen or the shell’s history, and sends that away. */
export const spiesOnUser: Detector = {
  id: THEFT.id,
  version: 1,
  ecosystems: ['npm', 'pypi', 'go'],
  needs: needsOf(THEFT),
  why: [
    'Whatever a person types or copies passes through here, passwords included.',
    'Tools that record say so, and are started by the person they record.',
  ],
  detect: (pkg, facts, outside) => theft(THEFT, { pkg, facts, outside }),
}
