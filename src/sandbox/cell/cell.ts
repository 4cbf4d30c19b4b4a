/**
 * One interface for whatever isolates: a cell is a machine of its own without a way out, in which commands are run one after
 * another on the same disk. Closing it leaves nothing behind: no process, no mount, no file.
 */

export interface Limits {
  /** Of all processes together. */
  memoryMb: number
  processes: number
  diskMb: number
  /** Of a single file. */
  fileMb: number
  /** Of what a command prints; it goes on, the rest is thrown away. */
  outputMb: number
  /** Of what is recorded of one command, before the record is cut and says so. */
  traceMb: number
}

/** Something of the machine that the cell may see, read-only. */
export interface Mount {
  from: string
  to: string
}

export interface CellOptions {
  limits: Limits
  /** Programs, interpreters, the package and what it depends on. */
  mounts: readonly Mount[]
  /** Written before the first command; paths as they are inside. Decoys come this way. */
  files: readonly { path: string; bytes: Uint8Array; mode: number }[]
  host: { name: string; user: string; home: string }
  /** What the sinkhole answers with; see sinkhole/. JSON, handed to the process inside. */
  sinkhole: unknown
  signal?: AbortSignal
}

export interface CellCommand {
  argv: readonly [string, ...string[]]
  cwd: string
  /** All of it: nothing of the machine's own gets in. */
  env: Readonly<Record<string, string>>
  timeMs: number
  /** After the command itself ended, how long what it left running is watched. */
  graceMs: number
  /** False: nobody watches (for what is ours: preparing, cleaning). */
  traced: boolean
  /** `sleep` and its like return at once. */
  skipsSleep?: boolean
}

export interface CellRun {
  status: 'completed' | 'failed' | 'time' | 'memory' | 'disk' | 'processes'
  exit: number | null
  signal: string | null
  elapsedMs: number
  /** The last of it, at most 64 KiB each. */
  stdout: Uint8Array
  stderr: Uint8Array
  /** Epoch milliseconds of its start. */
  startedAt: number
  /** What strace wrote (`-f -ttt -yy`), on this machine, until the cell is closed; null: not traced. */
  trace: string | null
  /** What the hooks wrote, JSON lines, on this machine; null: nothing. */
  hooks: string | null
  /** What the sinkhole saw meanwhile, JSON lines of `sinkhole/seen.ts`, on this machine. */
  wire: string
  /** Something was cut at a limit: what, one line each. */
  cut: readonly string[]
}

export interface Cell {
  run(command: CellCommand): Promise<CellRun>
  /** Files under the folders as they are now, links not followed. Paths as they are inside. `onCut` is told why these are not all. */
  list(folders: readonly string[], onCut?: (says: string) => void): Promise<Listed[]>
  /** The beginning of files. */
  read(paths: readonly string[], most: number): Promise<(Uint8Array | null)[]>
  close(): Promise<void>
}

export interface Listed {
  path: string
  kind: 'file' | 'folder' | 'link' | 'special'
  size: number
  mode: number
  /** Nanoseconds since the epoch as a decimal string: what changed is told by it, the size and the inode. */
  changed: string
  inode: string
  /** Hex, of files up to 64 MiB, as far as there are not too many. */
  sha256: string | null
}

/** Whether a backend works here, and what it needs where it does not. */
export interface Probe {
  backend: string
  works: boolean
  version: string | null
  /** What it does not give here although it works (`memory is not limited: no cgroup may be made`). */
  weaker: readonly string[]
  /** Why it does not work, and what to do about it. */
  says: string | null
  remedy: string | null
}

export interface Backend {
  name: string
  probe(): Promise<Probe>
  /** Throws SluiceError `sandbox-unavailable`. */
  open(options: CellOptions): Promise<Cell>
}
