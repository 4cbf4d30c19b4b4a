import { array, assert, constantFrom, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batchCommandsOf } from './batch.ts'
import { FakeDesk, placed } from './fake-desk.ts'
import { gypCommands } from './gyp.ts'
import { commandsOf } from './commands.ts'
import { spent } from '../../../test/harness/spent.ts'

const PIECES = [
  'curl https://a.example', 'sh', 'bash -c', 'eval', 'cat', 'base64 -d', 'powershell -c', 'cmd /c', 'iex', 'for x in a b; do', 'done', 'if', 'fi', 'case x in', 'esac', 'f()', 'function g', '{', '}', '(', ')', '((', '$(', '`', '${', '${x:-',
  '$x', '$@', '%x%', '%x:~1,2%', '%%i', '!x!', '^', '<<EOF', '\nEOF\n', '<<<', '<(', '>(', '>', '>>', '2>&1', '&>', '<&5', '/dev/tcp/h/1', '|', '||', '&', '&&', ';', ';;', "'", '"', "$'\\x41'", '\\', '\n', '\t', ' ', ' ', ' ', '#', '=', 'x=', 'a=b', '[char]', '[1..3]', '-join', '-f', '-replace', '@(', '@{', "@'", '::', '.', ',', '%{', '$_', '$env:x', '…', '\0', '\u{1f600}', '__proto__', 'constructor', 'xargs', 'env', 'tar x', 'tr a-z', 'sed s/a/b/', 'printf %s', 'alias a=b', 'find -exec', 'crontab -', 'mkfifo p', '<!(', "'action': [",
]

const NAMES = [...'abcdefghijklmnopqrst']
/** Each starts all the others. */
const TANGLED = Object.fromEntries(NAMES.map((name) => [name, NAMES.map((other) => `npm run ${other}`).join('; ')]))

function read(text: string, path = 'package.json', scripts: Readonly<Record<string, string>> = { x: 'npm run x' }): FakeDesk {
  const desk = new FakeDesk({ 'a.sh': 'sh a.sh' }, scripts)
  desk.shell(text, placed(text, path))
  return desk
}

describe('whatever comes in', () => {
  it('is read without an error, in every dialect', () => {
    assert(property(array(constantFrom(...PIECES), { maxLength: 40 }), constantFrom('', ' '), (pieces, glue) => {
      const text = pieces.join(glue)
      for (const path of ['package.json', 'a.bat', 'a.ps1']) for (const note of read(text, path).notes) expect((note.argument ?? '').length).toBeLessThanOrEqual(500)
      gypCommands(text)
    }), { numRuns: 1_500, seed: 7 })
  })

  it('is read without an error when it is no language at all', () => {
    assert(property(string({ unit: 'binary', maxLength: 200 }), (text) => {
      for (const path of ['package.json', 'a.bat', 'a.ps1']) read(text, path)
      gypCommands(text)
    }), { numRuns: 150, seed: 7 })
  })

  it('leaves commands within the text, in order', () => {
    assert(property(array(constantFrom(...PIECES), { maxLength: 30 }), (pieces) => {
      const text = pieces.join(' ')
      for (const commands of [commandsOf(text), batchCommandsOf(text)]) for (const { from, to } of commands) {
        expect(from).toBeGreaterThanOrEqual(0)
        expect(to).toBeLessThanOrEqual(text.length)
        expect(from).toBeLessThanOrEqual(to)
      }
    }), { numRuns: 500, seed: 7 })
  })
})

const many = (text: string, times = 40_000): string => text.repeat(times)

describe('size', () => {
  it.each([
    ['quotes', many('"')], ['single quotes', many("'")], ['backquotes', many('`')], ['substitutions', many('$(')], ['groups', many('(')], ['ends', many(')')], ['braces', many('{ ')], ['definitions', many('f() { ', 20_000)],
    ['nested ifs', many('if ')], ['cases', many('case x in ', 20_000)], ['variables', many('$x')], ['open expansions', many('${x:-')], ['here-documents', many('<<A ', 20_000)], ['empty here-documents', many('cat <<A\n', 10_000)], ['redirects', many('> ')], ['pipes', many('a|')],
    ['doubling', `a=xxxxxxxxxx\n${many('a=$a$a\n', 5_000)}eval $a`], ['splitting', `a="${many('x ', 30_000)}"\n${many('echo $a\n', 5_000)}`], ['replacing', `a=${many('x', 30_000)}\n${many('a=${a//x/xxxx}\n', 500)}`],
    ['functions that call each other', 'f() { g; g; g; }; g() { h; h; h; }; h() { i; i; i; }; i() { j; j; j; }; j() { k; k; k; }; k() { l; l; l; }; l() { m; m; }; m() { n; n; }; f'],
    ['evals of evals', many("eval '", 5_000)], ['wrappers', many('sudo ', 20_000)], ['xargs', many('xargs ', 20_000)], ['brace lists', many('{a,b,c,d}', 10_000)], ['heredocs without end', 'sh <<E\n' + many('curl x\n')], ['escapes', `printf '${many('\\x41', 10_000)}'`], ['carets', many('^')], ['percent signs', many('%')],
    ['mkfifo', 'mkfifo a; ' + many('cat a | nc a 1 > a; ', 5_000)], ['a million letters', many('x', 1_500_000)], ['assignments', many('A=', 40_000)], ['commands', many('ls -l a b c\n', 20_000)], ['pipes into shells', `${many('sh|', 3_000)}sh`], ['nested quoting', many(`sh -c "`, 3_000)],
  ])('%s take no longer than they should', (_name, text) => {
    for (const path of ['package.json', 'a.bat', 'a.ps1']) {
      const begun = spent()
      read(text, path)
      expect(spent() - begun, path).toBeLessThan(2_500)
    }
  }, 20_000)

  it.each([
    ['brackets', many('(', 20_000)], ['lists', many('@(1,', 20_000)], ['casts', many('[char]', 20_000)], ['blocks', many('{ ', 20_000)], ['loops', many('1..9999|%{', 2_000)], ['members', `$a${many('.b', 20_000)}`], ['indexes', `'abc'${many('[1]', 20_000)}`], ['strings', many('"$(', 5_000)], ['joins', `$a='x'\n${many("$a=$a+$a\n", 3_000)}`], ['replacing', `$a='x'*9999\n${many("$a=$a -replace 'x','xx'\n", 300)}`], ['functions', many('function f { f; f }; f; ', 300)],
    ['comments', many('<# ', 20_000)], ['here-strings', many("@'\n", 20_000)], ['commas', many(',', 40_000)], ['pipelines', many('a|', 20_000)], ['dashes', many('-', 40_000)],
  ])('%s of PowerShell take no longer than they should', (_name, text) => {
    const begun = spent()
    read(text, 'a.ps1')
    expect(spent() - begun).toBeLessThan(2_500)
  }, 10_000)

  it('of scripts that all start one another is bounded, and said', () => {
    expect(read('npm run a', 'package.json', TANGLED).missing).not.toEqual([])
  })

  it('is said when it was too much', () => {
    expect(read(many('$(', 100)).missing).toContain('package.json: shell commands nested too deeply')
    expect(read(many('x', 2_000_000)).missing).toContain('package.json: only the beginning of a shell script was read')
  })
})
