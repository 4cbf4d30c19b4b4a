import { existsSync, mkdirSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { client } from './client.ts'

interface Locked { version?: string; integrity?: string; name?: string }

/** Installs a group with all it depends on, without running a script, and copies the tarballs out of npm's own cache. */
export function gatherNpm(group: readonly string[], { into, cache, alone = false }: { into: string; cache: string; alone?: boolean }): number {
  mkdirSync(into, { recursive: true })
  return inProject((project) => {
    client('npm', [
      'install', ...group, '--ignore-scripts', '--no-audit', '--no-fund', '--legacy-peer-deps', '--loglevel=error', '--cache', cache,
    ], project)
    const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')) as { packages: Record<string, Locked> }
    let copied = 0
    for (const [path, { version, integrity, name = path.split('node_modules/').at(-1) as string }] of Object.entries(lock.packages)) {
      if (alone && !(group.includes(name) && path === `node_modules/${name}`)) continue
      const bytes = integrity && contentOf(cache, integrity)
      // A package for another platform is locked and not fetched.
      if (!bytes || !existsSync(bytes)) continue
      copyFileSync(bytes, join(into, `${name.replaceAll('/', '+')}@${version}.tgz`))
      copied += 1
    }
    return copied
  })
}

/** The names most depended upon, first to last, as the package `npm-high-impact` lists them. */
export async function mostDependedOn(file: string, count: number): Promise<void> {
  const names = await inProject(async (project) => {
    client('npm', ['install', 'npm-high-impact', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], project)
    const { npmTopDependents } = await import(pathToFileURL(join(project, 'node_modules/npm-high-impact/index.js')).href) as { npmTopDependents: string[] }
    return npmTopDependents.slice(0, count)
  })
  writeFileSync(file, JSON.stringify(names, null, 1))
}

/** cacache keeps content by the hex of its digest: `content-v2/sha512/ab/cd/ef…`. */
function contentOf(cache: string, integrity: string): string {
  const [algorithm = '', base64 = ''] = integrity.split(' ')[0]?.split(/-(.*)/) ?? []
  const hex = Buffer.from(base64, 'base64').toString('hex')
  return join(cache, '_cacache/content-v2', algorithm, hex.slice(0, 2), hex.slice(2, 4), hex.slice(4))
}

function inProject<T>(work: (project: string) => T): T {
  const project = mkdtempSync(join(tmpdir(), 'sluice-gather-'))
  const remove = (): void => rmSync(project, { recursive: true, force: true, maxRetries: 5 })
  writeFileSync(join(project, 'package.json'), '{"private":true}')
  try {
    const result = work(project)
    if (result instanceof Promise) return result.finally(remove) as T
    remove()
    return result
  } catch (thrown) {
    remove()
    throw thrown
  }
}
