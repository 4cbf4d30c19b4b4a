import { accessSync, constants, lstatSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Mount } from './cell.ts'
import { SluiceError } from '../../core/errors.ts'
import type { BackendName, Opening, Tool, Tools } from './protocol.ts'

const FOLDERS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

/** The Debian package each comes in. */
export const PACKAGES: Readonly<Record<Tool, string>> = {
  sh: 'dash', bwrap: 'bubblewrap', strace: 'strace', nsenter: 'util-linux', prlimit: 'util-linux', mount: 'mount', ip: 'iproute2', nft: 'nftables',
  unshare: 'util-linux', setpriv: 'util-linux', runsc: 'runsc',
}

const ALL: readonly Tool[] = ['sh', 'nsenter', 'prlimit', 'mount', 'ip', 'nft', 'unshare', 'setpriv']

export const NEEDS: Readonly<Record<BackendName, readonly Tool[]>> = { bubblewrap: ['bwrap', 'strace', ...ALL], gvisor: ['runsc', ...ALL] }

export function findTool(name: string): string | null {
  return FOLDERS.map((folder) => join(folder, name)).find((path) => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  }) ?? null
}

/** Programs, libraries and what they read of `/etc` that tells nothing about this machine. */
const SYSTEM = [
  '/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/etc/alternatives', '/etc/ld.so.cache', '/etc/ld.so.conf', '/etc/ld.so.conf.d',
  '/etc/ssl/certs', '/etc/ssl/openssl.cnf', '/etc/mime.types', '/etc/bash.bashrc', '/etc/skel', '/etc/xattr.conf', '/etc/gai.conf', '/etc/terminfo',
]

type Planned = Opening['mounts'][number] & { from: string }

/** What is asked for, and of the system what is not. A folder that is a link on this machine (`/bin`) is one in the box. */
export function planMounts(mounts: readonly Mount[]): Planned[] {
  const asked = new Set(mounts.map(({ to }) => to))
  const system = SYSTEM.filter((path) => !asked.has(path)).map((path) => ({ from: path, to: path }))
  return [...system.flatMap(asItIs), ...mounts.map(({ from, to }): Planned => ({ from, to, kind: 'bind', target: '' }))]
}

function asItIs({ from, to }: Mount): Planned[] {
  try {
    const link = lstatSync(from).isSymbolicLink()
    return [{ from, to, kind: link ? 'link' : 'bind', target: link ? readlinkSync(from) : '' }]
  } catch {
    return []
  }
}

/** Throws SluiceError `sandbox-unavailable` where one is missing. */
export function toolsOf(backend: BackendName): Tools {
  const found = NEEDS[backend].map((name) => [name, findTool(name)] as const)
  const missing = found.filter(([, path]) => path === null).map(([name]) => name)
  if (missing.length > 0) throw new SluiceError('sandbox-unavailable', `the sandbox needs ${missing.join(', ')}`, { hint: 'sluice doctor says what to install' })
  return Object.fromEntries(found) as unknown as Tools
}
