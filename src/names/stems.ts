import { normal, wordsOf } from './forms.ts'
import { hash, mix } from './hash.ts'

interface Known {
  word: string
  /** Hash of its plain form. */
  plain: number
  hung: boolean
}

/** Words come again and again in other names, and are known by their own hash; long ones are several in one, and do not. */
const remembered = new Map<number, Known>()
const MOST_REMEMBERED = 65_536
const LONGEST_REMEMBERED = 12

/** A number that is the same for names with the same `stem`, in whatever order its words stand. */
export function stemHash(text: string): number {
  let [sum, rest, bare] = [0, 0, false]
  for (const word of wordsOf(text)) {
    const { plain, hung } = known(word)
    if (hung) rest = (rest + plain) | 0
    else [sum, bare] = [(sum + plain) | 0, true]
  }
  return bare ? sum : rest
}

function known(word: string): Known {
  const key = hash(word)
  const found = remembered.get(key)
  if (found !== undefined && found.word === word) return found
  const { plain, hung } = normal(word)
  const made = { word, plain: mix(hash(plain)), hung }
  if (word.length > LONGEST_REMEMBERED) return made
  if (remembered.size >= MOST_REMEMBERED) remembered.clear()
  remembered.set(key, made)
  return made
}
