/** How well an interpreter takes a file: a rank by the tags of its wheels (0 is best), sdists behind all wheels, `Infinity`: not at all. */
export function rankOf(file: string, tags: ReadonlyMap<string, number>): number {
  if (!file.endsWith('.whl')) return /\.(?:tar\.(?:gz|bz2|xz)|tgz|zip)$/.test(file) ? tags.size : Infinity
  const [python = '', abi = '', platform = ''] = file.slice(0, -4).split('-').slice(-3)
  let best = Infinity
  for (const one of python.split('.')) {
    for (const two of abi.split('.')) for (const three of platform.split('.')) best = Math.min(best, tags.get(`${one}-${two}-${three}`) ?? Infinity)
  }
  return best
}

/** Of a version's files the one that a client here would install. */
export function bestFor(files: readonly string[], tags: readonly string[]): string {
  const ranks = new Map(tags.map((tag, index) => [tag, index]))
  return files.toSorted((a, b) => rankOf(a, ranks) - rankOf(b, ranks))[0] ?? ''
}
