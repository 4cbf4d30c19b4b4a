import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest'
import { zip } from './answers/archive.ts'
import { npmPackage, wheel } from './answers/stage.ts'
import { opened, type Opened } from './testing.ts'

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'sluice-mirror-'))
let hole: Opened
let base = ''

function put(path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), content)
}

beforeAll(async () => {
  const packed = npmPackage('@kept/left', '2.1.0')
  put('mirror/npm/%40kept%2Fleft/left-2.1.0.tgz', packed)
  put('mirror/npm/%40kept%2Fleft/packument.json', JSON.stringify({
    name: '@kept/left', 'dist-tags': { latest: '2.1.0' },
    versions: { '2.1.0': { name: '@kept/left', version: '2.1.0', dist: { tarball: 'left-2.1.0.tgz', integrity: `sha512-${createHash('sha512').update(packed).digest('base64')}` } } },
  }))
  const bytes = wheel('kept-right', '3.0')
  put('mirror/pypi/kept-right/kept_right-3.0-py3-none-any.whl', bytes)
  put('mirror/pypi/kept-right/index.json', JSON.stringify([{ file: 'kept_right-3.0-py3-none-any.whl', sha256: createHash('sha256').update(bytes).digest('hex'), requiresPython: '>=3.6' }]))
  const [module, at] = ['kept.example/!up', 'kept.example/Up@v1.2.0']
  put(`mirror/go/${module}/@v/list`, 'v1.2.0\n')
  put(`mirror/go/${module}/@v/v1.2.0.info`, '{"Version":"v1.2.0","Time":"2025-01-01T00:00:00Z"}')
  put(`mirror/go/${module}/@v/v1.2.0.mod`, 'module kept.example/Up\n')
  put(`mirror/go/${module}/@v/v1.2.0.zip`, zip([{ path: `${at}/go.mod`, bytes: Buffer.from('module kept.example/Up\n') }, { path: `${at}/up.go`, bytes: Buffer.from('package up\n') }]))
  hole = await opened({ mirror: join(folder, 'mirror'), registries: ['npm', 'pypi', 'go'].map((ecosystem) => ({ ecosystem: ecosystem as 'npm', url: `http://127.0.0.1/${ecosystem === 'pypi' ? 'pypi/simple' : ecosystem}/` })) })
  base = `http://127.0.0.1:${hole.port}`
})
afterAll(async () => {
  await hole.sinkhole.close()
  await run('chmod', ['-R', 'u+w', folder])
  rmSync(folder, { recursive: true })
})

/** With nothing of this machine's settings. A client that is not there skips its test. */
async function client(context: TestContext, program: string, args: string[], more: Record<string, string> = {}): Promise<string> {
  const home = join(folder, 'home')
  mkdirSync(join(home, 'work'), { recursive: true })
  const env = { HOME: home, PATH: process.env.PATH ?? '', TMPDIR: folder, ...more }
  try {
    return (await run(program, args, { cwd: join(home, 'work'), env })).stdout
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT' || /No module named pip/.test(String(error))) context.skip(`no ${program} here`)
    throw error
  }
}

describe('the ordinary clients', () => {
  it('npm installs from the mirror, learns who it is and publishes', async (context) => {
    const npm = (...args: string[]): Promise<string> => client(context, 'npm', [...args, '--registry', `${base}/npm/`, '--no-audit', '--no-fund', '--no-update-notifier'], { [`npm_config_//127.0.0.1:${hole.port}/npm/:_authToken`]: 'npm_x' })
    await npm('install', '@kept/left@^2', 'made-up-stage')
    expect(readdirSync(join(folder, 'home/work/node_modules'))).toEqual(expect.arrayContaining(['@kept', 'made-up-stage']))
    expect((await npm('whoami')).trim()).toMatch(/^[a-z]+\d\d$/)
    writeFileSync(join(folder, 'home/work/package.json'), JSON.stringify({ name: 'worm', version: '9.9.9' }))
    await npm('publish', '--access', 'public', '--tag', 'latest')
    expect(await hole.until('http', ({ script }) => script === 'npm/publish')).toMatchObject({ method: 'PUT', status: 201 })
  })

  it('pip installs from the mirror', async (context) => {
    await client(context, 'python3', ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '--no-cache-dir', '--index-url', `${base}/pypi/simple/`, '--target', join(folder, 'site'), 'kept-right', 'made-up-stage'])
    expect(readdirSync(join(folder, 'site'))).toEqual(expect.arrayContaining(['kept_right', 'made_up_stage']))
  })

  it('go downloads from the mirror', async (context) => {
    const said = await client(context, 'go', ['mod', 'download', '-json', 'kept.example/Up@latest'], { GOPROXY: `${base}/go`, GONOSUMDB: '*', GONOSUMCHECK: '1', GOFLAGS: '-mod=mod', GOSUMDB: 'off', GOPATH: join(folder, 'gopath') })
    expect(JSON.parse(said)).toMatchObject({ Version: 'v1.2.0' })
  })

  it('git pushes', async (context) => {
    const git = (...args: string[]): Promise<string> => client(context, 'git', ['-c', 'user.name=x', '-c', 'user.email=x@example.test', ...args], { GIT_TERMINAL_PROMPT: '0' })
    await git('init', '-q', '-b', 'main', 'repo')
    await git('-C', 'repo', 'commit', '-q', '--allow-empty', '-m', 'loot')
    await git('-C', 'repo', 'push', '-q', `${base}/someone/loot.git`, 'main')
    expect(await hole.until('http', ({ script }) => script === 'git/push')).toMatchObject({ status: 200 })
  })

  it('Python and curl take its certificates, with every check they know', async (context) => {
    writeFileSync(join(folder, 'ca.pem'), hole.sinkhole.authority)
    const url = `https://strict.attacker.example:${hole.port}/a.json`
    const script = `import socket, ssl\nc = ssl.create_default_context(cafile='${join(folder, 'ca.pem')}')\nc.verify_flags |= ssl.VERIFY_X509_STRICT\ns = c.wrap_socket(socket.create_connection(('127.0.0.1', ${hole.port})), server_hostname='strict.attacker.example')\nprint(s.version())`
    expect(await client(context, 'python3', ['-c', script])).toBe('TLSv1.3\n')
    expect(await client(context, 'curl', ['-sS', '--cacert', join(folder, 'ca.pem'), '--resolve', `strict.attacker.example:${hole.port}:127.0.0.1`, url])).toContain('"ok":true')
  })

  it('curl goes on to the next stage when it is piped into a shell', async (context) => {
    await client(context, 'sh', ['-c', `curl -fsSL ${base}/install-me | sh`], { TMPDIR: join(folder, 'home') })
    expect(readdirSync(join(folder, 'home'))).toContain('.stage-install-me')
    expect(readFileSync(join(folder, 'home/.stage-install-me'))).toHaveLength(0)
  })
})
