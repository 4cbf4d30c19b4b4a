import type { Draft, Source } from './project-file.ts'
import { fromGit, fromPath, fromUrl, REGISTRY } from './source.ts'

const LONGEST = 8_000
const HEAD = /^([A-Za-z0-9](?:[A-Za-z0-9._-]{0,199}))\s*(?:\[[^\]]{0,1000}\])?\s*/

/** One requirement as PEP 508 writes it (name, extras, versions or address, marker); null where it begins with no name. */
export function readRequirement(written: string): Pick<Draft, 'name' | 'version' | 'range' | 'source'> | null {
  const text = written.trim().slice(0, LONGEST)
  const head = HEAD.exec(text)
  if (!head) return null
  const name = head[1] as string
  const rest = text.slice(head[0].length)
  if (rest.startsWith('@')) {
    const address = rest.slice(1).trim().split(/\s/, 1)[0] as string
    return address === '' ? null : { name, version: null, range: address, source: pythonSource(address) }
  }
  const versions = (rest.split(';', 1)[0] as string).trim().replace(/^\((.*)\)$/s, '$1').trim()
  if (versions !== '' && !/^(?:[<>=!~]|\d)/.test(versions)) return null
  return { name, version: pinned(versions), range: versions === '' ? '*' : versions, source: REGISTRY }
}

/** The exact version of `==1.0` or `===1.0`; null for ranges, wildcards and several clauses. */
export const pinned = (range: string): string | null => /^={2,3}\s*([^\s,*;]{1,200})$/.exec(range.trim())?.[1] ?? null

/** Where an address that pip takes points: `git+https://…`, another archive, `file:` and plain paths. */
export function pythonSource(address: string): Source {
  if (/^(?:git|hg|svn|bzr)\+/i.test(address) || /^git(?:@|:\/\/)/.test(address)) return fromGit(address)
  if (/^file:/i.test(address)) return fromPath(address.replace(/^file:(?:\/\/)?/i, ''))
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(address)) return fromUrl(address)
  return fromPath(address)
}
