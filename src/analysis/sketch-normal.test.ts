import { array, assert, constantFrom, property, string } from 'fast-check'
import { expect, it } from 'vitest'
import { exactTokens } from './sketch-normal.ts'
import { scan, unitsOf } from './sketch-tokens.ts'

/** FNV-1a, 32 bit. */
const hash = (text: string): number => {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  return value >>> 0
}
const squash = (raw: string): string => raw.toLowerCase().replace(/[^a-z0-9]/g, '')
const ADDRESS = /^(?:[\w.+-]+@)?[\w-]+(?:\.[\w-]+)*\.(?:[a-z]{2,24}|\d{1,3})(?::\d+)?(?:[/?#].*)?$/i

/** What the tokens are, said with texts instead of offsets: sketches of all versions have to agree. */
function expected(name: string, text: string): number[] {
  const tokens: number[] = []
  const word = (raw: string): number =>
    hash(squash(name) !== '' && raw.length <= 200 && squash(raw) === squash(name) ? '\0name' : raw.slice(0, 200).replace(/\d+/g, '0'))
  const part = (said: string): number => {
    if (said.includes('://') || (said.length < 260 && ADDRESS.test(said))) return hash('\0address')
    const encoded = said.length > 40 || (said.length >= 16 && /^[\w+/=:.-]+$/.test(said) && /\d/.test(said) && /[a-z]/i.test(said))
    return encoded ? hash('\0long') : word(said)
  }
  scan(unitsOf(Buffer.from(text)), 'javascript', (kind, from, to) => {
    const raw = text.slice(from, to)
    if (kind === 'number') tokens.push(hash('\0number'))
    else if (kind === 'word') tokens.push(word(raw))
    else if (kind === 'sign') tokens.push(raw.charCodeAt(0))
    else for (const said of raw.slice(0, 2000).split(/\s+/)) tokens.push(part(said.replace(/^["'`]+|["'`]+$/g, '')))
  })
  return tokens
}

function made(name: string, text: string): number[] {
  const tokens: number[] = []
  const units = unitsOf(Buffer.from(text))
  scan(units, 'javascript', exactTokens(name, units, (token) => tokens.push(token)))
  return tokens
}

const piece = constantFrom('left-pad', 'leftPad', 'LEFT_PAD', 'LE\u212aFT', 'a1b22', '"', "'", '`', ' ', '\u00a0', '\u2003', '\n', '.', '://', 'x.example/a', '2.0', '1.', '@', '\\',
  'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo0', '/', '*', '=', '7', 'é', 'x'.repeat(210))

it('finds the same words, addresses and long texts as in texts of their own', () => {
  const text = array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''))
  assert(property(text, constantFrom('left-pad', '@a/leftpad', 'k', ''), (code, name) => { expect(made(name, code)).toEqual(expected(name, code)) }), { numRuns: 1000 })
  assert(property(string({ unit: 'binary', maxLength: 200 }), (code) => { expect(made('a', code)).toEqual(expected('a', code)) }))
})
