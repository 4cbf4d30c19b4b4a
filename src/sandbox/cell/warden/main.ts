import { spawn } from 'node:child_process'
import { accessSync, appendFileSync, closeSync, constants, readdirSync, readFileSync, statfsSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { sentence, SluiceError } from '../../../core/errors.ts'
import type { Answer, Answers, Opening, Question } from '../protocol.ts'
import type { Outlet, Sinkhole } from '../../sinkhole/sinkhole.ts'
import { NETWORK_SCRIPT } from '../network.ts'
import { Destinations, LISTEN } from './destination.ts'
import { HOOKS, TOLD } from '../inside.ts'
import { Disk } from './disk.ts'
import { madeUp, mendedProc } from './etc.ts'
import { Fixed } from './fixed.ts'
import { list, read } from './tree.ts'
import { runCommand } from './run.ts'
import type { Place } from './start.ts'

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

/** Whoever started the gate may have left descriptors open for all of its children: a way out, if one reached the box. */
function closeInherited(): void {
  for (const fd of readdirSync('/proc/self/fd').map(Number).filter((one) => one > 2)) {
    try {
      const flags = Number.parseInt(/^flags:\s+(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1] ?? '0', 8)
      if ((flags & CLOSED_ON_EXEC) === 0) closeSync(fd)
    } catch {
      // It was the one by which they are listed.
    }
  }
}

/** Records of a whole cell, by the limit of one command's. */
const RECORDS = 3

const CLOSED_ON_EXEC = 0o2000000

async function open({ stage, mounts, options, sinkhole, tools, backend }: Opening): Promise<{ place: Place; disk: Disk }> {
  const { limits, host } = options
  const at = (name: string): string => join(stage, name)
  const [module] = await Promise.all([import(sinkhole) as Promise<SinkholeModule>, prepare(tools.sh, stage, limits)])
  for (const { to, kind, target } of mounts) if (kind === 'bind') checkReadable(target, to)
  const { mirror } = options.sinkhole as { mirror?: unknown }
  if (typeof mirror === 'string') checkReadable(mirror, 'the registries\' place')
  const disk = new Disk(stage, host.home)
  disk.make()
  const made = Object.entries({ ...madeUp(host), ...mendedProc() }).map(([path, text]) => ({ path, bytes: Buffer.from(text), mode: 0o644 }))
  const fixed = new Fixed(at('log'), mounts.map(({ to }) => to))
  for (const file of [...made, ...options.files]) if (!disk.write(file)) fixed.write(file)
  let wire = '/dev/null'
  const destinations = new Destinations(tools.nft)
  const net = await module.openSinkhole({ ...options.sinkhole as object, listen: LISTEN }, { write: (line) => appendFileSync(wire, line), destinationOf: (socket) => destinations.of(socket) })
  return {
    disk,
    place: {
      look: {
        binds: [
          ...mounts.flatMap(({ to, kind, target }) => kind === 'bind' ? [{ from: target, to, writable: false }] : []),
          ...disk.binds(), { from: at('hooks'), to: HOOKS, writable: true }, { from: join(at('hooks'), basename(TOLD)), to: TOLD, writable: true }, ...fixed.binds,
        ],
        links: mounts.filter(({ kind }) => kind === 'link'), hostname: host.name, shell: tools.sh,
      },
      backend, limits, tools, disk: at('disk'), log: at('log'), hooks: at('hooks'), stdout: at('log/stdout'), stderr: at('log/stderr'),
      recordRoom: () => {
        const { bsize, blocks, bfree } = statfsSync(at('log'))
        return RECORDS * limits.traceMb * 1024 * 1024 - (blocks - bfree) * bsize
      },
      record: (path) => {
        wire = path
        destinations.begin()
      },
      settle: async () => {
        await net.settle?.()
        return net.cut?.() ?? []
      },
    },
  }
}

/** sinkhole/sinkhole.ts, or what a test has in its place. */
interface SinkholeModule {
  openSinkhole(options: unknown, outlet: Outlet): Promise<Partial<Pick<Sinkhole, 'settle' | 'cut'>>>
}

/** For people: their package lies where only its owner can read. */
function checkReadable(path: string, as: string): void {
  try {
    accessSync(path, statSync(path).isDirectory() ? constants.R_OK | constants.X_OK : constants.R_OK)
  } catch {
    throw new SluiceError('usage', `the cell cannot read what is to be mounted at ${as}: root's cells are run by nobody of this machine`, { hint: 'make it readable for others (chmod -R a+rX)' })
  }
}

/** Disks and network, by the tools of the system. Throws with what they say. */
async function prepare(shell: string, stage: string, limits: Opening['options']['limits']): Promise<void> {
  const inodes = Math.min(400_000, Math.max(5_000, limits.diskMb * 400))
  const script = `set -e
mount -t tmpfs -o nosuid,nodev,mode=755,size=${limits.diskMb}m,nr_inodes=${inodes} tmpfs ${stage}/disk
mount -t tmpfs -o nosuid,nodev,mode=755 tmpfs ${stage}/log
mount -t tmpfs -o nosuid,nodev,mode=700,size=${2 * limits.traceMb}m,nr_inodes=20000 tmpfs ${stage}/hooks
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

closeInherited()
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
