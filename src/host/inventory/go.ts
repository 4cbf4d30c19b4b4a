import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { hash1 } from '../../ecosystems/go/checksums.ts'
import { ecosystems } from '../../ecosystems/index.ts'
import { listInstalled } from '../installed/listing.ts'
import type { InstalledListing } from '../installed/listing.ts'
import { readBuildInfo } from './binary/build-info.ts'
import { digestAt, objectAt, textAt } from './files.ts'
import type { Found } from './node.ts'
import type { InventoryPackage, InventoryTree } from './package.ts'

const SMALL = 64 * 1024
const H1 = /^h1:[A-Za-z0-9+/]{43}=$/
/** Smaller than this no program of Go's is. */
const LEAST = 256 * 1024
const MOST_PROGRAMS = 20_000
const MOST_FILES = 100_000

/**
 * Go's module cache: each module once, unpacked or as it was downloaded. `.ziphash` has what go.sum is compared with, `.info` where it
 * came from when no proxy was asked. `verify`: what is unpacked is hashed as `go mod verify` does. Throws `archive-invalid` and `archive-limit`.
 */
export function goCache(path: string, { verify }: { verify: boolean }): Found<InventoryTree> {
  const listing = listInstalled(path) as InstalledListing
  const modules = new Map<string, InstalledListing['packages'][number]>()
  for (const one of listing.packages) {
    const key = `${one.name}@${one.version}`
    // What is unpacked is what gets built.
    if (!modules.has(key) || !one.place.startsWith('cache/')) modules.set(key, one)
  }
  return {
    unread: listing.unread,
    tree: {
      kind: 'go-cache', path, notes: [], says: 'Go\'s module cache',
      packages: [...modules.values()].map((one): InventoryPackage => {
        const stem = join(path, 'cache', 'download', escaped(one.name), '@v', escaped(one.version ?? ''))
        const h1 = textAt(`${stem}.ziphash`, 200)?.trim() ?? ''
        const origin = objectAt(`${stem}.info`, SMALL)?.['Origin'] as { URL?: unknown; VCS?: unknown } | undefined
        const checked = verify && H1.test(h1) && !one.place.startsWith('cache/') ? verified(join(path, one.place), `${one.name}@${one.version}`, h1) : { agreement: H1.test(h1) ? 'unknown' as const : 'unrecorded' as const, says: H1.test(h1) ? null : 'Go did not record its hash' }
        return { ...one, ...checked, digests: H1.test(h1) ? [h1] : [], hooks: [], from: typeof origin?.URL === 'string' ? origin.URL.slice(0, 1_000) : null, installer: 'go' }
      }),
    },
  }
}

function verified(folder: string, module: string, h1: string): Pick<InventoryPackage, 'agreement' | 'says'> {
  const files: { path: string; sha256: string }[] = []
  const into = (inner: string): boolean => {
    for (const entry of readdirSync(join(folder, inner), { withFileTypes: true })) {
      const path = inner === '' ? entry.name : `${inner}/${entry.name}`
      if (entry.isDirectory()) {
        if (!into(path)) return false
      } else {
        const digest = entry.isFile() && files.length < MOST_FILES ? digestAt(join(folder, path), 'sha256') : null
        if (digest === null) return false
        files.push({ path: `${module}/${path}`, sha256: digest.toString('hex') })
      }
    }
    return true
  }
  try {
    if (!into('')) return { agreement: 'differs', says: 'it holds what no module holds, or what cannot be read' }
  } catch {
    return { agreement: 'unknown', says: 'it cannot be read whole' }
  }
  return hash1(files) === h1 ? { agreement: 'verified', says: null } : { agreement: 'differs', says: `its files are not those that Go downloaded: they have not ${h1}` }
}

/** Programs of Go's in a folder, with what is built into them. */
export function goPrograms(folder: string): InventoryTree[] {
  const found: InventoryTree[] = []
  for (const name of namesIn(folder)) {
    const path = join(folder, name)
    const info = isCandidate(path) ? readBuildInfo(path) : null
    if (!info) continue
    const modules = [...(info.main ? [info.main] : []), ...info.modules].filter(({ name: module, version }) => version !== '' && version !== '(devel)' && ecosystems.go.isName(module))
    found.push({
      kind: 'go-binary', path, notes: [], says: `${info.path ?? info.main?.name ?? 'a program'}, ${info.go}`,
      packages: modules.map(({ name: module, version, sum }): InventoryPackage => ({
        ecosystem: 'go', name: module, version: version.slice(0, 256), place: '', digests: sum !== null && H1.test(sum) ? [sum] : [], agreement: 'unknown', says: null, hooks: [], from: null, installer: 'go',
      })),
    })
  }
  return found
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).slice(0, MOST_PROGRAMS)
  } catch {
    return []
  }
}

function isCandidate(path: string): boolean {
  try {
    const stat = lstatSync(path)
    return stat.isFile() && stat.size >= LEAST && (process.platform === 'win32' ? path.endsWith('.exe') : (stat.mode & 0o111) !== 0)
  } catch {
    return false
  }
}

/** golang.org/x/mod/module: EscapePath. */
const escaped = (text: string): string => text.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`)
