import { isDisposable } from '../core/mail.ts'
import type { Evidence, Severity } from '../core/types.ts'
import type { Detector } from './detector.ts'
import { unaskedEffects } from './kit/effects.ts'
import { evidence, shown, when } from './kit/evidence.ts'
import { lineOf } from './kit/lines.ts'
import { nearProvider } from './kit/providers.ts'

interface Odd { mail: string; says: string; deliberate: boolean }

/** Whoever published it left an address at which nobody can be reached. */
export const throwawayAuthor: Detector = {
  id: 'throwaway-author',
  version: 1,
  ecosystems: ['npm', 'pypi'],
  why: [
    'An address that lasts ten minutes is enough to open an account and not enough to answer for a package.',
    'A domain one slip away from a mail provider belongs to somebody who waits for such slips.',
  ],
  detect(pkg, facts) {
    const odd = pkg.manifest.authors.slice(0, MOST).flatMap((author) => mailsIn(author)).flatMap(judge)
    if (odd.length === 0) return []
    const effects = unaskedEffects(facts, pkg)
    const deliberate = odd.some((one) => one.deliberate)
    const severity: Severity = effects.length > 0 || (deliberate && pkg.triggers.some(({ kind }) => kind === 'install-hook' || kind === 'startup')) ? 'medium' : 'low'
    const [first, ...rest] = odd.map(({ mail, says }): Evidence => ({ ...lineOf(pkg, mail), excerpt: mail.slice(0, 160), says }))
    if (!first) return []
    return [{
      detector: throwawayAuthor.id, behaviour: 'metadata', severity, confidence: deliberate ? 0.8 : 0.5,
      title: `its author's address: ${first.says}${effects.length > 0 ? ', and it acts when it is installed' : ''}`.slice(0, 200),
      evidence: evidence(first, [...rest, ...effects.slice(0, 3).map((action) => shown(action, `${action.call} in ${when(action)}`))]),
    }]
  },
}

const MOST = 50
const MAIL = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}/g
const mailsIn = (author: string): string[] => author.slice(0, 500).match(MAIL)?.slice(0, 10) ?? []

function judge(mail: string): Odd[] {
  const at = mail.indexOf('@')
  const domain = mail.slice(at + 1).toLowerCase()
  if (isDisposable(domain)) return [{ mail, says: `${domain} gives addresses to throw away`, deliberate: true }]
  const near = nearProvider(domain)
  if (near !== null) return [{ mail, says: `${domain} is not ${near}`, deliberate: true }]
  if (looksRandom(domain.split('.').at(-2) ?? '')) return [{ mail, says: `${domain} looks like keys hit at random`, deliberate: false }]
  return []
}

/**
 * Six consonants in a row in one that is long enough, where `y` is a vowel. None of the 381 domains of authors in the tuning part's
 * honest packages is like this, and one of the 110 in malicious ones.
 */
const looksRandom = (label: string): boolean => label.length >= 10 && /[bcdfghjklmnpqrstvwxz]{6}/.test(label)
