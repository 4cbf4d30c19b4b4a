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
  /** How it waits ten minutes before `body`; absent: by the language's plainest way. */
  waits?: (body: string) => string
}

export type Language = 'node' | 'python' | 'go'

/** How it hides: by waiting ten minutes, from the hooks of its language, from everybody but CI, or in a function until that is called. */
export type Disguise = 'plain' | 'delayed' | 'hidden' | 'ci' | 'called'

/** Acts that only what a laptop has can show: keys, wallets, browsers, documents. A build machine has none of them. */
const ONLY_LAPTOPS: ReadonlySet<string> = new Set([
  'ssh-key', 'ssh-key-sent', 'aws-keys', 'many-credentials', 'pypi-token', 'wallet', 'solana', 'browser', 'discord', 'delete-documents', 'ransom', 'wipe',
  // A build machine's ~/.npmrc names a variable in place of the token.
  'npm-token', 'npm-token-base64', 'npmrc-http2', 'command',
  'gh-fetch', 'wallet-worker', 'netrc-datagram', 'ssh-stream', 'git-passwords', 'ctypes-key', 'kube-tls', 'login-data', 'aws-syscall', 'key-hex', 'gcloud',
])
/** Acts that need the environment that a hidden child has not: there is nothing to send, or no way to where it acts. */
const ONLY_OPEN: ReadonlySet<string> = new Set(['environment', 'environment-gzip', 'environment-base64', 'fork-environment', 'other-package', 'start-file', 'publish'])

/** Whether hiding so leaves anything to be seen: no row is left out for what is found of it. */
export function makesSense(language: Language, { id, at }: Row, disguise: Disguise): boolean {
  switch (disguise) {
    case 'ci': return !ONLY_LAPTOPS.has(id)
    case 'hidden': return language !== 'go' && !ONLY_OPEN.has(id)
    case 'called': return at === 'install' || at === 'import'
    case 'plain': case 'delayed': return true
  }
}
