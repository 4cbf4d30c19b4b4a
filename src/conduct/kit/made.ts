import type { Scene } from '../scene.ts'
import { own } from './flow.ts'

/** Roots of Python environments that were made in this run, and so are nobody's yet: what is put in there is theirs. */
export function environmentsMade(scene: Scene): (path: string) => boolean {
  const changed = new Set(scene.disk.flatMap(({ path, what }) => (what === 'changed' ? [path] : [])))
  const roots = new Set(own(scene, 'write').flatMap(({ act: { target } }) => (target.endsWith(ROOT) && !changed.has(target) ? [target.slice(0, -ROOT.length + 1)] : [])))
  return (path) => roots.size > 0 && [...roots].some((root) => path.startsWith(root))
}

const ROOT = '/pyvenv.cfg'
