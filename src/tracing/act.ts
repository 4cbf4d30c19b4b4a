/**
 * What processes were seen to do, in one vocabulary for the sandbox and for a watched machine. System calls are the truth;
 * what a language's own hooks tell adds who did it; what came out of the wire and what was left on the disk add content.
 */

export type ActKind =
  /** A program was started; `target` is its path as the kernel took it, `argv` what it was told. */
  | 'exec'
  /** A file was opened for reading, opened for writing or created, removed, renamed or linked (`other` is the other name), made executable or otherwise changed in mode. */
  | 'read' | 'write' | 'delete' | 'rename' | 'link' | 'mode'
  /** A name was looked up; `target` is the name. */
  | 'resolve'
  /** `target` is `address:port` (IPv6 in brackets), or the path of a Unix socket; `name` the name it was resolved from. */
  | 'connect' | 'listen'
  /** Bytes went out to `target`, over whatever is no HTTP. */
  | 'send'
  /** An HTTP request; `target` is the URL as it was asked for. */
  | 'request'
  /** A variable of the environment was read by code; `target` is its name, `*` where all were. Only hooks see it. */
  | 'environment'
  /** Another process was signalled, traced or written into; `target` is its pid, and program where that is known. */
  | 'signal' | 'inject'
  /** A program or library came out of memory, not out of a file. */
  | 'memory'
  /** What came over the wire was made into code; `target` is its SHA-256. Only hooks see it, and not where code is evaluated in its own scope. */
  | 'code'
  /** What the box does not give: io_uring, untraced clones, mounts, namespaces; `target` is the call. */
  | 'refused'
  /** It waited, or asked what time it is in order to; `ms` is how long. */
  | 'sleep'

/** A line of source. `file` is relative to the folder of `package` where that is known, else absolute; `line` is 1-based. */
export interface Place {
  /** As it is named in its registry; null: no package's (a tool's own, a program given on the command line). */
  package: string | null
  file: string
  line: number
  column: number | null
}

/** A planted secret that was found again. */
export interface HoneyHit {
  /** Of `decoys/`: `npm-token`, `aws-secret-key`, … */
  token: string
  /** What lay around it, outermost first: `gzip`, `base64`; empty: it was there as it is. */
  encodings: readonly string[]
  /** Where in the act it was found. `authorization`: in that header and no other, on its way to the very registry that it opens. */
  where: 'argument' | 'name' | 'url' | 'header' | 'authorization' | 'body' | 'file' | 'environment'
}

export interface Act {
  kind: ActKind
  /** Milliseconds since what is watched began. */
  at: number
  /** As the watcher numbers processes; unique within a phase or a watched command. */
  pid: number
  target: string
  /** False: it was tried and failed; `error` is the kernel's word for it (`EACCES`). */
  done: boolean
  error?: string
  argv?: readonly string[]
  other?: string
  name?: string
  method?: string
  /** Bytes sent, written or asked for, as far as known. */
  bytes?: number
  ms?: number
  /** Of `mode`: the permission bits that were asked for. */
  mode?: number
  /** The beginning of what was sent or written, for people and for the static engine; at most 4 KiB. */
  sample?: Uint8Array
  honey?: readonly HoneyHit[]
  /** How it is known. `hook` alone has no system call behind it (an environment variable, a name before it is resolved). */
  seen: readonly ('call' | 'hook' | 'wire' | 'disk')[]
  /** The innermost line of a package's code that did it; null: not known, or no hook saw it. */
  by: Place | null
  /** Done by a process that should have hooks, and no hook told of it: native code, a child made to lose them, or somebody who got around them. */
  unhooked?: true
  /** Done to what watches: the hooks' code, their log or what they sign with. Their own dealings with it are told nowhere. */
  watcher?: true
  /** The lines that led there, innermost first; at most 16. */
  stack?: readonly Place[]
}

/** One process, from its first to its last sign of life. */
export interface Process {
  pid: number
  /** null: it was there before, or its parent is not known. */
  parent: number | null
  /** Of its last exec. */
  argv: readonly string[]
  program: string
  cwd: string | null
  /** Milliseconds, as in `Act.at`; null: it still runs. */
  started: number
  ended: number | null
  exit: number | null
  signal: string | null
}
