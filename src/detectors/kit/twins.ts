/** How deep a package's folder may be inside the source archive: `src/`, `lib/python/`. */
const DEEPEST = 2
/** What building writes, and what only one of the archives needs. */
const GENERATED = /(?:^|\/)(?:_?_?version(?:_?_|s|info)?|_?_?about_?_?|_static_version|__config__|_build(?:_?info|_?config)?|_distutils_setup|\w{1,80}_pb2(?:_grpc)?|\w{0,80}parsetab|setup|conftest|noxfile|tasks)\.py$|(?:^|\/)(?:tests?|testing|docs?|examples?|benchmarks?|scripts?|tools?|ci)\//i

interface Twin { path: string; how: 'differs' | 'only here' }

/**
 * Python files of one archive that another archive of the same version has with other content, or lacks although it has files
 * of the same folder. Linear in the number of files.
 */
export function twins(mine: ReadonlyMap<string, string>, theirs: Readonly<Record<string, string>>, cut: boolean): Twin[] {
  const known = new Map<string, string>()
  const folders = new Set<string>()
  for (const depth of Array.from({ length: DEEPEST + 1 }, (_, at) => at)) {
    for (const [path, hash] of Object.entries(theirs)) {
      const inner = without(path, depth)
      if (inner === null || !path.endsWith('.py')) continue
      if (!known.has(inner)) known.set(inner, hash)
      if (inner.includes('/')) folders.add(folderOf(inner))
    }
  }
  return [...mine].flatMap(([path, hash]): Twin[] => {
    if (!path.endsWith('.py') || GENERATED.test(path)) return []
    const places = Array.from({ length: DEEPEST + 1 }, (_, depth) => without(path, depth)).filter((place) => place !== null)
    const twin = places.find((place) => known.has(place))
    if (twin !== undefined) return hash.startsWith(known.get(twin) ?? hash) ? [] : [{ path, how: 'differs' }]
    return !cut && places.some((place) => place.includes('/') && folders.has(folderOf(place))) ? [{ path, how: 'only here' }] : []
  })
}

function without(path: string, depth: number): string | null {
  let at = 0
  for (let left = depth; left > 0; left--) {
    at = path.indexOf('/', at) + 1
    if (at === 0) return null
  }
  return path.slice(at)
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))
