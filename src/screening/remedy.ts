import type { Occurrence } from './occurrences.ts'
import type { Assessed } from './types.ts'

/** What to do about a package at one place: a sentence, and the exact command where the client has one. */
export interface Remedy {
  does: string
  command: string | null
}

/** Formats by the client that writes them. */
function clientOf(format: string): keyof typeof COMMANDS | null {
  const found = /^(package-lock|package\.json|pnpm-lock|pnpm-workspace|yarn berry|yarn|bun|Pipfile|poetry|uv|pdm|pylock|requirements|pyproject|setup|go\.)/.exec(format)?.[1]
  switch (found) {
    case 'package-lock': case 'package.json': return 'npm'
    case 'pnpm-lock': case 'pnpm-workspace': return 'pnpm'
    case 'yarn berry': return 'yarn'
    case 'yarn': return 'yarn1'
    case 'go.': return 'go'
    case 'Pipfile': return 'pipenv'
    case 'bun': case 'poetry': case 'uv': case 'pdm': return found
    case undefined: return null
    default: return 'pip'
  }
}

interface Client {
  direct(name: string, version: string): string
  /** For what only another package asks for, where its range takes the version. */
  within(name: string, version: string): string
  /** For what no range takes: a rule of the project's own, as a sentence. */
  forced(name: string, version: string): string
  remove(name: string): string
}

const json = (name: string, version: string): string => `"${name}": "${version}"`

const COMMANDS = {
  npm: {
    direct: (name, version) => `npm install ${name}@${version}`, within: (name) => `npm update ${name}`,
    forced: (name, version) => `add { ${json(name, version)} } to "overrides" in package.json, then run npm install`, remove: (name) => `npm uninstall ${name}`,
  },
  pnpm: {
    direct: (name, version) => `pnpm update ${name}@${version}`, within: (name) => `pnpm update --depth Infinity ${name}`,
    forced: (name, version) => `add { ${json(name, version)} } to "overrides" (pnpm-workspace.yaml, before pnpm 10 "pnpm" in package.json), then run pnpm install`, remove: (name) => `pnpm remove ${name}`,
  },
  yarn: {
    direct: (name, version) => `yarn up ${name}@${version}`, within: (name) => `yarn up --recursive ${name}`,
    forced: (name, version) => `add { ${json(name, version)} } to "resolutions" in package.json, then run yarn install`, remove: (name) => `yarn remove ${name}`,
  },
  yarn1: {
    direct: (name, version) => `yarn upgrade ${name}@${version}`, within: (name) => `yarn upgrade ${name}`,
    forced: (name, version) => `add { ${json(name, version)} } to "resolutions" in package.json, then run yarn install`, remove: (name) => `yarn remove ${name}`,
  },
  bun: {
    direct: (name, version) => `bun add ${name}@${version}`, within: (name) => `bun update ${name}`,
    forced: (name, version) => `add { ${json(name, version)} } to "overrides" in package.json, then run bun install`, remove: (name) => `bun remove ${name}`,
  },
  pip: {
    direct: (name, version) => `pip install "${name}==${version}"`, within: (name, version) => `pip install "${name}==${version}"`,
    forced: (name, version) => `pin ${name}==${version} in the requirements`, remove: (name) => `pip uninstall ${name}`,
  },
  pipenv: {
    direct: (name, version) => `pipenv install "${name}==${version}"`, within: (name, version) => `pipenv upgrade "${name}==${version}"`,
    forced: (name, version) => `pin ${name} = "==${version}" in Pipfile, then run pipenv lock`, remove: (name) => `pipenv uninstall ${name}`,
  },
  poetry: {
    direct: (name, version) => `poetry add "${name}@${version}"`, within: (name) => `poetry update ${name}`,
    forced: (name, version) => `poetry add "${name}@${version}"`, remove: (name) => `poetry remove ${name}`,
  },
  uv: {
    direct: (name, version) => `uv add "${name}==${version}"`, within: (name, version) => `uv lock --upgrade-package "${name}==${version}"`,
    forced: (name, version) => `add "${name}==${version}" to override-dependencies below [tool.uv], then run uv lock`, remove: (name) => `uv remove ${name}`,
  },
  pdm: {
    direct: (name, version) => `pdm add "${name}==${version}"`, within: (name) => `pdm update ${name}`,
    forced: (name, version) => `add ${name} = "${version}" to [tool.pdm.resolution.overrides], then run pdm lock`, remove: (name) => `pdm remove ${name}`,
  },
  go: {
    direct: (name, version) => `go get ${name}@${version} && go mod tidy`, within: (name, version) => `go get ${name}@${version} && go mod tidy`,
    forced: (name, version) => `go get ${name}@${version} && go mod tidy`, remove: (name) => `go get ${name}@none && go mod tidy`,
  },
} satisfies Readonly<Record<string, Client>>

/** Names and versions from files of strangers go into a command only where no shell takes them for more. */
const PLAIN = /^[\w@./+~:!-]{1,214}$/

export function remedyFor(one: Assessed, { format, direct, installed, path }: Occurrence): Remedy {
  const client = clientOf(format) ?? (one.ecosystem === 'npm' ? 'npm' : one.ecosystem === 'go' ? 'go' : 'pip')
  const commands: Client = COMMANDS[client]
  const { name, safe } = one
  const via = path[0]
  if (!PLAIN.test(name) || (safe && !PLAIN.test(safe.version))) return { does: 'take it out of the project', command: null }
  if (!safe) {
    if (direct === false && via !== undefined) return { does: `no version is known to be safe: do without ${via}, which brings it in`, command: PLAIN.test(via) ? commands.remove(via) : null }
    return { does: 'no version is known to be safe: take it out', command: commands.remove(name) }
  }
  if (installed) return { does: `${safe.version} is the nearest version that nothing is known against; change the project that installed it, or here`, command: commands.direct(name, safe.version) }
  const where = safe.inRange === false ? ', outside of the range asked for' : ''
  if (direct !== false || via === undefined) return { does: `take ${safe.version}${where}`, command: commands.direct(name, safe.version) }
  if (safe.inRange !== false) return { does: `take ${safe.version}${where}; ${via} brings it in`, command: commands.within(name, safe.version) }
  const rule = commands.forced(name, safe.version)
  return rule.startsWith('add ') || rule.startsWith('pin ')
    ? { does: `${safe.version} is outside of the range that is asked for: update ${via}, which brings it in, or ${rule}`, command: null }
    : { does: `${safe.version} is outside of the range that is asked for: update ${via}, which brings it in, or force it`, command: rule }
}
