import type { Format } from './project-file.ts'
import { poetry } from './pyproject.ts'
import { elementsAt, readBlocks, stringAt } from './toml.ts'

/** Tables of a Pipfile that are no categories of packages. */
const OTHERS = new Set(['source', 'requires', 'pipenv', 'scripts', 'package-categories'])

/** pipenv's manifest (docs of pipenv, Pipfile): `packages`, `dev-packages`, and categories of one's own. */
export const pipfile: Format = {
  name: 'Pipfile',
  files: 'Pipfile',
  ecosystem: 'pypi',
  matches: (name) => name === 'pipfile',
  read(reading) {
    let first = true
    for (const block of readBlocks(reading)) {
      for (const [table, value] of block.root) {
        if (!OTHERS.has(table)) for (const draft of poetry(reading, block, value, table !== 'packages')) reading.add(draft)
      }
      for (const source of elementsAt(block.root, 'source')) {
        const url = stringAt(source, 'url')
        if (url !== null) reading.index(first ? 'index' : 'extra-index', url, block.lineOf(url))
        first = false
      }
    }
  },
}
