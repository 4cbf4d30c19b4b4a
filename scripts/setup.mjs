// Installs the locked dependencies when they are missing or older than the lock file; with --tools also the Debian packages that the
// sandbox and the host's watch are built on, where they are missing and this machine lets us.
// Runs on whatever Node the machine has; everything after it runs on the pinned one.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const installed = join(root, 'node_modules', '.package-lock.json')
const locked = join(root, 'package-lock.json')

if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(locked).mtimeMs) {
  process.stderr.write('sluice: installing dependencies (once)\n')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const run = spawnSync(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (run.status !== 0) {
    process.stderr.write('sluice: npm ci failed; the lines above say why\n')
    process.exit(run.status ?? 1)
  }
}

/** By what they bring. Without them the tests that need one are skipped and say so. */
const TOOLS = { bwrap: 'bubblewrap', strace: 'strace', nft: 'nftables', ip: 'iproute2', bpftrace: 'bpftrace' }
const FOLDERS = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin']

if (process.argv.includes('--tools') && process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
  const missing = Object.entries(TOOLS).filter(([tool]) => !FOLDERS.some((folder) => existsSync(join(folder, tool)))).map(([, name]) => name)
  const apt = (...args) => spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=120', ...args], { stdio: ['ignore', 'ignore', 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
  if (missing.length > 0) {
    process.stderr.write(`sluice: installing ${missing.join(', ')} for the sandbox (once)\n`)
    if (apt('install', '-y', '--no-install-recommends', ...missing).status !== 0) {
      apt('update')
      if (apt('install', '-y', '--no-install-recommends', ...missing).status !== 0) process.stderr.write('sluice: not installed; what needs them is skipped\n')
    }
  }
}
