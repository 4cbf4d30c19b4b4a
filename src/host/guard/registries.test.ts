import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { registryHosts } from './registries.ts'

let home: string
beforeEach(() => { home = mkdtempSync(join(tmpdir(), 'sluice-home-')) })
afterEach(() => rmSync(home, { recursive: true }))
const put = (path: string, text: string): void => {
  mkdirSync(join(home, path, '..'), { recursive: true })
  writeFileSync(join(home, path), text)
}

it.each<[string, Record<string, string>, Record<string, string>, string[]]>([
  ['variables', { npm_config_registry: 'https://npm.acme.example/x/', PIP_INDEX_URL: 'https://user:word@pypi.acme.example/simple', GOPROXY: 'https://go.acme.example,direct', HTTPS_PROXY: 'https://proxy.acme.example', DATABASE_URL: 'https://db.acme.example' }, {}, ['npm.acme.example', 'pypi.acme.example', 'go.acme.example']],
  ['files of the home', {}, {
    '.npmrc': 'registry=https://npm.acme.example/\n@team:registry=https://team.acme.example/\n# registry=https://old.acme.example/\nproxy-note=none\nfund=https://fund.acme.example\n',
    '.config/pip/pip.conf': '[global]\nindex-url = https://pypi.acme.example/simple/\n', '.config/go/env': 'GOPROXY=https://go.acme.example|direct\n',
  }, ['npm.acme.example', 'team.acme.example', 'pypi.acme.example', 'go.acme.example']],
  ['nothing', {}, { '.npmrc': 'registry=not an address\n' }, []],
])('of %s', (_what, env, files, hosts) => {
  for (const [path, text] of Object.entries(files)) put(path, text)
  expect(registryHosts({ env, home, known: [] })).toEqual(hosts)
})

it('of a configuration, and no more than is sensible', () => {
  expect(registryHosts({ env: {}, home, known: ['https://upstream.example/', null] })).toEqual(['upstream.example'])
  put('.npmrc', Array.from({ length: 10_000 }, (_, at) => `@s${at}:registry=https://r${at}.example/\n`).join(''))
  expect(registryHosts({ env: {}, home, known: [] })).toHaveLength(100)
})
