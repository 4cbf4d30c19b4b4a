import { tokensOf } from './powershell-tokens.ts'
import type { Token } from './powershell-tokens.ts'

/** Goes through tokens of PowerShell, forwards only. */
export class Cursor {
  at = 0
  readonly #tokens: readonly Token[]

  constructor(text: string) {
    this.#tokens = tokensOf(text)
  }

  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.at + ahead]
  }

  is(text: string): boolean {
    const token = this.peek()
    return token?.is === 'operator' && token.text === text
  }

  take(text: string): boolean {
    if (!this.is(text)) return false
    this.at++
    return true
  }

  /** Whatever `read` makes of what stands here, at least one token is behind afterwards: nothing is read for ever. */
  onward(read: () => void): void {
    const before = this.at
    read()
    if (this.at === before) this.at++
  }

  /** The text of a block, tokens joined: it is read again where it runs. */
  block(): string {
    let open = 0
    const parts: string[] = []
    for (let token = this.peek(); token; token = this.peek()) {
      if (token.is === 'operator' && token.text.endsWith('{')) open++
      if (token.is === 'operator' && token.text === '}' && --open === 0) { this.at++; break }
      parts.push((token.glued ? '' : ' ') + source(token))
      this.at++
    }
    return parts.join('').trim().replace(/^\{/, '')
  }
}

/** A token as it is written. */
function source(token: Token): string {
  if (token.is === 'variable') return `\${${token.text}}`
  if (token.is !== 'text') return token.text
  return token.fills ? `"${token.text.replaceAll('"', '""')}"` : `'${token.text.replaceAll("'", "''")}'`
}
