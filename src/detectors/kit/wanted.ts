import type { UnpackedPackage } from '../../core/types.ts'
import { lineOf } from './lines.ts'

/** Something that an install may fetch, where it says so, and how much that counts. */
interface Wanted {
  name: string
  spec: string
  /** Looked for only when it is asked, because manifests can be long. */
  place: () => { file: string; lines: [number, number] }
  /** Why nobody fetches it, where today's clients pass over it. */
  ignored: string | null
}

const LARGEST = 4_000_000
const MOST = 20_000

/** The dependencies a package declares, what a lock file it carries takes them from, and links that old installers follow. */
export function wantedBy(pkg: UnpackedPackage): Wanted[] {
  const declared = Object.entries(pkg.manifest.dependencies).map(([name, spec]): Wanted => ({ name, spec, place: () => lineOf(pkg, spec), ignored: null }))
  return [...declared, ...(pkg.artifact.ref.ecosystem === 'npm' ? locked(pkg) : []), ...linked(pkg), ...replaced(pkg)]
}

/**
 * `npm-shrinkwrap.json` is the lock file that npm obeys in packages, too; other lock files only count at a project's root. The
 * host that most of it comes from is the registry its author used, whatever the gate's own is called.
 */
function locked(pkg: UnpackedPackage): Wanted[] {
  const text = textOf(pkg, 'npm-shrinkwrap.json')
  if (text === null || !text.includes('"resolved"')) return []
  const all = [...text.matchAll(/"resolved"\s{0,10}:\s{0,10}"([^"\\]{1,1000})"/g)].slice(0, MOST).map((match) => ({ spec: match[1] as string, at: match.index }))
  const hosts = Map.groupBy(all, ({ spec }) => spec.split('/', 3)[2] ?? '')
  const registry = [...hosts].find(([, from]) => from.length >= FEW && from.length * 2 > all.length)?.[0]
  return all.filter(({ spec }) => spec.split('/', 3)[2] !== registry).map(({ spec, at }): Wanted => ({
    name: /\/([^/]{1,200})\/-\//.exec(spec)?.[1] ?? 'a package', spec, ignored: null,
    place: () => {
      const line = text.slice(0, at).split('\n').length
      return { file: 'npm-shrinkwrap.json', lines: [line, line] }
    },
  }))
}

/** Fewer entries of one host do not make it a registry. */
const FEW = 3

/** `dependency_links` of setuptools. */
function linked(pkg: UnpackedPackage): Wanted[] {
  const path = [...pkg.files.keys()].find((one) => one.endsWith('.egg-info/dependency_links.txt'))
  return path === undefined ? [] : (textOf(pkg, path) ?? '').split('\n').slice(0, 1_000).flatMap((spec, index): Wanted[] => (
    spec.trim() === '' ? [] : [{ name: /#egg=([\w.-]{1,100})/.exec(spec)?.[1] ?? 'a package', spec: spec.trim(), place: () => ({ file: path, lines: [index + 1, index + 1] }), ignored: 'pip does not follow it since version 19' }]))
}

/** `replace` in a go.mod (golang.org/ref/mod#go-mod-file-replace). */
function replaced(pkg: UnpackedPackage): Wanted[] {
  const { raw, file } = pkg.manifest
  if (pkg.artifact.ref.ecosystem !== 'go' || file === null || typeof raw !== 'object' || raw === null || !('replace' in raw) || !Array.isArray(raw.replace)) return []
  const lines = (raw.replace as readonly { path: string; to: string; toVersion: string | null }[]).filter(({ path, to, toVersion }) => toVersion !== null && path !== to)
  return lines.slice(0, 100).map(({ path, to }): Wanted => (
    { name: path, spec: `https://${to}`, place: () => lineOf(pkg, to), ignored: 'go obeys it only in the main module' }))
}

function textOf({ files }: UnpackedPackage, path: string): string | null {
  const file = files.get(path)
  return file && file.size <= LARGEST && !file.truncated ? new TextDecoder().decode(file.bytes) : null
}
