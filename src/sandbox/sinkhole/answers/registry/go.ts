import { text, type Answer } from '../answer.ts'
import type { Folder } from './folder.ts'
import type { AtRegistry } from './which.ts'

/** The GOPROXY protocol (go.dev/ref/mod) from a folder that lies as a proxy's does. There is no checksum database. */
export function go({ path }: AtRegistry, folder: Folder): Answer {
  const missing = text('go/missing', 'not found\n', 'text/plain', 404)
  const latest = /^\/(.{1,500})\/@latest$/.exec(path)?.[1]
  if (latest !== undefined) {
    const newest = folder.text('go', ...latest.split('/'), '@v', 'list')?.trim().split('\n').at(-1) ?? ''
    const info = newest === '' ? null : folder.text('go', ...latest.split('/'), '@v', `${newest}.info`)
    return info === null ? missing : text('go/mirror', info, 'application/json')
  }
  const [, module, file] = /^\/(.{1,500})\/@v\/([\w.+!-]{1,200})$/.exec(path) ?? []
  const found = module === undefined || file === undefined ? null : folder.file('go', ...module.split('/'), '@v', file)
  if (!found) return missing
  const type = file === 'list' || file?.endsWith('.mod') ? 'text/plain; charset=utf-8' : file?.endsWith('.info') ? 'application/json' : 'application/zip'
  return { script: 'go/mirror', status: 200, headers: { 'content-type': type }, body: found }
}
