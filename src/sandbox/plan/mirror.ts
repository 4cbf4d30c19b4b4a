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

/**
 * The registries as clients in the box know them, so that what it answers looks like theirs: base URLs, learnt from the settings
 * of the gate or of the clients of this machine. `files` are hosts from which the index sends clients for bytes.
 */
export interface Registries {
  npm: string | null
  pypi: string | null
  go: string | null
  files: readonly string[]
}

/** A line of a PyPI mirror's `index.json`. */
export interface MirroredFile {
  file: string
  sha256: string
  requiresPython: string | null
}
