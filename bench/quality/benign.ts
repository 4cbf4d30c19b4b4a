import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ArtifactRef, EcosystemId } from '../../src/core/types.ts'
import { ecosystems } from '../../src/ecosystems/index.ts'
import { hash32 } from './sample.ts'
import type { Sample } from './sample.ts'

const KINDS: readonly EcosystemId[] = ['npm', 'pypi', 'go']

/** What `gather.ts` left in `<corpora>/benign` or `<corpora>/hard`, halved by the hash of the name. What is in both is hard. */
export function benign(corpora: string, corpus: 'benign' | 'hard'): Sample[] {
  return KINDS.flatMap((ecosystem) => {
    const folder = join(corpora, corpus, ecosystem)
    const elsewhere = new Set(corpus === 'benign' ? filesOf(join(corpora, 'hard', ecosystem)) : [])
    return filesOf(folder).filter((file) => !elsewhere.has(file)).map((file): Sample => {
      const ref = refOf(ecosystem, file)
      const id = `${ecosystem}/${file}`
      return {
        id, corpus, ref, cluster: id, clusterSize: 1, representative: true, inert: false,
        part: hash32(ref.name) % 2 === 0 ? 'tuning' : 'report',
        read: () => readFile(join(folder, file)),
      }
    })
  })
}

/** npm names most depended upon, first to last; empty where `gather.ts` has not been run. */
export function mostDependedOn(corpora: string): ReadonlySet<string> {
  const file = join(corpora, 'npm-top.json')
  return new Set(existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as string[]) : [])
}

const filesOf = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder).sort() : [])

/** npm and Go files are stored as `name@version.ending` with `+` for `/`, PyPI's under their own names. */
function refOf(ecosystem: EcosystemId, file: string): ArtifactRef {
  const [name = file, version = ''] = ecosystem === 'pypi' ? pypiParts(file) : plainParts(file)
  const own = { npm: `${name.split('/').at(-1)}-${version}.tgz`, pypi: file, go: `${version}.zip` }
  return { ecosystem, name: ecosystems[ecosystem].canonicalName(name), version, file: own[ecosystem] }
}

function plainParts(file: string): string[] {
  const at = file.lastIndexOf('@')
  const path = file.slice(0, at).replaceAll('+', '/')
  // `!x` is an upper-case letter (golang.org/ref/mod#goproxy-protocol).
  return [path.replace(/!([a-z])/g, (_, letter: string) => letter.toUpperCase()), file.slice(at + 1).replace(/\.(?:tgz|zip)$/, '')]
}

/** `name-version-tags.whl`, `name-version.tar.gz` (packaging.python.org, binary and source distribution formats). */
function pypiParts(file: string): string[] {
  const whole = /^(.+?)-(\d[^-]*)(?:-.*\.whl|\.tar\.\w+|\.zip|\.tgz)$/.exec(file)
  return whole ? whole.slice(1) : [file]
}
