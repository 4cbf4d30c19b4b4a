import { expect, it } from 'vitest'
import { gypCommands } from './gyp.ts'

it.each([
  [`['<!(node -p "1")']`, ['node -p "1"']],
  [`'<!@(pkg-config --libs x | sed s/a//)'`, ['pkg-config --libs x | sed s/a//']],
  [`'<!(node -e \\'require("a")\\')'`, [`node -e 'require("a")'`]],
  [`'<!(a <(dir)/x <!(b))'`, ['b', 'a …/x <!(b)']],
  [`'action': ['sh', 'x.sh', '<@(_outputs)']`, [`'sh'  'x.sh'  '…'`]],
  [`'<(plain)' (also) `, []],
])('finds the commands of %s', (text, expected) => expect(gypCommands(text).map((one) => one.command)).toEqual(expected))

it('gives the place of a command', () => {
  const text = `\n  '<!(a b)'`
  const [found] = gypCommands(text)
  expect(text.slice(found?.from, found?.to)).toBe('<!(a b)')
})
