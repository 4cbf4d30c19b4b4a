const NUMBER_SIGN = 35
const SLASH = 47
const COLON = 58
const QUESTION = 63
const AT = 64

const OTHER = 0
const LETTER = 1
const DIGIT = 2
/** What names are made of but letters and digits: `_` and `-`, `+`, and the dot. */
const HYPHEN = 3
const PLUS = 4
const DOTTED = 5
const CLASS = Uint8Array.from({ length: 128 }, (_, code) => {
  const sign = String.fromCharCode(code)
  return /[a-z]/i.test(sign) ? LETTER : /\d/.test(sign) ? DIGIT : sign === '_' || sign === '-' ? HYPHEN : sign === '+' ? PLUS : sign === '.' ? DOTTED : OTHER
})
const classAt = (units: Uint16Array, at: number, to: number): number => (at < to && (units[at] as number) < 128 ? CLASS[units[at] as number] as number : OTHER)

/**
 * A host, an address of mail, an IP address, with or without what follows:
 * `^(?:[\w.+-]+@)?[\w-]+(?:\.[\w-]+)*\.(?:[a-z]{2,24}|\d{1,3})(?::\d+)?(?:[/?#].*)?$`, in either case.
 */
export function isAddress(units: Uint16Array, from: number, to: number): boolean {
  let at = from
  while (classAt(units, at, to) !== OTHER) at += 1
  if (units[at] !== AT || at === to) return isHost(units, from, to)
  return at > from && isHost(units, at + 1, to)
}

function isHost(units: Uint16Array, from: number, to: number): boolean {
  let at = from
  let label = from
  let letters = 0
  let digits = 0
  for (;; at += 1) {
    const kind = classAt(units, at, to)
    if (kind === OTHER || kind === PLUS) break
    if (kind === DOTTED) {
      if (at === label) return false
      label = at + 1
      letters = 0
      digits = 0
    } else if (kind === LETTER) letters += 1
    else if (kind === DIGIT) digits += 1
  }
  const last = at - label
  if (label === from || !((last === letters && last >= 2 && last <= 24) || (last === digits && last >= 1 && last <= 3))) return false
  if (at < to && units[at] === COLON) {
    const port = at + 1
    for (at = port; classAt(units, at, to) === DIGIT;) at += 1
    if (at === port) return false
  }
  return at === to || units[at] === SLASH || units[at] === QUESTION || units[at] === NUMBER_SIGN
}
