import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { machinePath } from '../../test/harness/machine.ts'
import { freePort, start } from './process.ts'
import type { Contestant } from './process.ts'

export const VERSION = '6.10.4'
/** verdaccio-audit asks for a `cjs` tag that not every registry keeps; the plugin itself is not switched on. */
const MANIFEST = { private: true, dependencies: { verdaccio: VERSION }, overrides: { 'node-fetch': '2.7.0' } }

/** Verdaccio with its own filter plugin hiding what is younger than a day, as its documentation sets it up. */
export async function startVerdaccio(options: { cache: string; data: string; upstream: string }): Promise<Contestant> {
  const home = install(options.cache)
  const port = await freePort()
  const config = join(options.data, 'config.yaml')
  writeFileSync(config, `storage: ${join(options.data, 'storage')}
web:
  enable: false
auth:
  htpasswd:
    file: ${join(options.data, 'htpasswd')}
uplinks:
  upstream:
    url: ${options.upstream}
    # Its default of two minutes would let it ask upstream again while it is measured.
    maxage: 60m
    timeout: 120s
packages:
  '**':
    access: $all
    proxy: upstream
filters:
  '@verdaccio/package-filter':
    minAgeDays: 1
server:
  keepAliveTimeout: 60
log:
  type: stdout
  format: json
  level: error
`)
  const origin = `http://127.0.0.1:${port}/`
  const running = await start(
    [process.execPath, join(home, 'node_modules', 'verdaccio', 'bin', 'verdaccio'), '--config', config, '--listen', `127.0.0.1:${port}`],
    { cwd: options.data, env: { ...process.env, NODE_ENV: 'production' }, ready: `${origin}-/ping` },
  )
  return { name: 'verdaccio', version: VERSION, npm: origin, ...running }
}

function install(cache: string): string {
  const home = join(cache, `verdaccio-${VERSION}`)
  if (existsSync(join(home, 'installed'))) return home
  process.stderr.write(`bench: installing Verdaccio ${VERSION} (once)\n`)
  mkdirSync(home, { recursive: true })
  writeFileSync(join(home, 'package.json'), JSON.stringify(MANIFEST))
  execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: home, env: { ...process.env, PATH: machinePath() }, stdio: ['ignore', 'ignore', 'inherit'],
  })
  writeFileSync(join(home, 'installed'), '')
  return home
}
