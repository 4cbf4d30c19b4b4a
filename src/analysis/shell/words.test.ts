import { describe, expect, it } from 'vitest'
import { commandsOf } from './words.ts'

const spoken = (line: string): string[] => commandsOf(line).map(({ words, tie }) =>
  `${words.map((word) => word.text).join(' ')}${tie ? ` ${tie}` : ''}`)

describe('commandsOf', () => {
  it.each([
    ['a b && c || d; e', ['a b &&', 'c ||', 'd ;', 'e']],
    ['curl -s x | sh', ['curl -s x |', 'sh']],
    [`node -e "try{require('./a')}catch(e){}"`, [`node -e try{require('./a')}catch(e){}`]],
    ['A=1 B="x y" run', ['A=1 B=x y run']],
    ['(a && b) || (c)', ['a &&', 'b ;', 'c ;']],
    ['echo $HOME ${X:-y}', ['echo … …']],
    ['a > out 2>&1 && b', ['a &&', 'b']],
    ['if true; then curl x; fi', ['true ;', 'curl x ;']],
    ["echo 'a;b|c' # d; e", ['echo a;b|c']],
    ['a \\\n b', ['a b']],
  ])('reads %j', (line, expected) => expect(spoken(line)).toEqual(expected))

  it('hands back substitutions as text', () => {
    const [command] = commandsOf('sh -c "$(curl $(echo x) y)" `id` <(wget z)')
    expect(command?.words.flatMap((word) => word.inner)).toEqual(['curl $(echo x) y', 'id', 'wget z'])
  })

  it('keeps where output goes and what a here-document feeds', () => {
    expect(commandsOf('curl x > out')[0]?.output?.text).toBe('out')
    expect(commandsOf('sh <<END\necho hi\nEND\nls')[0]?.input?.text).toBe('echo hi')
    expect(spoken('sh <<END\necho hi\nEND\nls')).toEqual(['sh ;', 'ls'])
  })

  it('reads quotes and brackets that never close', () => {
    expect(commandsOf('"'.repeat(1001)).length).toBe(1)
    expect(commandsOf('$('.repeat(10_000))[0]?.words[0]?.inner).toHaveLength(1)
  })
})
