import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClientName, Gate } from './clients.ts'

/** Name → range in the ecosystem's own notation: `^1.0.0`, `>=1,<2`, `v1.2.3` or `latest`. */
export type Wanted = Readonly<Record<string, string>>

/** Writes a project that needs `wanted` into an existing empty folder; returns the arguments that install it. */
export async function writeProject(client: ClientName, folder: string, wanted: Wanted, gate: Gate = {}): Promise<readonly string[]> {
  const put = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text)
  switch (client) {
    case 'pip':
      await put('requirements.txt', requirements(wanted))
      return ['install', '-r', 'requirements.txt']
    case 'uv':
      await put('requirements.txt', requirements(wanted))
      return ['pip', 'install', '-r', 'requirements.txt']
    case 'poetry':
      await put('pyproject.toml', pyproject(wanted, gate.pypi))
      return ['install', '--no-root', '--no-ansi']
    case 'go':
      await put('go.mod', 'module project.example/app\n\ngo 1.21\n')
      return ['get', ...Object.entries(wanted).map(([name, version]) => `${name}@${version}`)]
    default:
      await put('package.json', `${JSON.stringify({ name: 'app', version: '1.0.0', private: true, license: 'MIT', dependencies: wanted }, null, 2)}\n`)
      // Yarn 4 takes a folder for a project of its own only when it has a lock file.
      if (client === 'yarn4') await put('yarn.lock', '')
      return client === 'yarn1' ? ['install', '--non-interactive'] : ['install']
  }
}

/** What an install put into the project's folder: `name@version`, sorted, nested copies included. */
export async function installed(client: ClientName, folder: string): Promise<string[]> {
  const found = new Set<string>()
  if (client === 'go') await goModules(join(folder, '.modcache', 'cache', 'download'), '', found)
  else if (client === 'pip' || client === 'uv') await distributions(join(folder, 'site'), found)
  else if (client === 'poetry') for (const site of await sitePackages(folder)) await distributions(site, found)
  else await nodeModules(join(folder, 'node_modules'), found)
  return [...found].sort()
}

const requirements = (wanted: Wanted): string =>
  Object.entries(wanted).map(([name, range]) => `${name}${specifier(range)}\n`).join('')

/** A bare version is an exact pin, as people write it. */
const specifier = (range: string): string => (range === '' || /^[<>=!~]/.test(range) ? range : `==${range}`)

function pyproject(wanted: Wanted, index: string | undefined): string {
  const needs = Object.entries(wanted).map(([name, range]) => `  "${name}${specifier(range)}",\n`).join('')
  const source = index === undefined ? '' : `\n[[tool.poetry.source]]\nname = "gate"\nurl = "${index}"\npriority = "primary"\n`
  return `[project]\nname = "app"\nversion = "1.0.0"\nrequires-python = ">=3.9"\ndependencies = [\n${needs}]\n${source}`
}

async function nodeModules(folder: string, found: Set<string>): Promise<void> {
  for (const entry of await names(folder)) {
    if (entry === '.bin') continue
    if (entry === '.pnpm') {
      for (const inner of await names(join(folder, entry))) await nodeModules(join(folder, entry, inner, 'node_modules'), found)
    } else if (entry.startsWith('@')) {
      for (const inner of await names(join(folder, entry))) await nodePackage(join(folder, entry, inner), found)
    } else if (!entry.startsWith('.')) await nodePackage(join(folder, entry), found)
  }
}

async function nodePackage(folder: string, found: Set<string>): Promise<void> {
  const manifest = await readFile(join(folder, 'package.json'), 'utf8').then(JSON.parse, () => null) as { name?: string; version?: string } | null
  if (!manifest?.name) return
  const id = `${manifest.name}@${manifest.version}`
  // pnpm links packages into each other: a second visit may be a circle.
  if (found.has(id) && folder.includes('.pnpm')) return
  found.add(id)
  await nodeModules(join(folder, 'node_modules'), found)
}

async function distributions(site: string, found: Set<string>): Promise<void> {
  for (const entry of await names(site)) {
    const match = /^(.+)-([^-]+)\.dist-info$/.exec(entry)
    if (match?.[1] && match[2] && match[1] !== 'pip') found.add(`${match[1].toLowerCase().replaceAll('_', '-')}@${match[2]}`)
  }
}

async function sitePackages(folder: string): Promise<string[]> {
  const lib = join(folder, '.venv', 'lib')
  return (await names(lib)).map((python) => join(lib, python, 'site-packages'))
}

async function goModules(folder: string, module: string, found: Set<string>): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    if (entry.isDirectory()) await goModules(join(folder, entry.name), module === '' ? entry.name : `${module}/${entry.name}`, found)
    else if (entry.name.endsWith('.zip') && module.endsWith('/@v')) found.add(`${unescape(module.slice(0, -3))}@${entry.name.slice(0, -4)}`)
  }
}

/** `!a` on disk and in URLs stands for `A` (Go module cache layout). */
const unescape = (path: string): string => path.replace(/!([a-z])/g, (_, letter: string) => letter.toUpperCase())

const names = (folder: string): Promise<string[]> => readdir(folder).catch(() => [])

/** An empty folder below `parent`, for one client's project. */
export async function projectFolder(parent: string, name: string): Promise<string> {
  const folder = join(parent, name)
  await mkdir(folder, { recursive: true })
  return folder
}
