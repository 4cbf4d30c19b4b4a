import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { chooseBackend, probeBackends } from './backends.ts'
import { obstacles, probeCell, weakerThan } from './probe.ts'
import { cellsWork } from './testing.ts'

const everything = (tool: string): string => `/usr/bin/${tool}`

function underRoot(files: Record<string, string>, use: (root: string) => void): void {
  const root = mkdtempSync(join(tmpdir(), 'probe-'))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  use(root)
  rmSync(root, { recursive: true })
}

describe('what is in the way of a cell', () => {
  it.each([
    [['bwrap'], 'not installed: bwrap', 'apt-get install bubblewrap'],
    [['strace', 'ip', 'nft'], 'not installed: strace, ip, nft', 'apt-get install strace iproute2 nftables'],
    [['unshare', 'prlimit'], 'not installed: prlimit, unshare', 'apt-get install util-linux'],
  ])('without %j', (gone, says, remedy) => {
    expect(obstacles('bubblewrap', (tool) => gone.includes(tool) ? null : everything(tool))).toEqual({ says, remedy })
  })

  it.each([
    ['/proc/sys/kernel/unprivileged_userns_clone', '0\n', 'kernel.unprivileged_userns_clone'],
    ['/proc/sys/kernel/apparmor_restrict_unprivileged_userns', '1\n', 'AppArmor'],
    ['/proc/sys/user/max_user_namespaces', '0\n', 'user.max_user_namespaces'],
    ['/proc/sys/kernel/yama/ptrace_scope', '3\n', 'ptrace_scope'],
  ])('%s', (file, text, says) => {
    underRoot({ [file]: text }, (root) => expect(obstacles('bubblewrap', everything, root)).toMatchObject({ says: expect.stringContaining(says), remedy: expect.stringContaining('sysctl') }))
  })

  it('nothing, where switches stand as they have to or are not there', () => {
    underRoot({ '/proc/sys/kernel/unprivileged_userns_clone': '1\n', '/proc/sys/kernel/yama/ptrace_scope': '1\n' }, (root) => expect(obstacles('bubblewrap', everything, root)).toBeNull())
    underRoot({}, (root) => expect(obstacles('bubblewrap', everything, root)).toBeNull())
  })

  it('what no cgroup limits is said', () => {
    expect(weakerThan(new Set(['memory', 'pids', 'cpu'])).filter((line) => line.includes('cgroup'))).toEqual([])
    expect(weakerThan(new Set())).toEqual(expect.arrayContaining([expect.stringContaining('memory'), expect.stringContaining('processes'), expect.stringContaining('processor')]))
  })

  it('what only shows when it is tried is told with what to do', async () => {
    const failing = (says: string) => probeCell('bubblewrap', () => Promise.reject(new Error(says)), () => [])
    expect(await failing('unshare: mount /proc failed: Operation not permitted')).toMatchObject({ works: false, remedy: expect.stringMatching(/systempaths|apt-get|sysctl/) })
  })
})

describe.skipIf(!(await cellsWork()))('where cells work', () => {
  it('bubblewrap says so, with its version', async () => {
    expect((await probeBackends()).find(({ backend }) => backend === 'bubblewrap')).toMatchObject({ works: true, says: null, remedy: null, version: expect.stringMatching(/^bubblewrap \d.*, strace \d/) })
    const { backend, probe } = await chooseBackend(null)
    expect(backend.name).toBe(probe.backend)
    expect((await chooseBackend('bubblewrap')).backend.name).toBe('bubblewrap')
  })

  it.skipIf(process.getuid?.() !== 0)('they work without any right too', (context) => {
    const script = `import { probeBackends } from ${JSON.stringify(join(import.meta.dirname, 'backends.ts'))}; console.log(JSON.stringify(await probeBackends()))`
    const words = ['--reuid=65534', '--regid=65534', '--clear-groups', '--', process.execPath, '--input-type=module', '-e', script]
    const { stdout, stderr } = spawnSync('setpriv', words, { encoding: 'utf8', cwd: '/', env: {} })
    if (/EACCES|Permission denied|ERR_MODULE_NOT_FOUND/.test(stderr)) context.skip('nobody else can read this folder')
    const probe = (JSON.parse(stdout) as { backend: string; works: boolean; says: string | null; weaker: string[] }[]).find(({ backend }) => backend === 'bubblewrap')
    // Distributions may forbid it to users; then that is what has to be said.
    if (!probe?.works) expect(probe?.says).toMatch(/user namespaces|unshare|apparmor/i)
    else expect(probe.weaker.join(' ')).toContain('no cgroup may be made')
  })
})
