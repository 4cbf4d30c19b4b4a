import { hash, randomBytes } from 'node:crypto'
import { readFile, readlink, readdir, stat, unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'

/** An unfinished write of a process we cannot look up counts as abandoned when nothing was added to it for this long. */
const ABANDONED = 3_600_000

/** Names of temporary files say who writes them, so that what a killed process left can be told from work in progress. */
export interface Writer {
  /** A path nobody else uses. */
  temporary(): string
}

/** Removes what dead processes left in `folder`, and nothing that a living one may be writing. */
export async function openTemporary(folder: string): Promise<Writer> {
  const here = await machine()
  const started = await startOf(process.pid) ?? 'unknown'
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    if (await abandoned(path, name, here)) await unlink(path).catch(() => null)
  }
  const prefix = `${here}.${process.pid}.${started}`
  return { temporary: () => join(folder, `${prefix}.${randomBytes(8).toString('hex')}`) }
}

async function abandoned(path: string, name: string, here: string): Promise<boolean> {
  const [machine, pid, started] = name.split('.')
  if (machine === here && started !== 'unknown' && /^\d{1,10}$/.test(pid ?? '')) return await startOf(Number(pid)) !== started
  const found = await stat(path).catch(() => null)
  return found !== null && Date.now() - found.mtimeMs > ABANDONED
}

/** Where process numbers mean the same: this boot of this machine and, in containers, this process namespace. */
async function machine(): Promise<string> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '')
  return hash('sha256', [hostname(), boot, namespace].join('\n')).slice(0, 16)
}

/** When a process started, in the kernel's ticks (proc(5), field 22): numbers are used again. null: no such process, or not told. */
async function startOf(pid: number): Promise<string | null> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // The command's name may hold anything, so count from the last parenthesis.
  return line.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? null
}
