import { readGoMod } from '../../ecosystems/go/manifest.ts'
import type { Format } from './project-file.ts'
import { REGISTRY } from './source.ts'

/**
 * golang.org/ref/mod#go-sum-files: module, version, hash. Lines of `/go.mod` alone are no dependencies: Go looked at what that
 * version asks for and took another. A version may stand there although none is built with it any more.
 */
export const goSum: Format = {
  name: 'go.sum',
  files: 'go.sum',
  ecosystem: 'go',
  matches: (name) => name === 'go.sum' || name === 'go.work.sum',
  read(reading) {
    const direct = directBeside(reading.beside('go.mod'))
    const seen = new Map<string, string>()
    for (const [index, line] of reading.text.split('\n').entries()) {
      const words = line.slice(0, 4_000).trim().split(/\s+/)
      const [path = '', version = '', hash = ''] = words
      if (path === '') continue
      if (words.length !== 3 || !/^h\d+:[A-Za-z0-9+/]{10,}={0,2}$/.test(hash)) reading.problem(index + 1, 'a line that is no module, version and hash was left out')
      else if (!version.endsWith('/go.mod')) {
        const known = seen.get(`${path} ${version}`)
        if (known !== undefined && known !== hash) reading.problem(index + 1, `${path} ${version} stands twice with different hashes`)
        else if (known === undefined) {
          reading.add({ name: path, version, digests: [hash], source: REGISTRY, line: index + 1, direct: direct ? direct.get(path) === version : null })
        }
        seen.set(`${path} ${version}`, hash)
      }
    }
  },
}

function directBeside(text: string | null): ReadonlyMap<string, string> | null {
  return text === null ? null : new Map(readGoMod(text).mod.require.filter(({ indirect }) => !indirect).map(({ path, version }) => [path, version]))
}
