import type { Severity } from '../../core/types.ts'
import { distinct, earliest, lineOf, own, programOf } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import { chain, when } from '../kit/telling.ts'
import type { Deed } from '../deed.ts'
import type { Rule } from '../rule.ts'

/** The clipboard was read, and something else put in its place. */
export const didSwapClipboard: Rule = {
  id: 'did-swap-clipboard',
  version: 2,
  why: ['Addresses of wallets are too long to be checked by eye; whoever pastes one pays whom the clipboard names.'],
  judge(scene) {
    const execs = own(scene, 'exec')
    const written = distinct(execs.filter(writes), programOf)
    const read = execs.find((deed) => reads(deed) && written.some((one) => one.pass === deed.pass))
    const first = earliest(written)
    if (!first) return []
    const severity: Severity = first.phase === 'execute' ? read ? 'low' : 'info' : read ? 'high' : 'medium'
    return found({ detector: this.id, behaviour: 'address-swap', severity, title: `${when(first)} ${read ? 'read the clipboard and put something else there' : 'wrote to the clipboard'}` },
      chain(scene.about, [...(read ? [[read, 'reads the clipboard', 'source'] as const] : []), [first, 'writes to the clipboard', 'sink']]))
  },
}

const reads = (deed: Deed): boolean => /^(?:wl-paste|pbpaste|termux-clipboard-get)$/.test(programOf(deed)) || /\bxclip\b.*\s-o\b|\bxsel\b.*(?:\s-o\b|--output)|get-clipboard/i.test(lineOf(deed))
const writes = (deed: Deed): boolean => /^(?:wl-copy|pbcopy|termux-clipboard-set|clip)$/.test(programOf(deed)) || /(?:^|\/)xclip\b(?!.*\s-o\b)|(?:^|\/)xsel\b.*(?:\s-i\b|--input)|set-clipboard/i.test(lineOf(deed))
