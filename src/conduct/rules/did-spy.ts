import type { Severity } from '../../core/types.ts'
import { raised } from '../../detectors/kit/chains.ts'
import { distinct, earliest, lineOf, own, programOf, firstSent } from '../kit/flow.ts'
import { found } from '../kit/found.ts'
import type { ByPhase } from '../kit/found.ts'
import { chain, when } from '../kit/telling.ts'
import type { Deed } from '../deed.ts'
import type { Rule } from '../rule.ts'

const SEVERITY: ByPhase = { install: 'medium', import: 'medium', execute: 'low' }
const WATCHES: readonly (readonly [RegExp, string])[] = [
  [/^(?:xclip|xsel|wl-paste|pbpaste|termux-clipboard-get)$/, 'the clipboard'], [/^(?:scrot|import|gnome-screenshot|grim|xwd|maim|screencapture|spectacle|flameshot|ksnip)$/, 'the screen'],
  [/^(?:xinput|showkey|logkeys|evtest|xev)$/, 'keys typed'], [/^(?:arecord|parec|parecord|rec|sox)$/, 'the microphone'], [/^(?:fswebcam|v4l2-ctl|streamer|imagesnap)$/, 'the camera'],
]
const LINES: readonly (readonly [RegExp, string])[] = [[/get-clipboard/i, 'the clipboard'], [/x11grab|avfoundation|gdigrab/, 'the screen'], [/\/dev\/video\d/, 'the camera']]
const DEVICES: readonly (readonly [RegExp, string])[] = [[/^\/dev\/input\//, 'keys typed'], [/^\/dev\/video\d/, 'the camera'], [/^\/dev\/snd\/pcm\w+c$/, 'the microphone'], [/^\/dev\/fb\d/, 'the screen']]

/** What its user types, copies, shows or says was read. */
export const didSpy: Rule = {
  id: 'did-spy',
  version: 2,
  why: ['Whatever a person types or copies passes through here, passwords included.'],
  judge(scene) {
    const all = distinct([...own(scene, 'exec'), ...own(scene, 'read')].filter((deed) => watched(deed) !== null), (deed) => watched(deed) ?? '')
    const first = earliest(all)
    if (!first) return []
    const sent = firstSent(scene, all)?.sent ?? null
    // Of functions that are called, one reads and another sends: only who reads several kinds means all of it.
    const severity: Severity = raised(SEVERITY[first.phase], (sent && first.phase !== 'execute' ? 1 : 0) + (all.length > 1 ? 1 : 0))
    return found({ detector: this.id, behaviour: 'surveillance', severity, title: `${when(first)} read ${all.map(watched).join(', ')}${sent ? ` and then spoke to ${sent.host}` : ''}` },
      chain(scene.about, [...all.slice(0, 5).map((deed) => [deed, `reads ${watched(deed)}`, 'source'] as const), ...(sent ? [[sent, 'spoke to a stranger afterwards', 'sink'] as const] : [])]))
  },
}

function watched(deed: Deed): string | null {
  if (deed.act.kind === 'read') return DEVICES.find(([path]) => path.test(deed.act.target))?.[1] ?? null
  const line = lineOf(deed)
  if (SETS.test(line)) return null
  return WATCHES.find(([name]) => name.test(programOf(deed)))?.[1] ?? LINES.find(([words]) => words.test(line))?.[1] ?? null
}

/** Writing to the clipboard is the business of another rule. */
const SETS = /\bxclip\b(?!.*\s-o\b)|\bxsel\b.*(?:\s-i\b|--input)/
