/**
 * What a package depends on, fetched outside and laid into a folder that the sinkhole serves as the registries would. Nothing of
 * it was run on the way.
 *
 *     npm/<name, percent-encoded>/packument.json      as the registry sends it, `dist.tarball` is a file name beside it
 *     npm/<name, percent-encoded>/<file>.tgz
 *     pypi/<canonical name>/index.json                [{ file, sha256, requiresPython }], the files beside it
 *     go/<escaped module>/@v/{list,*.info,*.mod,*.zip}  as a GOPROXY (go.dev/ref/mod, "GOPROXY protocol")
 *
 * Names were checked by their ecosystem's rules before they became paths.
 */
export interface Mirror {
  /** On this machine. */
  folder: string
  /** What could not be fetched, one line each. */
  lacking: readonly string[]
  packages: number
  bytes: number
}

/** A line of a PyPI mirror's `index.json`. */
export interface MirroredFile {
  file: string
  sha256: string
  requiresPython: string | null
}

/** Counts what was fetched and keeps what was not, within bounds. */
export class Tally {
  /** Packages that a run may fetch. */
  readonly most: number
  packages = 0
  bytes = 0
  readonly #lacking = new Set<string>()

  constructor(most: number) {
    this.most = most
  }

  add(bytes: number): void {
    this.packages++
    this.bytes += bytes
  }

  lack(says: string): void {
    if (this.#lacking.size < 100) this.#lacking.add(says.slice(0, 300))
  }

  get lacking(): string[] {
    return [...this.#lacking]
  }
}
