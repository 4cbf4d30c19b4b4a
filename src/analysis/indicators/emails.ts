import { LONGEST_HOST, PATIENCE, isHostCharacter } from './found.ts'
import type { Found } from './found.ts'
import { domainHost } from './hosts.ts'

const LONGEST_LOCAL = 64

/** Addresses of people. Not `git@host:path`, `user:secret@host`, `pkg@1.2.3`, `@scope/pkg`, `logo@2x.png`. */
export function* emails(text: string, taken: (at: number) => boolean): Generator<Found> {
  let sign = text.indexOf('@')
  for (let tries = 0; sign >= 0 && tries < PATIENCE; sign = text.indexOf('@', sign + 1), tries++) {
    if (taken(sign)) continue
    const local = /[\w.%+-]+$/.exec(text.slice(Math.max(0, sign - LONGEST_LOCAL), sign))?.[0].replace(/^[.%+-]+/, '') ?? ''
    let end = sign + 1
    while (end < text.length && end - sign <= LONGEST_HOST && isHostCharacter(text, end)) end++
    const name = text.slice(sign + 1, end).replace(/[.-]+$/, '')
    const from = sign - local.length
    const to = sign + 1 + name.length
    if (local === '' || local.endsWith('.') || local === 'git' || !isPerson(text, from, to, name)) continue
    const host = domainHost(name)
    if (host?.type === 'domain') yield { ...host, type: 'email', value: `${local}@${host.value}`, at: from, from, to }
  }
}

function isPerson(text: string, from: number, to: number, name: string): boolean {
  const [before, after] = [text[from - 1] ?? '', text.slice(to, to + 2)]
  if (before === '/' || before === '@' || /^(?:[(@/\\[=]|:[\w/~])/.test(after)) return false
  return /\.[^\0-\x40[-`{-\x7f]{2,}$/.test(name) && !/^\dx\./.test(name)
}
