import { mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CLIENTS } from './install.ts'
import { machinePath, machinePython, pinnedPath } from './machine.ts'

export type NpmClient = 'npm' | 'npm12' | 'npm10' | 'pnpm12' | 'pnpm10' | 'yarn1' | 'yarn4' | 'bun'
export type PythonClient = 'pip' | 'uv' | 'poetry'
export type ClientName = NpmClient | PythonClient | 'go'

/** `npm` is the machine's own; so are pip and go. */
export const NPM_CLIENTS: readonly NpmClient[] = ['npm', 'npm12', 'npm10', 'pnpm12', 'pnpm10', 'yarn1', 'yarn4', 'bun']
export const PYTHON_CLIENTS: readonly PythonClient[] = ['pip', 'uv', 'poetry']

/** Base URLs as a person would configure them: `http://127.0.0.1:4880/npm/`, `…/pypi/simple/`, `…/go`. */
export interface Gate {
  npm?: string
  pypi?: string
  go?: string
}

export interface Setup {
  gate: Gate
  /** Fresh and empty: everything a client keeps for itself goes here. */
  home: string
  cwd: string
  token?: string
}

export interface Prepared {
  /** What to put before the arguments. */
  command: readonly string[]
  env: Record<string, string>
}

/** Writes the client's registry setting into the fresh home folder and says how to start the client. */
export function prepare(client: ClientName, setup: Setup): Prepared {
  const base = surroundings(setup.home)
  switch (client) {
    case 'pip': case 'uv': case 'poetry': return { command: pythonCommand(client), env: { ...base, ...pythonSettings(setup) } }
    case 'go': return { command: ['go'], env: { ...base, ...goSettings(setup) } }
    default: return { command: npmCommand(client), env: { ...base, ...npmSettings(client, setup) } }
  }
}

/** From the machine only what finds programs and trusts certificates; any host but loopback is a closed door. */
function surroundings(home: string): Record<string, string> {
  const env: Record<string, string> = {
    PATH: machinePath(), HOME: home, TMPDIR: folder(home, 'tmp'), LANG: 'C.UTF-8', NO_COLOR: '1',
    XDG_CACHE_HOME: folder(home, 'cache'), XDG_CONFIG_HOME: folder(home, 'config'),
    XDG_DATA_HOME: folder(home, 'share'), XDG_STATE_HOME: folder(home, 'state'),
    HTTP_PROXY: 'http://127.0.0.1:9', HTTPS_PROXY: 'http://127.0.0.1:9', NO_PROXY: '127.0.0.1,localhost,::1',
  }
  for (const key of ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE']) {
    const value = process.env[key]
    if (value !== undefined) env[key] = value
  }
  return env
}

function npmCommand(client: NpmClient): readonly string[] {
  const inside = (...path: string[]): string => join(CLIENTS, 'node_modules', ...path)
  switch (client) {
    case 'npm': return ['npm']
    case 'npm12': case 'npm10': return [process.execPath, inside(client, 'bin', 'npm-cli.js')]
    case 'pnpm12': return [inside('pnpm12', 'pnpm')]
    case 'pnpm10': return [process.execPath, inside('pnpm10', 'bin', 'pnpm.cjs')]
    case 'yarn1': case 'yarn4': return [process.execPath, inside(client, 'bin', 'yarn.js')]
    case 'bun': return [inside('bun', 'bin', 'bun')]
  }
}

function npmSettings(client: NpmClient, { gate, home, token }: Setup): Record<string, string> {
  const env: Record<string, string> = client === 'npm' ? {} : { PATH: pinnedPath() }
  if (client === 'bun') env['BUN_INSTALL'] = folder(home, '.bun')
  // pnpm's own minimum age would hide what the gate decides.
  if (client === 'pnpm12' || client === 'pnpm10') env['pnpm_config_minimum_release_age'] = '0'
  if (gate.npm === undefined) return env
  const registry = new URL(gate.npm)
  if (client === 'yarn4') {
    const lines = [
      `npmRegistryServer: '${gate.npm.replace(/\/$/, '')}'`, `unsafeHttpWhitelist: ['${registry.hostname}']`,
      'npmMinimalAgeGate: 0', 'enableTelemetry: false', 'nodeLinker: node-modules',
    ]
    if (token !== undefined) lines.push(`npmAuthToken: '${token}'`, 'npmAlwaysAuth: true')
    writeFileSync(join(home, '.yarnrc.yml'), `${lines.join('\n')}\n`)
    return env
  }
  const lines = [`registry=${gate.npm}`]
  if (client.startsWith('npm')) lines.push('update-notifier=false', 'fund=false')
  if (token !== undefined) lines.push(`//${registry.host}${registry.pathname}:_authToken=${token}`)
  if (token !== undefined && client === 'yarn1') lines.push('always-auth=true')
  writeFileSync(join(home, '.npmrc'), `${lines.join('\n')}\n`)
  return env
}

function pythonCommand(client: PythonClient): readonly string[] {
  const bin = join(CLIENTS, '.venv', 'bin')
  if (client === 'pip') return [machinePython(), '-m', 'pip']
  return client === 'uv' ? [join(bin, 'uv')] : [join(bin, 'python'), '-m', 'poetry']
}

function pythonSettings({ gate, home, token }: Setup): Record<string, string> {
  const env: Record<string, string> = {
    PIP_CONFIG_FILE: '/dev/null', PIP_CACHE_DIR: folder(home, 'pip'), PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_NO_INPUT: '1',
    UV_CACHE_DIR: folder(home, 'uv'), UV_PYTHON: machinePython(), UV_PYTHON_DOWNLOADS: 'never', UV_LINK_MODE: 'copy',
    POETRY_CACHE_DIR: folder(home, 'poetry'), POETRY_CONFIG_DIR: folder(home, 'poetry-config'), POETRY_DATA_DIR: folder(home, 'poetry-data'),
    POETRY_VIRTUALENVS_IN_PROJECT: 'true', POETRY_NO_INTERACTION: '1', PYTHON_KEYRING_BACKEND: 'keyring.backends.null.Keyring',
    PYTHONDONTWRITEBYTECODE: '1',
  }
  if (gate.pypi === undefined) return env
  const index = new URL(gate.pypi)
  if (token !== undefined) {
    index.username = 'token'
    index.password = token
    env['POETRY_HTTP_BASIC_GATE_USERNAME'] = 'token'
    env['POETRY_HTTP_BASIC_GATE_PASSWORD'] = token
  }
  return { ...env, PIP_INDEX_URL: index.href, UV_DEFAULT_INDEX: index.href }
}

function goSettings({ gate, home, cwd, token }: Setup): Record<string, string> {
  // Only this file turns telemetry off; otherwise a background process writes into the home folder after `go` has ended.
  writeFileSync(join(folder(home, 'config/go/telemetry'), 'mode'), 'off')
  const env: Record<string, string> = {
    // Compiled packages hold no downloads, so they are shared between runs; modules are not.
    GOCACHE: folder(tmpdir(), 'sluice-go-build'), GOPATH: folder(home, 'go'), GOMODCACHE: join(cwd, '.modcache'),
    GOBIN: join(cwd, 'bin'), GOENV: 'off', GOTOOLCHAIN: 'local', GOVCS: '*:off', GOWORK: 'off',
    GOFLAGS: '-modcacherw -mod=mod', GOSUMDB: 'off', GOPROXY: 'off', CGO_ENABLED: '0',
  }
  if (gate.go === undefined) return env
  if (token !== undefined) {
    writeFileSync(join(home, '.netrc'), `machine ${new URL(gate.go).hostname} login token password ${token}\n`, { mode: 0o600 })
  }
  return { ...env, GOPROXY: gate.go.replace(/\/$/, '') }
}

function folder(parent: string, name: string): string {
  const path = join(parent, name)
  mkdirSync(path, { recursive: true })
  return path
}
