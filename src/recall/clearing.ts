import type { EcosystemId } from '../core/types.ts'

/** What to run on a machine so that one client forgets something. */
export interface Clearing {
  client: string
  /** For a POSIX shell. */
  commands: readonly string[]
  says: string | null
}

/** A version as clients know it; null: every version. */
export interface Clearable {
  name: string
  version: string | null
}

/** Versions that are written out; of more, the commands are those for every version. */
const WRITTEN = 10

/**
 * What clears a package from the caches of every client of its registry, and from projects, in commands that exist: tried with
 * npm 10 to 12, pnpm 10 and 12, yarn 1 and 4, bun 1.4, pip 23, uv, poetry 2.5 and go; of pdm as its source says. What no
 * command can do alone is said instead.
 */
export function clearing(ecosystem: EcosystemId, things: readonly Clearable[]): Clearing[] {
  const [first] = things
  if (!first) return []
  const { name } = first
  const versions = new Set(things.map(({ version }) => version))
  const known = versions.has(null) || versions.size > WRITTEN ? [] : [...versions] as string[]
  return BY_ECOSYSTEM[ecosystem](name, known.toSorted())
}

const BY_ECOSYSTEM: Readonly<Record<EcosystemId, (name: string, versions: readonly string[]) => Clearing[]>> = { npm, pypi, go }

function npm(name: string, versions: readonly string[]): Clearing[] {
  const base = name.split('/').at(-1) ?? name
  const keys = versions.length === 0 ? [[`npm cache ls`, `/${name}/-/`]] : versions.map((version) => [`npm cache ls ${word(`${name}@${version}`)}`, `/${base}-${version}.tgz`])
  return [
    { client: 'npm', commands: keys.map(([list, file]) => `${list} | grep -F ${word(file ?? '')} | while read -r key; do npm cache clean "$key"; done`), says: null },
    { client: 'pnpm', commands: [`pnpm cache delete ${word(name)}`, 'pnpm store prune'], says: 'prune leaves what a project still links to: take it out of every project first' },
    { client: 'yarn 1', commands: [`yarn cache clean ${word(name)}`], says: null },
    { client: 'yarn 2 and later', commands: ['yarn cache clean --all'], says: 'there is no command for one package: this clears all of the cache that it shares, and the project\'s own' },
    { client: 'bun', commands: ['bun pm cache rm'], says: 'there is no command for one package: this clears all of its cache' },
    {
      client: 'every project', commands: [`npm explain ${word(name)}`, `pnpm why ${word(name)}`, `yarn why ${word(name)}`, 'rm -rf node_modules'],
      says: 'what asks for it: have another version there, so that the lockfile no longer names this one, and install anew; sluice check finds the projects',
    },
  ]
}

function pypi(name: string, versions: readonly string[]): Clearing[] {
  // Wheels are named with underscores (PEP 427).
  const wheel = name.replaceAll('-', '_')
  const files = versions.length === 0 ? [wheel] : versions.map((version) => `${wheel}-${version}`)
  return [
    { client: 'pip', commands: [...files.map((file) => `pip cache remove ${word(file)}`), 'pip cache purge'], says: 'remove takes wheels that were built here; downloads can only be purged all at once' },
    { client: 'uv', commands: [`uv cache clean ${word(name)}`], says: null },
    { client: 'poetry', commands: ['poetry cache list | while read -r name; do poetry cache clear --all --no-interaction "$name" < /dev/null; done', 'rm -rf "$(poetry config cache-dir)/artifacts"'], says: 'its own command does not clear the files that were downloaded' },
    { client: 'pdm', commands: [...files.map((file) => `pdm cache remove ${word(`${file}${versions.length === 0 ? '-*' : '-*.whl'}`)}`), 'pdm cache clear http', 'pdm cache clear packages'], says: null },
    {
      client: 'every environment', commands: [`pip uninstall --yes ${word(name)}`],
      says: 'where it may have run, make the environment anew instead; have another version in requirements and lockfiles: sluice check finds them',
    },
  ]
}

function go(name: string, versions: readonly string[]): Clearing[] {
  const path = escaped(name)
  const exact = versions.map((version) => ({ folder: `"$(go env GOMODCACHE)"/${word(`${path}@${escaped(version)}`)}`, files: `"$(go env GOMODCACHE)"/${word(`cache/download/${path}/@v/${escaped(version)}`)}.*` }))
  return [
    {
      client: 'go', says: 'the module cache is read-only unless GOFLAGS has -modcacherw: hence chmod. What was compiled from it is in the build cache',
      commands: [...(exact.length === 0 ? ['go clean -modcache'] : exact.flatMap(({ folder, files }) => [`chmod -R u+w ${folder} && rm -rf ${folder}`, `rm -f ${files}`])), 'go clean -cache'],
    },
    { client: 'every module', commands: [`go mod why -m ${word(name)}`, `go get ${word(`${name}@latest`)}`, 'go mod tidy'], says: 'where latest is the recalled one, name another version; go.sum keeps lines of old versions until tidy: sluice check finds them' },
  ]
}

/** Go's case encoding (golang.org/x/mod/module: EscapePath): an upper-case letter is `!` and its lower case. */
export const escaped = (text: string): string => text.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`)

/** One word for a POSIX shell, whatever it holds. */
export const word = (text: string): string => (/^[\w@%+=:,./~-]+$/.test(text) && !text.startsWith('-') && !text.startsWith('~') ? text : `'${text.replaceAll('\'', '\'\\\'\'')}'`)
