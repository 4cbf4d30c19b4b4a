import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { devNull, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { installedClients } from './clients.ts'

const folder = mkdtempSync(join(tmpdir(), 'sluice-clients-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A stand-in client: a shell script at the front of PATH. */
function client(name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`)
  chmodSync(join(folder, name), 0o755)
}
const env = (changes: Record<string, string> = {}) => ({ PATH: `${folder}${delimiter}/usr/bin${delimiter}/bin`, ...changes })

describe.skipIf(process.platform === 'win32')('installedClients', () => {
  it('asks npm in an empty project, without what npm run hands down', async () => {
    client('npm', 'ls; echo "warning" >&2; echo "https://npm.example/?$npm_config_registry,$npm_package_name,$npm_config_userconfig,$1 $2 $3"')
    const clients = installedClients(env({ npm_config_registry: 'https://project.example', npm_package_name: 'x', npm_config_userconfig: '/u' }))
    expect(await clients.npm(false)).toBe('https://npm.example/?,,/u,config get registry')
    expect(await clients.npm(true)).toBe(`https://npm.example/?,,${devNull},config get registry`)
  })

  it('asks pip, and where there is no python3, python', async () => {
    client('python3', 'exit 1')
    client('python', 'echo "https://pip.example/simple?$PIP_CONFIG_FILE,$PIP_INDEX_URL"')
    const clients = installedClients(env({ PIP_CONFIG_FILE: '/c', PIP_INDEX_URL: 'https://variable.example' }))
    expect(await clients.pip(false)).toBe('https://pip.example/simple?/c,')
    expect(await clients.pip(true)).toBe(`https://pip.example/simple?${devNull},`)
  })

  it('asks go', async () => {
    client('go', 'printf \'{\\n"GOPROXY": "https://go.example,direct",\\n"GOSUMDB": "sum.example %s"\\n}\' "$GOPROXY$GOENV"')
    expect(await installedClients(env({ GOPROXY: 'x' })).go(false)).toEqual({ proxy: 'https://go.example,direct', sumdb: 'sum.example ' })
    expect(await installedClients(env()).go(true)).toEqual({ proxy: 'https://go.example,direct', sumdb: 'sum.example off' })
  })

  it.each(['exit 3', 'true', 'echo "{ not json"'])('takes "%s" for no answer', async (script) => {
    client('go', script)
    expect(await installedClients(env()).go(false)).toBeNull()
  })

  it('does without clients', async () => {
    const nothing = installedClients({ PATH: '/nowhere' })
    expect(await Promise.all([nothing.npm(false), nothing.pip(false), nothing.go(false)])).toEqual([null, null, null])
  })
})
