import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { isCode, sentence, SluiceError } from '../../core/errors.ts'
import type { Cell, CellOptions, Limits, Probe } from './cell.ts'
import { machineCgroups, makeFence, removeFence } from './cgroup.ts'
import type { Controller } from './cgroup.ts'
import type { BackendName, Tool } from './protocol.ts'
import { findTool, NEEDS, PACKAGES } from './tools.ts'

const LIMITS: Limits = { memoryMb: 256, processes: 32, diskMb: 32, fileMb: 16, outputMb: 1, traceMb: 4 }

const TRIAL: CellOptions = {
  limits: LIMITS, mounts: [], files: [], host: { name: 'trial', user: 'trial', home: '/home/trial' }, sinkhole: { seed: 'trial', placeholders: false },
}

/** Switches that forbid what a cell is made of, as distributions set them. */
const SWITCHES: readonly { file: string; forbids: string; says: string; remedy: string }[] = [
  {
    file: '/proc/sys/kernel/unprivileged_userns_clone', forbids: '0',
    says: 'user namespaces are forbidden to users (kernel.unprivileged_userns_clone is 0)', remedy: 'sysctl -w kernel.unprivileged_userns_clone=1',
  },
  {
    file: '/proc/sys/kernel/apparmor_restrict_unprivileged_userns', forbids: '1',
    says: 'AppArmor forbids users to use user namespaces (kernel.apparmor_restrict_unprivileged_userns is 1)',
    remedy: 'sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor profile with "userns," for unshare and bwrap',
  },
  { file: '/proc/sys/user/max_user_namespaces', forbids: '0', says: 'no user namespaces may be made (user.max_user_namespaces is 0)', remedy: 'sysctl -w user.max_user_namespaces=10000' },
  { file: '/proc/sys/kernel/yama/ptrace_scope', forbids: '3', says: 'nobody may trace processes (kernel.yama.ptrace_scope is 3)', remedy: 'sysctl -w kernel.yama.ptrace_scope=1, and start the machine anew' },
]

/** What is in the way before anything is tried. `root` reads as another folder in tests. */
export function obstacles(backend: BackendName, find: (tool: Tool) => string | null, root = ''): { says: string; remedy: string } | null {
  const missing = NEEDS[backend].filter((tool) => find(tool) === null)
  if (missing.length > 0) {
    const packages = [...new Set(missing.map((tool) => PACKAGES[tool]))]
    return { says: `not installed: ${missing.join(', ')}`, remedy: `apt-get install ${packages.join(' ')}` }
  }
  const shut = SWITCHES.find(({ file, forbids }) => readText(`${root}${file}`) === forbids)
  return shut ? { says: shut.says, remedy: shut.remedy } : null
}

/** `open` makes a cell of the backend: whether it works is found out by running something in one, traced. */
export async function probeCell(backend: BackendName, open: (options: CellOptions) => Promise<Cell>, weaker: (fenced: ReadonlySet<Controller>) => string[]): Promise<Probe> {
  const no = (says: string, remedy: string | null): Probe => ({ backend, works: false, version: null, weaker: [], says, remedy })
  if (process.platform !== 'linux') return no('Linux only', null)
  const obstacle = obstacles(backend, findTool)
  if (obstacle) return no(obstacle.says, obstacle.remedy)
  const versions = await Promise.all(VERSIONS[backend].map(versionOf))
  try {
    await tryOut(open)
  } catch (thrown) {
    const says = sentence(thrown)
    return no(says, remedyOf(says) ?? (isCode(thrown, 'sandbox-unavailable') ? thrown.hint ?? null : null))
  }
  return { backend, works: true, version: versions.join(', '), weaker: weaker(limited()), says: null, remedy: null }
}

const VERSIONS: Readonly<Record<BackendName, readonly Tool[]>> = { bubblewrap: ['bwrap', 'strace'], gvisor: ['runsc'] }

async function tryOut(open: (options: CellOptions) => Promise<Cell>): Promise<void> {
  const cell = await open(TRIAL)
  try {
    const argv = ['sh', '-c', 'exec 2>&1; cat /etc/hostname'] as const
    const run = await cell.run({ argv, cwd: '/home/trial', env: { PATH: '/usr/bin:/bin' }, timeMs: 20_000, graceMs: 0, traced: true })
    const said = Buffer.from(run.stdout).toString().trim()
    if (run.status !== 'completed' || said !== 'trial') {
      throw new SluiceError('sandbox-unavailable', `a trial in the box ended with ${run.exit ?? run.signal ?? run.status}: ${said} ${Buffer.from(run.stderr).toString()}`)
    }
    if (run.trace === null || !readText(run.trace).includes('execve("/usr/bin/cat"')) throw new SluiceError('sandbox-unavailable', 'nothing can follow what runs in the box')
  } finally {
    await cell.close()
  }
}

/** Of failures that only show when it is tried. */
function remedyOf(says: string): string | null {
  if (/mount.*proc.*(?:not permitted|denied)/i.test(says)) return 'in a container: run it with /proc unmasked (docker run --security-opt systempaths=unconfined)'
  if (/unshare.*(?:not permitted|denied)|userns/i.test(says)) return 'allow user namespaces (in a container: docker run --security-opt seccomp=unconfined --security-opt apparmor=unconfined)'
  if (/nft|netlink|veth|RTNETLINK/i.test(says)) return 'the kernel needs nf_tables, nf_nat and veth (modprobe nf_tables nf_nat veth)'
  return null
}

function limited(): ReadonlySet<Controller> {
  const cgroups = machineCgroups()
  const fence = makeFence(LIMITS, 'probe', cgroups)
  removeFence(fence)
  return fence.limited
}

/** For people: what no cgroup limits, and what stands in for it. */
export function weakerThan(fenced: ReadonlySet<Controller>): string[] {
  return [
    ...(fenced.has('memory') ? [] : ['memory of all processes together is only looked at ten times a second: no cgroup may be made for it here']),
    ...(fenced.has('pids') ? [] : ['processes are limited for their user namespace only (RLIMIT_NPROC): no cgroup may be made for them here']),
    ...(fenced.has('cpu') ? [] : ['a package may use every processor as others do: no cgroup may be made for that here']),
    ...(existsSync('/proc/self/ns/time') ? [] : ['packages can see how long this machine is up: the kernel has no time namespaces']),
  ]
}

function versionOf(tool: Tool): Promise<string> {
  return new Promise((resolve) => {
    execFile(findTool(tool) ?? tool, ['--version'], { timeout: 5_000, env: {} }, (_failed, stdout) => {
      resolve(`${PACKAGES[tool]} ${/\d+(?:[.~]\d+)+/.exec(stdout)?.[0] ?? 'of unknown version'}`)
    })
  })
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return ''
  }
}
