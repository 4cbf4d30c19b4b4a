import { INFRASTRUCTURE, SHARED } from './words.ts'

export interface Registered {
  /** The label that somebody chose, and what it is registered under. */
  label: string
  ending: string
  /** Both of them: what somebody pays for. */
  domain: string
  /** Labels in front of it. */
  front: readonly string[]
}

/** Second levels under which countries register. The whole list of public suffixes is a library; here a near miss costs little. */
const SECOND = /^(?:com?|org|net|ac|edu|gov|or|ne|gob|nom)$/

export function registered(host: string): Registered {
  const labels = host.split('.')
  const double = SHARED.has(labels.slice(-2).join('.')) || (labels.at(-1)?.length === 2 && SECOND.test(labels.at(-2) ?? ''))
  const size = double && labels.length > 2 ? 2 : 1
  return {
    label: labels.at(-1 - size) ?? '', ending: labels.slice(-size).join('.'), domain: labels.slice(-1 - size).join('.'), front: labels.slice(0, Math.max(0, labels.length - 1 - size)),
  }
}

export const within = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`)

export const isAddress = (host: string): boolean =>
  host.startsWith('[') || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host) || /^(?:0x[0-9a-f]{1,8}|\d{8,10})$/i.test(host)

/** Takes a label apart into stems, longest word first; what fits no word is a part of its own. Linear in the label. */
export type Splitter = (label: string) => string[]

/** A splitter that knows `names` besides the words of infrastructure; names stay as they are. */
export function splitter(names: Iterable<string>): Splitter {
  const own = new Set(names)
  const longest = [...own, ...INFRASTRUCTURE.keys()].filter((one) => one !== '').toSorted((a, b) => b.length - a.length)
  const word = new RegExp(longest.map(RegExp.escape).join('|'), 'y')
  return (label) => label.slice(0, 63).split('-').flatMap((part) => {
    const stems: string[] = []
    let loose = ''
    for (let at = 0; at < part.length;) {
      word.lastIndex = at
      const found = word.exec(part)?.[0]
      // Two or three letters inside another word are nothing but letters: `io` in `foundation`.
      if (found === undefined || (loose !== '' && found.length < (at + found.length === part.length ? 3 : 4) && !own.has(found))) {
        loose += part[at++]
        continue
      }
      if (loose !== '') stems.push(loose)
      loose = ''
      stems.push(own.has(found) ? found : INFRASTRUCTURE.get(found) ?? found)
      at += found.length
    }
    return loose === '' ? stems : [...stems, loose]
  })
}
