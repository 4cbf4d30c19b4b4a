import { copyFileSync, globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { client } from './client.ts'

/** Module zips of a group and all it is built from, out of a module cache of its own. */
export function gatherGo(group: readonly string[], { into, cache }: { into: string; cache: string }): number {
  mkdirSync(into, { recursive: true })
  const project = mkdtempSync(join(tmpdir(), 'sluice-gather-'))
  const go = (...args: string[]): void => client('go', args, project, { GOMODCACHE: cache, GOFLAGS: '-modcacherw' })
  try {
    go('mod', 'init', 'gather.example')
    go('get', ...group)
    go('mod', 'download')
  } finally {
    rmSync(project, { recursive: true, force: true })
  }
  const zips = globSync('cache/download/**/@v/*.zip', { cwd: cache })
  for (const zip of zips) {
    const module = dirname(dirname(zip)).slice('cache/download/'.length)
    copyFileSync(join(cache, zip), join(into, `${module.replaceAll('/', '+')}@${zip.slice(dirname(zip).length + 1)}`))
  }
  return zips.length
}
