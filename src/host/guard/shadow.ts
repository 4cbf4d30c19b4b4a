import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'

/** A file or folder of the home that the command sees something else for. */
export interface Shadow {
  path: string
  how: 'decoy' | 'empty'
}

/** What is hidden, below the home folder: keys, tokens, wallets, what browsers keep. Clients' own settings are not among them. */
const HIDDEN = [
  '.ssh', '.aws', '.azure', '.kube', '.gnupg', '.docker', '.config/gh', '.config/gcloud', '.config/hub', '.config/doctl', '.config/rclone', '.config/op', '.config/sops', '.config/git/credentials',
  '.git-credentials', '.netrc', '.pypirc', '.vault-token', '.terraform.d', '.terraformrc', '.pgpass', '.my.cnf', '.boto', '.s3cfg', '.dockercfg', '.cargo/credentials', '.cargo/credentials.toml', '.gem/credentials',
  '.composer/auth.json', '.config/composer/auth.json', '.m2/settings.xml', '.gradle/gradle.properties', '.password-store', '.local/share/keyrings', '.config/Bitwarden', '.config/1Password',
  '.bash_history', '.zsh_history', '.node_repl_history', '.python_history', '.psql_history', '.mysql_history', '.local/share/fish/fish_history',
  '.mozilla', '.config/google-chrome', '.config/chromium', '.config/BraveSoftware', '.config/microsoft-edge', '.config/vivaldi', '.config/opera', '.config/discord', '.config/Slack', '.config/Signal', '.local/share/TelegramDesktop',
  '.bitcoin', '.ethereum', '.electrum', '.config/solana', '.config/Exodus', '.exodus', '.config/atomic', '.config/Ledger Live', '.monero',
  '.config/anthropic', '.config/openai', '.cache/huggingface/token', '.huggingface',
]
/** Read by npm and its kind: hidden from their hooks alone, where that is possible; from others altogether. */
const NPM_LIKE = /^(?:npm|npx|pnpm|pnpx|yarn|yarnpkg|bun|bunx|corepack|node)$/
const CLIENTS = ['.npmrc', '.yarnrc', '.yarnrc.yml', '.bunfig.toml']
/** What clients need of the above, so that fetching still works. */
const NEEDED: readonly { client: RegExp; paths: readonly string[] }[] = [
  { client: /^(?:pip[\d.]*|uv|uvx|poetry|pdm|pipx|hatch|go|git)$/, paths: ['.netrc', '.git-credentials', '.config/git/credentials'] },
]

export interface ShadowOptions {
  home: string
  client: string
  /** Paths below the home or absolute that stay as they are. */
  keep: readonly string[]
  /** Further ones to hide, absolute. */
  also: readonly string[]
  /** Content for a file that is hidden, by its path below the home; null: it is empty. */
  decoy(path: string): Uint8Array | null
  /** Paths of decoys below a folder of the home, relative to the home. */
  decoysBelow(folder: string): readonly string[]
}

export interface Shadows {
  files: Shadow[]
  /** As `files`, for hooks alone. */
  hooks: Shadow[]
  /** What the user has of these and stays visible, with the reason. */
  kept: { path: string; why: string }[]
  /** Pairs: what is seen, instead of what. */
  binds: readonly (readonly [string, string])[]
  hookBinds: readonly (readonly [string, string])[]
  /** A folder of ours that the seen ones lie in. */
  folder: string
  close(): void
}

/** Prepares what is seen instead. Only what is there is hidden: a mount needs something to be mounted on, and nothing is made in a home. */
export function prepareShadows({ home, client, keep, also, decoy, decoysBelow }: ShadowOptions): Shadows {
  const folder = ownFolder()
  const stays = new Set(keep.map((path) => (path.startsWith('~/') ? join(home, path.slice(2)) : path.startsWith('/') ? path : join(home, path))))
  const needed = new Set(NEEDED.filter((one) => one.client.test(client)).flatMap(({ paths }) => paths))
  const kept: { path: string; why: string }[] = []
  let count = 0

  const shadow = (path: string, relative: string | null): { shadow: Shadow; bind: readonly [string, string] } | null => {
    const kind = kindOf(path)
    if (kind === null) return null
    if (stays.has(path) || (relative !== null && needed.has(relative))) {
      kept.push({ path, why: stays.has(path) ? 'as told' : `${client} may log in with it` })
      return null
    }
    const seen = join(folder, String(count++), basename(path))
    mkdirSync(dirname(seen), { mode: 0o700 })
    const below = relative === null ? [] : kind === 'folder' ? decoysBelow(relative) : [relative]
    let planted = 0
    if (kind === 'folder') mkdirSync(seen, { mode: 0o700 })
    for (const one of below) {
      const bytes = decoy(one)
      if (bytes === null) continue
      const to = kind === 'file' ? seen : join(seen, one.slice((relative as string).length + 1))
      mkdirSync(dirname(to), { recursive: true, mode: 0o700 })
      writeFileSync(to, bytes, { mode: 0o600 })
      planted++
    }
    if (kind === 'file' && planted === 0) writeFileSync(seen, '', { mode: 0o600 })
    return { shadow: { path, how: planted > 0 ? 'decoy' : 'empty' }, bind: [seen, path] }
  }

  const isOwn = NPM_LIKE.test(client)
  const all = [...[...HIDDEN, ...(isOwn ? [] : CLIENTS)].map((relative) => shadow(join(home, relative), relative)), ...also.map((path) => shadow(path, null))].flatMap((one) => one ?? [])
  const own = (isOwn ? CLIENTS : []).map((relative) => shadow(join(home, relative), relative)).flatMap((one) => one ?? [])
  return {
    files: all.map((one) => one.shadow), hooks: own.map((one) => one.shadow), kept, folder,
    binds: all.map(({ bind }) => bind), hookBinds: own.map(({ bind }) => bind),
    close: () => { rmSync(folder, { recursive: true, force: true }) },
  }
}

/** A folder for what is seen instead; whoever the command runs as may go through it. */
export function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-guard-'))
  chmodSync(folder, 0o755)
  return folder
}

/** Links are left alone: what they lead to would be hidden everywhere. */
function kindOf(path: string): 'file' | 'folder' | null {
  if (!existsSync(path)) return null
  const stat = lstatSync(path)
  return stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : null
}

/** Mounts pairs until `--`, then becomes the command. What cannot be hidden ends it: 98. */
const MOUNTS = 'while [ "$1" != -- ]; do mount --bind "$1" "$2" || exit 98; shift 2; done; shift; exec "$@"'

/** Whose namespace it is: root's own, or one of the user's, in which mount(8) takes it for root until it is itself again. */
export interface Mounter {
  root: boolean
  uid: number
  gid: number
}

/**
 * Begins a command in a mount namespace of its own with `binds` in place; every step becomes the next one, so that the command is the
 * process that was started. The mounts of a user's namespace are locked for whatever the command starts; root gives up the rights to
 * undo its own.
 */
export function shadowed(binds: readonly (readonly [string, string])[], { root, uid, gid }: Mounter, command: readonly string[]): string[] {
  const mounts = ['--mount', '--propagation', 'private', 'sh', '-c', MOUNTS, 'sh', ...binds.flat(), '--']
  return root
    ? ['unshare', ...mounts, 'setpriv', '--bounding-set', `-sys_admin,-sys_ptrace${hasPerfmon() ? ',-cap_38' : ''}`, ...command]
    : ['unshare', '--user', '--map-root-user', ...mounts, 'unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`, ...command]
}

/** CAP_PERFMON (since Linux 5.8) reads the memory and environment of any process (mm_access in kernel/fork.c, since 6.15). */
function hasPerfmon(): boolean {
  try {
    return Number(readFileSync('/proc/sys/kernel/cap_last_cap', 'utf8')) >= 38
  } catch {
    return false
  }
}

/** Why nothing can be hidden here; null: it can. */
export const shadowProblem = (mounter: Mounter, path: string): string | null => problemOf(shadowed(PROBE, mounter, ['true']), path)
/** As `shadowProblem`, for what runs within: root has given up rights by then, and some kernels refuse it a namespace of users. */
export const hookProblem = ({ root, ...user }: Mounter, path: string): string | null =>
  problemOf(shadowed([], { root, ...user }, shadowed(PROBE, { root: false, ...user }, ['true'])), path)

const PROBE = [['/dev/null', '/etc/hostname']] as const

function problemOf([command, ...args]: readonly string[], path: string): string | null {
  if (command === undefined) return 'nothing to run'
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8', timeout: 5_000, env: { PATH: path }, stdio: ['ignore', 'ignore', 'pipe'] })
  return status === 0 ? null : (error?.message ?? stderr.trim().split('\n').at(-1)) || `status ${status}`
}
