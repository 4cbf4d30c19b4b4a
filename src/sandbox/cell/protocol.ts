import type { CellCommand, CellOptions, CellRun, Listed } from './cell.ts'

/** What is said between the gate and the warden over their channel (Node's own, `advanced` serialisation). One answer a question. */
export interface Opening {
  /** The folder, as the warden sees it, that holds `mounts/N`, and room for what it mounts itself: `disk`, `log`, `etc`. */
  stage: string
  mounts: readonly { to: string; kind: 'bind' | 'link'; target: string }[]
  options: Omit<CellOptions, 'mounts' | 'signal'>
  /** Absolute; exports `openSinkhole`. */
  sinkhole: string
  backend: BackendName
  tools: Tools
}

export type BackendName = 'bubblewrap' | 'gvisor'

export type Tool = 'sh' | 'nsenter' | 'prlimit' | 'mount' | 'ip' | 'nft' | 'unshare' | 'setpriv' | 'bwrap' | 'strace' | 'runsc'

/** Where each is; of those that isolate, what the backend needs. */
export type Tools = Readonly<Record<Exclude<Tool, 'bwrap' | 'strace' | 'runsc'>, string> & Partial<Record<Tool, string>>>

export type Question =
  | { id: number; ask: 'open'; opening: Opening }
  | { id: number; ask: 'run'; command: CellCommand }
  | { id: number; ask: 'list'; folders: readonly string[] }
  | { id: number; ask: 'read'; paths: readonly string[]; most: number }

/** `trace`, `hooks` and `wire` are paths as the warden sees them. */
export interface Answers {
  open: null
  run: CellRun
  list: { files: Listed[]; cut: string | null }
  read: (Uint8Array | null)[]
}

export type Answer = { id: number; value: Answers[keyof Answers] } | { id: number; error: { code: string; message: string; hint?: string } }
