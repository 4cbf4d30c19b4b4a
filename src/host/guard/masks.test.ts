import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { prepareMasks } from './masks.ts'
import type { MaskSettings } from './masks.ts'
import { shadowed, shadowProblem } from './shadow.ts'

const NOBODY = 65_534
const PATH = process.env['PATH'] ?? ''
/** Root, and (where this is root) somebody else, too. */
const USERS = [
  { name: 'this user', root: process.getuid?.() === 0, uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0, as: [] as string[] },
  ...(process.getuid?.() === 0 ? [{ name: 'nobody', root: false, uid: NOBODY, gid: NOBODY, as: ['setpriv', '--reuid', String(NOBODY), '--regid', String(NOBODY), '--clear-groups'] }] : []),
].filter((user) => {
  const [command, ...args] = [...user.as, ...shadowed([['/dev/null', '/etc/hostname']], user, ['true'])] as [string, ...string[]]
  const works = spawnSync(command, args, { stdio: 'ignore' }).status === 0
  if (!works) process.stderr.write(`skipped what hides files from ${user.name}: no mount namespace can be made here\n`)
  return works
})

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sluice-masks-'))
  chmodSync(home, 0o755)
  for (const folder of ['.ssh', '.aws']) mkdirSync(join(home, folder))
  for (const [path, text] of [['.ssh/id_rsa', 'real'], ['.aws/credentials', 'real'], ['.npmrc', '//r.example/:_authToken=${MY_AUTH}\n'], ['.netrc', 'real']] as const) writeFileSync(join(home, path), text)
})
afterEach(() => { rmSync(home, { recursive: true, force: true }) })

const SETTINGS: MaskSettings = { env: 'remove', files: 'hide', keep: [], also: [], decoys: null }
function masked(user: (typeof USERS)[number], client: string, settings: Partial<MaskSettings> = {}, env: Record<string, string> = {}) {
  const masks = prepareMasks({ ...SETTINGS, ...settings }, { client, folder: home, home, env: { PATH, HOME: home, MY_AUTH: 'token', ...env }, user })
  // What is seen instead belongs to who looks.
  if (user.uid === NOBODY && masks.folder !== null) {
    spawnSync('chown', ['-R', `${NOBODY}:${NOBODY}`, masks.folder, home])
    chownSync(masks.folder, NOBODY, NOBODY)
  }
  return {
    ...masks,
    run(command: readonly string[]) {
      const [program, ...args] = [...user.as, ...masks.wrap(command)] as [string, ...string[]]
      const { stdout, stderr, status } = spawnSync(program, args, { encoding: 'utf8', env: masks.env, cwd: home })
      return { out: stdout.trim(), err: stderr, status }
    },
  }
}

describe.each(USERS)('what $name hides', (user) => {
  it('is not there for the command, cannot be had by it another way, and stays as it is', () => {
    const masks = masked(user, 'npm')
    expect(masks.run(['sh', '-c', 'ls -A .ssh .aws; cat .netrc; id -u']).out.split('\n')).toEqual(['.aws:', '', '.ssh:', String(user.uid)])
    for (const way of ['umount .ssh; cat .ssh/id_rsa', 'unshare -Urm sh -c "umount .ssh; cat .ssh/id_rsa"', `cat /proc/1/root${home}/.ssh/id_rsa`, 'nsenter -t 1 -m cat .ssh/id_rsa', `cat /proc/${process.pid}/root${home}/.ssh/id_rsa`]) {
      expect(masks.run(['sh', '-c', `${way}; true`]).out).toBe('')
    }
    expect(readFileSync(join(home, '.ssh/id_rsa'), 'utf8')).toBe('real')
    const { folder } = masks
    masks.close()
    expect(existsSync(folder as string)).toBe(false)
  })

  it.each<[string, Partial<MaskSettings>]>([['nothing else is hidden', {}], ['files are kept', { files: 'keep' }]])('is in no other process to be read where %s', (_what, settings) => {
    for (const path of ['.ssh', '.aws', '.npmrc', '.netrc']) rmSync(join(home, path), { recursive: true })
    writeFileSync(join(home, '.yarnrc.yml'), 'npmAuthToken: ${NPM_SECRET}\n')
    const [command, ...args] = [...user.as, 'sleep', '60'] as string[] as [string, ...string[]]
    const other = spawn(command, args, { env: { PATH, DEPLOY_PASSWORD: 'hunter2' }, stdio: 'ignore' })
    const look = (pid: number | string): string => `tr '\\0' '\\n' < /proc/${pid}/environ | grep -c 'DEPLOY_PASSWORD=hunter2\\|NPM_SECRET=s'; true`
    try {
      const pip = masked(user, 'pip', { ...settings, keep: ['~/.yarnrc.yml'] }, { DEPLOY_PASSWORD: 'hunter2' })
      expect(pip.run(['sh', '-c', look(other.pid as number)]).out).toBe('0')
      expect(pip.run(['sh', '-c', `echo $DEPLOY_PASSWORD; id -u`]).out).toBe(String(user.uid))
      pip.close()
      const npm = masked(user, 'npm', { ...settings, keep: ['~/.yarnrc.yml'] }, { NPM_SECRET: 's' })
      expect(npm.run(['sh', '-c', `sh -c "${look('$PPID').replaceAll('"', '').replaceAll('$', '\\$')}"; $npm_config_script_shell -c '${look('$PPID').replaceAll('\'', '"')}'`]).out).toBe('1\n0')
      npm.close()
    } finally {
      other.kill()
    }
  })

  it('shows decoys where there are some', () => {
    const masks = masked(user, 'npm', { decoys: { variable: () => null, file: (path) => (path === '.ssh/id_rsa' ? Buffer.from('planted') : null), below: (folder) => (folder === '.ssh' ? ['.ssh/id_rsa'] : []) } })
    expect(masks.run(['cat', '.ssh/id_rsa']).out).toBe('planted')
    expect(masks.report.files.map(({ path, how }) => `${path.slice(home.length + 1)} ${how}`).sort()).toEqual(['.aws empty', '.netrc empty', '.ssh decoy'])
    masks.close()
  })

  it('leaves the client what it needs, and takes it from hooks', () => {
    const masks = masked(user, 'npm')
    const hook = 'echo "[$MY_AUTH]"; cat .npmrc'
    expect(masks.run(['sh', '-c', hook]).out).toBe('[token]\n//r.example/:_authToken=${MY_AUTH}')
    expect(masks.run(['sh', '-c', `$npm_config_script_shell -c '${hook}; id -u'`]).out).toBe(`[]\n${user.uid}`)
    expect(masks.run(['sh', '-c', '$npm_config_script_shell -c "exit 7"; echo $?']).out).toBe('7')
    masks.close()
  })

  it('leaves what is kept by name or path, and what pip logs in with', () => {
    const pip = masked(user, 'pip', { keep: ['~/.ssh', 'DEPLOY_KEY_TOKEN'] }, { DEPLOY_KEY_TOKEN: 'x', OTHER_TOKEN: 'y' })
    expect(pip.run(['sh', '-c', 'cat .ssh/id_rsa .netrc; echo $DEPLOY_KEY_TOKEN$OTHER_TOKEN']).out).toBe('realrealx')
    expect(pip.run(['cat', '.npmrc']).out).toBe('')
    expect(pip.report.kept.map(({ path }) => path.slice(home.length + 1)).sort()).toEqual(['.netrc', '.ssh'])
    pip.close()
  })
})

describe('masks', () => {
  it('say where files cannot be hidden, and mask variables all the same', () => {
    const user = { root: false, uid: 0, gid: 0 }
    const masks = prepareMasks(SETTINGS, { client: 'npm', folder: home, home, env: { PATH: '/nonexistent', A_TOKEN: 'x', MY_AUTH: 'y' }, user })
    expect(shadowProblem(user, '/nonexistent')).not.toBeNull()
    expect(masks.report.says.join()).toContain('not hidden')
    expect(masks.wrap(['npm', 'ci'])).toEqual(['npm', 'ci'])
    expect([masks.env['A_TOKEN'], masks.env['npm_config_script_shell'] === undefined]).toEqual([undefined, false])
    masks.close()
  })
})
