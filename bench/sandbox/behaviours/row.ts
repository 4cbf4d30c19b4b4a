/** When a behaviour acts: from an install script or a build, when it is imported, when what it exports is called, or by its command. */
export type At = 'install' | 'import' | 'call' | 'command'

/**
 * One harmless act of the taxonomy: it touches decoys and a sinkhole, both of the box, and goes by reserved names. `«…»` marks the
 * statement whose first line a finding has to name; of two, either: one opens a connection, the other uses it.
 */
export interface Row {
  id: string
  at: At
  /** Rules of which one has to find it. */
  finds: readonly string[]
  /** What the finding has to name: in its title or what its evidence says. */
  target: RegExp
  code: string
}

export type Language = 'node' | 'python' | 'go'

/** How it hides: by waiting ten minutes, from the hooks of its language, or from everybody but CI. */
export type Disguise = 'plain' | 'delayed' | 'hidden' | 'ci'

/** What is tried in disguise: of each kind of act, so that runs end in time; by CI only what a build machine has, too. Whoever clears a child’s environment has none to send. */
export const DISGUISED: Readonly<Record<Language, readonly string[]>> = {
  node: ['environment', 'ssh-key', 'npm-token', 'aws-keys', 'wallet', 'download-run', 'bashrc', 'workflow', 'raw-address', 'ransom', 'metadata', 'mine', 'dns-tunnel', 'host-facts', 'drop-program', 'reverse-shell'],
  python: ['environment', 'ssh-key', 'pypi-token', 'aws-keys', 'browser', 'download-run', 'bashrc', 'raw-address', 'metadata', 'mine', 'memory', 'host-facts', 'drop-program', 'orders'],
  go: ['environment', 'raw-address', 'metadata', 'bashrc'],
}
export const ONLY_LAPTOPS: ReadonlySet<string> = new Set(['npm-token', 'pypi-token', 'aws-keys', 'wallet', 'ransom', 'browser'])
