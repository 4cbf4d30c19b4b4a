import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { sentence, SluiceError } from '../../core/errors.ts'
import type { Answer, Answers, Question, Tools } from './protocol.ts'

/**
 * Stays outside, and outlives the gate by a moment: ends the cell when the gate is gone (its end of fd 4 closes then, whatever
 * it died of), and removes the cell's cgroups. Arguments: the cgroups' folders, one a line, then what to start.
 */
const KEEPER = `trap '' INT TERM HUP
groups=$1; shift
(
  for group in $groups; do echo 0 >"$group/cgroup.procs" || exit 70; done
  exec 4<&-
  exec "$@"
) &
cell=$!
echo "$cell"
# Nobody reads these when the gate is gone: a word too many would be the end.
exec >/dev/null 2>&1 3<&-
(
  while read -r line <&4; do :; done
  # Of the namespace the first process: who waits for it goes when everything in it is gone.
  read -r first </proc/"$cell"/task/"$cell"/children
  [ -n "$first" ] && kill -9 $first && sleep 2
  kill -9 "$cell"
) &
watcher=$!
wait "$cell"
code=$?
kill -9 "$watcher"
try=0
while [ "$try" -lt 200 ]; do
  left=
  for group in $groups; do rmdir "$group" || { [ ! -d "$group" ] || left=1; }; done
  [ -z "$left" ] && break
  try=$((try + 1))
  sleep 0.05
done
exit "$code"`

/**
 * Brings what the cell needs to one folder in a mount namespace of its own, still as who we are: afterwards it is nobody of this
 * machine, who cannot reach into our folders. Arguments: the folder, how many paths, the paths, then what to start.
 */
const STAGE = `set -e
stage=$1; count=$2; shift 2
mount -t tmpfs -o nosuid,nodev,mode=755,size=1m tmpfs "$stage"
mkdir "$stage/mounts" "$stage/disk" "$stage/log" "$stage/hooks"
n=0
while [ "$n" -lt "$count" ]; do
  if [ -d "$1" ]; then mkdir "$stage/mounts/$n"; else : >"$stage/mounts/$n"; fi
  mount --rbind "$1" "$stage/mounts/$n"
  n=$((n + 1)); shift
done
exec "$@"`

const APP = resolve(import.meta.dirname, '../../..')
const FOLDERS = ['/mnt', '/media', '/srv', '/opt', '/home']
/** Numbers that no distribution and no container gives to anybody (systemd.io/UIDS-GIDS). */
const NOBODIES = { first: 0x7000_0000, count: 0x0800_0000 }
const LAST_WORDS = 4_000
/** For what the keeper said last to arrive. */
const LISTENING = 1_000

export interface Launch {
  /** On this machine: Node, then what the box is to see. */
  paths: readonly string[]
  /** Cgroups to join. */
  groups: readonly string[]
  tools: Tools
}

/** A warden that was started, and whoever cleans up after it. */
export class Launched {
  readonly #keeper: ChildProcess
  readonly #waiting = new Map<number, { resolve(value: never): void; reject(reason: unknown): void }>()
  readonly #gone: Promise<void>
  readonly stage: string
  #asked = 0
  #said = ''
  #cell = 0
  #over = false

  constructor({ paths, groups, tools }: Launch) {
    const needed = [APP, process.execPath, ...paths]
    this.stage = stageFor(needed)
    const as = nobody()
    const inside = [
      tools.unshare, ...(as === null ? [] : ['-U', '-r']), '-m', '-n', '-p', '-i', '-u', '-C', ...uptime(), '--fork', '--kill-child', '--mount-proc', '--',
      // The first process of a namespace has to bury orphans, which Node does not.
      tools.sh, '-c', '"$@"; exit $?', 'cell', join(this.stage, 'mounts/1'), join(this.stage, 'mounts/0/src/sandbox/cell/warden/main.ts'),
    ]
    const words = [
      '-c', KEEPER, 'sluice-cell', groups.join('\n'), tools.unshare, ...(as === null ? ['-U', '-r'] : []), '-m', '--',
      tools.sh, '-c', STAGE, 'cell', this.stage, String(needed.length), ...needed,
      ...(as === null ? [] : [tools.setpriv, `--reuid=${as}`, `--regid=${as}`, '--clear-groups', '--']), ...inside,
    ]
    this.#keeper = spawn(tools.sh, words, { stdio: ['ignore', 'pipe', 'pipe', 'ipc', 'pipe'], serialization: 'advanced', env: {}, cwd: '/', detached: true })
    this.#keeper.stdout?.on('data', (chunk: Buffer) => {
      this.#cell ||= Number.parseInt(chunk.toString('latin1'), 10)
    })
    this.#keeper.stderr?.on('data', (chunk: Buffer) => {
      this.#said = (this.#said + chunk.toString('utf8')).slice(-LAST_WORDS)
    })
    this.#keeper.on('message', (answer: Answer) => this.#answered(answer))
    this.#gone = new Promise((done) => {
      let listening: NodeJS.Timeout | undefined
      const over = (): void => {
        clearTimeout(listening)
        if (this.#over) return
        this.#over = true
        const why = new SluiceError('sandbox-unavailable', `the cell ended by itself${this.#said ? `: ${sentence(this.#said)}` : ''}`)
        for (const { reject } of this.#waiting.values()) reject(why)
        this.#waiting.clear()
        done()
      }
      this.#keeper.on('error', (thrown) => {
        this.#said += thrown.message
        over()
      })
      this.#keeper.on('exit', () => {
        listening = setTimeout(over, LISTENING)
      })
      this.#keeper.on('close', over)
    })
  }

  ask<Q extends Question['ask']>(question: Omit<Extract<Question, { ask: Q }>, 'id'> & { ask: Q }): Promise<Answers[Q]> {
    const id = ++this.#asked
    return new Promise((resolve, reject) => {
      if (this.#over || !this.#keeper.connected) return reject(new SluiceError('sandbox-unavailable', `the cell is closed${this.#said ? `: ${sentence(this.#said)}` : ''}`))
      this.#waiting.set(id, { resolve, reject })
      // What cannot be sent is for a keeper that is ending: it says why when it is gone.
      this.#keeper.send({ ...question, id }, (failed) => {
        if (failed) setTimeout(() => this.#waiting.delete(id) && reject(new SluiceError('sandbox-unavailable', `the cell does not listen: ${sentence(failed)}`)), LISTENING * 5)
      })
    })
  }

  #answered(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if ('value' in answer) waiting?.resolve(answer.value as never)
    else waiting?.reject(new SluiceError(answer.error.code as 'sandbox-unavailable', answer.error.message, answer.error.hint === undefined ? {} : { hint: answer.error.hint }))
  }

  /** A path of the warden's as this process reaches it. */
  outside(path: string): string {
    return `/proc/${this.#warden()}/root${path}`
  }

  /** The warden is what the first process of the cell's namespace started. */
  #warden(): number {
    const first = childOf(this.#cell)
    const warden = first === null ? null : childOf(first)
    if (warden === null) throw new SluiceError('sandbox-unavailable', 'the cell has no warden any more')
    return warden
  }

  /** Resolves when nothing is left of it. */
  async close(): Promise<void> {
    if (!this.#over) {
      // Its end of the lifeline: the keeper ends whatever is there.
      ;(this.#keeper.stdio[4] as { destroy(): void } | null)?.destroy()
      if (this.#keeper.connected) this.#keeper.disconnect()
    }
    await this.#gone
  }
}

function childOf(parent: number): number | null {
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
      if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent) return Number(pid)
    } catch {
      continue
    }
  }
  return null
}

/** A folder that can be covered in a namespace of our own without hiding anything that is needed. */
function stageFor(needed: readonly string[]): string {
  const free = FOLDERS.find((folder) => existsSync(folder) && !needed.some((path) => `${path}/`.startsWith(`${folder}/`) || `${folder}/`.startsWith(`${path}/`)))
  if (!free) throw new SluiceError('sandbox-unavailable', `none of ${FOLDERS.join(', ')} is free to be covered inside the cell`)
  return free
}

/** As whom root's cells run: somebody who owns nothing here. null: this is no root, or one that can become nobody else. */
function nobody(): number | null {
  if (process.getuid?.() !== 0) return null
  const random = Math.floor(Math.random() * 0x0400_0000)
  for (const line of readFileSync('/proc/self/uid_map', 'latin1').trim().split('\n')) {
    const [first = 0, , count = 0] = line.trim().split(/\s+/).map(Number)
    if (first <= NOBODIES.first && first + count > NOBODIES.first + NOBODIES.count) return NOBODIES.first + random
    if (count > 2_000) return first + count - 1 - (random % 1_000)
  }
  return null
}

/** A machine that was started some days ago. */
function uptime(): string[] {
  if (!existsSync('/proc/self/ns/time')) return []
  const seconds = String(200_000 + Math.floor(Math.random() * 400_000))
  return ['-T', '--boottime', seconds, '--monotonic', seconds]
}
