import type { Files } from './project.ts'

/** Folders that land on the module path: an archive's own root, what a wheel moves there (PEP 427), an sdist's `src`. */
export function roots(files: Files): string[] {
  const moved = new Set<string>()
  for (const path of files.keys()) {
    const found = /^[^/]+\.data\/(?:purelib|platlib)\//.exec(path)?.[0]
    if (found) moved.add(found)
  }
  return [...moved, 'src/', 'lib/', '']
}

/** The file a dotted module name is loaded from, or null. */
export function fileOfModule(module: string, files: Files, places: readonly string[] = roots(files)): string | null {
  const path = module.trim().replaceAll('.', '/')
  const candidates = places.flatMap((place) => [`${place}${path}.py`, `${place}${path}/__init__.py`])
  return candidates.find((candidate) => files.has(candidate)) ?? null
}
