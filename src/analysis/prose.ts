/** How much of a text is looked at for prose. */
const BEGINNING = 400
const LONGEST_WORD = 20

/** Words between spaces are prose or code in plain sight: `/[a-z,.;:]{1,20} [a-z]{1,20} [a-z]/i` in the beginning. */
export function isProse(text: string): boolean {
  const end = Math.min(text.length, BEGINNING)
  for (let space = text.indexOf(' ', 1); space > 0 && space < end; space = text.indexOf(' ', space + 1)) {
    if (!isLetter(text.charCodeAt(space - 1)) && !',.;:'.includes(text[space - 1] as string)) continue
    let at = space + 1
    while (at < end && isLetter(text.charCodeAt(at))) at++
    if (at > space + 1 && at <= space + 1 + LONGEST_WORD && at + 1 < end && text[at] === ' ' && isLetter(text.charCodeAt(at + 1))) return true
  }
  return false
}

const isLetter = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 65 && code <= 90)
