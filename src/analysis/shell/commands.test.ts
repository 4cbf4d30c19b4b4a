import { describe, expect, it } from 'vitest'
import { commandsOf } from './commands.ts'
import type { Word } from './words.ts'

const shown = (word: Word): string => word.pieces.map((piece) => (piece.is === 'text' ? piece.text : piece.is === 'variable' ? `$${piece.name}${piece.apply}` : `$(${piece.text})`)).join('')
const spoken = (line: string): string[] => commandsOf(line).map(({ is, words, tie }) => `${is === 'run' ? '' : `${is}:`}${words.map(shown).join(' ')}${tie ? ` ${tie}` : ''}`)

describe('commandsOf', () => {
  it.each([
    ['a b && c || d; e', ['a b &&', 'c ||', 'd ;', 'e']],
    ['curl -s x | sh', ['curl -s x |', 'sh']],
    [`node -e "try{require('./a')}catch(e){}"`, [`node -e try{require('./a')}catch(e){}`]],
    ['A=1 B="x y" run', ['A=1 B=x y run']],
    ['(a && b) | c', ['open:', 'a &&', 'b ;', 'close: |', 'c']],
    ['{ a; b; } > out', ['open:', 'a ;', 'b ;', 'close: ;']],
    ['echo $HOME ${X:-y}', ['echo $HOME $X:-y']],
    ['a > out 2>&1 && b', ['a &&', 'b']],
    ['if true; then curl x; fi', ['open:', 'true ;', 'curl x ;', 'close: ;']],
    ['for x in a b; do c; done', ['open:', 'for x in a b ;', 'c ;', 'close: ;']],
    ['case $x in a|b) c;; *) d;; esac', ['open:', 'case $x ;', 'a |', 'c ;', 'd ;', 'close: ;']],
    ["echo 'a;b|c' # d; e", ['echo a;b|c']],
    ['a \\\n b', ['a b']],
    ['f() { a; }; f', ['define:f ;', 'f']],
    ['function g { b; }', ['define:g ;']],
    ['echo "a $(b "c") d"', ['echo a $(b "c") d']],
    [String.raw`echo $'\x41\102\n'`, ['echo AB\n']],
  ])('reads %j', (line, expected) => expect(spoken(line)).toEqual(expected))

  it('hands back substitutions as text', () => {
    const [command] = commandsOf('sh -c "$(curl $(echo x) y)" `id` <(wget z)')
    expect(command?.words.map(shown)).toEqual(['sh', '-c', '$(curl $(echo x) y)', '$(id)', '$(wget z)'])
  })

  it.each([
    ['curl x > out', '> out'], ['curl x >> out', '>> out'], ['sh < in', '< in'], ['a >& /dev/tcp/h/1', '> /dev/tcp/h/1'], ['a &> all', '> all'], ['cat <&5', '< &5'],
    ['exec 5<>/dev/tcp/h/1', '<> /dev/tcp/h/1'], ['sh <<< "$x"', '<<< $x'], ['sh <<END\necho hi\nEND\nls', '<< echo hi\n'], ["sh <<-'E'\n\techo $x\n\tE\n", '<< \techo $x\n'],
  ])('keeps where %j sends and gets', (line, expected) => {
    expect(commandsOf(line)[0]?.redirects.map(({ operator, to }) => `${operator} ${shown(to)}`)).toEqual([expected])
  })

  it('says where a command stands', () => {
    const text = 'a b\n  curl x | sh\n'
    expect(commandsOf(text).map(({ from, to }) => text.slice(from, to).trim())).toEqual(['a b', 'curl x', 'sh'])
  })

  it('reads quotes and brackets that never close', () => {
    expect(commandsOf('"'.repeat(1001)).length).toBe(1)
    expect(commandsOf('$('.repeat(10_000))[0]?.words).toHaveLength(1)
  })
})
