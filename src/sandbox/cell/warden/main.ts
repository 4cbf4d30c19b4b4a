import { spawn } from 'node:child_process'
import { appendFileSync, chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { sentence, SluiceError } from '../../../core/errors.ts'
import type { Answer, Answers, Opening, Question } from '../protocol.ts'
import { NETWORK_SCRIPT } from '../network.ts'
import { Disk, HOOKS } from './disk.ts'
import { madeUp, mendedProc } from './etc.ts'
import { list, read } from './tree.ts'
import { runCommand } from './run.ts'
import type { Place } from './run.ts'

/**
 * The process inside: root of namespaces of its own, which hold the sinkhole and the box. It speaks over the channel it was
 * started with, and ends when that does; with it ends everything in its namespace.
 */
class Warden {
  #cell: { place: Place; disk: Disk } | null = null
  #runs = 0

  async answer(question: Question): Promise<Answers[keyof Answers]> {
    if (question.ask === 'open') {
      this.#cell = await open(question.opening)
      return null
    }
    if (!this.#cell) throw new SluiceError('sandbox-unavailable', 'the cell is not open')
    const { place, disk } = this.#cell
    if (question.ask === 'list') return list(disk, question.folders)
    if (question.ask === 'read') return read(disk, question.paths, question.most)
    disk.folder(question.command.cwd)
    return runCommand(place, question.command, ++this.#runs)
  }
}

async function open({ stage, mounts, options, sinkhole, tools, fenced }: Opening): Promise<{ place: Place; disk: Disk }> {
  const { limits, host } = options
  const at = (name: string): string => join(stage, name)
  const [module] = await Promise.all([import(sinkhole) as Promise<SinkholeModule>, prepare(tools.sh, stage, limits)])
  const disk = new Disk(stage, host.home)
  disk.make()
  const extra = [...Object.entries({ ...madeUp(host), ...mendedProc() }).map(([path, text]) => ({ path, bytes: Buffer.from(text), mode: 0o644 })), ...options.files]
  const fixed = extra.flatMap((file, n) => disk.write(file) ? [] : [fix(at('log/files'), file, n)])
  let wire = '/dev/null'
  await module.openSinkhole(options.sinkhole, (line) => appendFileSync(wire, line))
  return {
    disk,
    place: {
      look: {
        binds: [
          ...mounts.flatMap(({ to, kind, target }) => kind === 'bind' ? [{ from: target, to, writable: false }] : []),
          ...disk.binds(), { from: at('hooks'), to: HOOKS, writable: true }, ...fixed,
        ],
        links: mounts.filter(({ kind }) => kind === 'link'), hostname: host.name, shell: tools.sh,
      },
      limits, tools, fenced, disk: at('disk'), log: at('log'), hooks: at('hooks'), stdout: at('log/stdout'), stderr: at('log/stderr'),
      record: (path) => {
        wire = path
      },
    },
  }
}

/** What B's sinkhole is to the warden. */
interface SinkholeModule {
  openSinkhole(options: unknown, write: (line: string) => void): Promise<unknown>
}

/** A file of the system: it lies read-only over whatever is there. */
function fix(folder: string, { path, bytes, mode }: { path: string; bytes: Uint8Array; mode: number }, n: number): { from: string; to: string; writable: boolean } {
  const from = join(folder, String(n))
  mkdirSync(dirname(from), { recursive: true })
  writeFileSync(from, bytes)
  chmodSync(from, mode & 0o777)
  return { from, to: path, writable: false }
}

/** Disks and network, by the tools of the system. Throws with what they say. */
async function prepare(shell: string, stage: string, limits: Opening['options']['limits']): Promise<void> {
  const inodes = Math.min(400_000, Math.max(20_000, limits.diskMb * 400))
  const script = `set -e
mount -t tmpfs -o nosuid,nodev,mode=755,size=${limits.diskMb}m,nr_inodes=${inodes} tmpfs ${stage}/disk
mount -t tmpfs -o nosuid,nodev,noexec,mode=755 tmpfs ${stage}/log
mount -t tmpfs -o nosuid,nodev,mode=700,size=${limits.traceMb}m,nr_inodes=20000 tmpfs ${stage}/hooks
mount -t tmpfs -o nosuid,nodev,mode=755,size=1m tmpfs /run
mkdir /run/netns
mkfifo ${stage}/log/stdout ${stage}/log/stderr
echo 16384 >/proc/sys/kernel/shmall 2>/dev/null || true
${NETWORK_SCRIPT}`
  const child = spawn(shell, ['-c', script], { stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' }, cwd: '/' })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2_000)
  })
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  if (code !== 0) throw new SluiceError('sandbox-unavailable', `the cell's network and disks could not be made: ${sentence(said)}`)
}

const warden = new Warden()
let last: Promise<unknown> = Promise.resolve()
process.on('message', (question: Question) => {
  last = last.then(async () => {
    const { id } = question
    try {
      const value = await warden.answer(question)
      process.send?.({ id, value } satisfies Answer)
    } catch (thrown) {
      const { code, hint } = thrown instanceof SluiceError ? thrown : { code: 'sandbox-unavailable' as const, hint: undefined }
      process.send?.({ id, error: { code, message: sentence(thrown), ...(hint === undefined ? {} : { hint }) } } satisfies Answer)
    }
  })
})
process.on('disconnect', () => process.exit(0))
