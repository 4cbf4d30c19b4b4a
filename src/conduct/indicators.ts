import { indicatorsIn } from '../analysis/indicators/index.ts'
import type { FoundIndicator } from '../core/types.ts'
import type { SandboxRecord } from '../sandbox/record.ts'
import type { About } from './about.ts'
import { isNetwork, isStrange } from './deed.ts'
import type { Deed } from './deed.ts'
import { own } from './kit/flow.ts'
import { placeOf } from './kit/telling.ts'
import { sceneOf } from './scene.ts'
import type { Scene } from './scene.ts'

const MOST = 500
/** Addresses that a sinkhole hands out for names (RFC 2544), and those that lead nowhere from outside. */
const NOWHERE = /^(?:198\.1[89]\.|10\.|127\.|0\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|22[4-9]\.|2[345]\d\.|\[?f[cdef]|\[?::)/i
const ADDRESS = /^\d{1,3}(?:\.\d{1,3}){3}$/

/**
 * What others can search for: the hosts, addresses and URLs that the package itself named, and the files that it left. Never what
 * the box answered with, nor a registry, nor what honest tools ask.
 */
export function indicatorsOf(record: SandboxRecord, about: About): FoundIndicator[] {
  const scene = sceneOf(record, about)
  const found = new Map<string, FoundIndicator>()
  const add = (type: string, value: string, deed: Deed): void => {
    const key = `${type} ${value}`
    const { file, lines } = placeOf(deed, about)
    const known = found.get(key)
    // A line of the package says more than the first sight of it.
    if (found.size < MOST && (!known || known.line === 0 && lines[0] > 0)) found.set(key, { type, value, file, line: lines[0] })
  }
  for (const deed of scene.deeds.filter((one) => one.whose === 'package' && isNetwork(one) && isStrange(one) && one.place !== 'cloud')) {
    const { act, host } = deed
    if (host === null) continue
    if (ADDRESS.test(host) || host.startsWith('[')) {
      if (!NOWHERE.test(host)) add(host.startsWith('[') ? 'ipv6' : 'ipv4', host.replaceAll(/[[\]]/g, ''), deed)
    } else if (host.includes('.') && !/[^a-z0-9._-]/.test(host)) add(host.endsWith('.onion') ? 'onion' : 'domain', host, deed)
    if (act.kind === 'request' && act.target.length <= 2000 && !NOWHERE.test(host)) for (const { type, value } of indicatorsIn(act.target, 'command')) if (type === 'url' || type === 'webhook') add(type, value, deed)
  }
  for (const deed of own(scene, 'exec').filter(({ tool }) => tool === null)) for (const { type, value } of indicatorsIn((deed.act.argv ?? []).join(' ').slice(0, 4000), 'command')) if (type === 'wallet' || type === 'webhook') add(type, value, deed)
  for (const [sha256, deed] of dropped(scene)) add('hash', sha256, deed)
  return [...found.values()]
}

/** Files that the package put outside of where packages belong. */
function* dropped(scene: Scene): Generator<[string, Deed]> {
  const writers = new Map(own(scene, 'write', 'rename').filter(({ tool, place }) => tool === null && place !== 'package-code').map((deed) => [deed.act.kind === 'rename' ? deed.act.other ?? '' : deed.act.target, deed]))
  for (const { path, what, kind, sha256, mode, content } of scene.disk) {
    const writer = writers.get(path)
    if (writer && what === 'created' && kind === 'file' && sha256 !== null && ((mode & 0o111) !== 0 || content !== null)) yield [sha256, writer]
  }
}
