import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../src/config.ts'

const file = (name: string): string => resolve(import.meta.dirname, '../packaging', name)

/** systemd.syntax(7), as far as the units here use it: sections, keys that may come again, comments. */
function unit(name: string): Map<string, string[]> {
  const keys = new Map<string, string[]>()
  let section = ''
  for (const line of readFileSync(file(name), 'utf8').split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const head = /^\[(\w+)\]$/.exec(line)?.[1]
    if (head !== undefined) {
      section = head
      continue
    }
    const [, key, value] = /^([A-Za-z]+)=(.*)$/.exec(line) ?? []
    if (key === undefined) throw new Error(`${name}: not a line of a unit: ${line}`)
    keys.set(`${section}.${key}`, [...keys.get(`${section}.${key}`) ?? [], value as string])
  }
  return keys
}

describe.each(['sluice.service', 'sluice-host-watch.service'])('%s', (name) => {
  const keys = unit(name)

  it('starts what is there, and is kept from gaining anything', () => {
    const [, , , main] = /^(\/opt\/sluice\/(\S+)) (\/opt\/sluice\/(\S+))/.exec(keys.get('Service.ExecStart')?.[0] ?? '') ?? []
    expect(main).toBe('/opt/sluice/src/main.ts')
    expect(existsSync(resolve(import.meta.dirname, '..', 'src/main.ts'))).toBe(true)
    expect(keys.get('Service.NoNewPrivileges')).toEqual(['yes'])
    expect(keys.get('Service.ProtectSystem')).toEqual(['strict'])
    expect(keys.get('Service.AmbientCapabilities')).toEqual([''])
    expect(keys.get('Install.WantedBy')).toEqual(['multi-user.target'])
  })

  it('has nothing to say against it where systemd is there', ({ skip }) => {
    const { status, stderr, error } = spawnSync('systemd-analyze', ['verify', '--man=no', file(name)], { encoding: 'utf8', timeout: 20_000 })
    if (error) skip('systemd-analyze is not installed')
    // What it starts lies in /opt/sluice, which is not here.
    const complaints = stderr.split('\n').filter((line) => line.includes(name) && !/not executable|No such file/.test(line))
    expect({ status: complaints.length === 0 ? 0 : status, complaints }).toEqual({ status: 0, complaints: [] })
  })
})

describe('the watch as a service', () => {
  it('has the rights that its engines take, and no others', () => {
    const keys = unit('sluice-host-watch.service')
    expect(keys.get('Service.CapabilityBoundingSet')?.[0]?.split(' ').sort()).toEqual(['CAP_AUDIT_CONTROL', 'CAP_BPF', 'CAP_DAC_READ_SEARCH', 'CAP_IPC_LOCK', 'CAP_KILL', 'CAP_PERFMON', 'CAP_SYS_ADMIN', 'CAP_SYS_PTRACE', 'CAP_SYS_RESOURCE'])
    expect(keys.get('Service.ExecStart')?.[0]).toMatch(/ host watch$/)
    expect(keys.get('Service.StateDirectory')).toEqual(['sluice-host'])
    for (const kept of ['PrivateDevices', 'ProtectKernelTunables', 'ProtectProc', 'MemoryDenyWriteExecute']) expect(keys.has(`Service.${kept}`)).toBe(false)
  })

  it('is told where to send by variables that the sample names', () => {
    const sample = readFileSync(file('sluice-host-watch.env'), 'utf8')
    const names = [...sample.matchAll(/^#([A-Z_]+)=/gm)].map(([, name]) => name)
    expect(names).toEqual(['SLUICE_SERVER', 'SLUICE_TOKEN', 'SSL_CERT_FILE', 'SLUICE_CONFIG'])
    const { host } = loadConfig({ text: '', env: { SLUICE_SERVER: 'https://sluice.acme.example', SLUICE_TOKEN: 'secret' }, cwd: '/nonexistent', canonical: (_ecosystem, raw) => raw })
    expect(host.server).toMatchObject({ url: 'https://sluice.acme.example/', origin: { base: 'https://sluice.acme.example/', authorization: 'Bearer secret' } })
    expect(() => loadConfig({ text: '', env: { SLUICE_SERVER: 'ftp://x' }, cwd: '/nonexistent', canonical: (_ecosystem, raw) => raw })).toThrow(/SLUICE_SERVER/)
  })
})
