import { parseArgs } from 'node:util'
import { print } from '../quality/command.ts'
import { VARIANTS } from './identity-case-b.ts'
import { lookAt } from './identity-look.ts'
import { STRANGERS, TWINS } from './identity-pairs.ts'
import { recordSection, section } from './identity-report.ts'

const HELP = `node bench/watch/identity.ts [--write]
  Case B and its variants, 30 pairs that belong together and 30 that share a word, each on the day its younger side was new: through the
  readers of registries' documents, the watch's look and its concerns.`

const { values } = parseArgs({ options: { write: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } } })

if (values.help) print(HELP)
else {
  const pairs = async (all: typeof TWINS) => Promise.all(all.map(async (pair) => ({ pair, seen: await lookAt(pair.younger, pair, pair.at) })))
  const text = section({
    twins: await pairs(TWINS), strangers: await pairs(STRANGERS),
    variants: await Promise.all(VARIANTS.map(async (variant) => ({
      variant, seen: await lookAt(variant.younger, variant.younger === 'npm' ? { npm: variant.here, pypi: variant.there } : { npm: variant.there, pypi: variant.here }, '2021-07-28'),
    }))),
  })
  print(text)
  if (values.write) recordSection(text)
}
