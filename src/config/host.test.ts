import { expect, it } from 'vitest'
import { loadConfig } from '../config.ts'

const canonical = (_ecosystem: unknown, raw: string): string => raw
const server = (env: Record<string, string>) => loadConfig({ env, cwd: '/nonexistent', canonical, overrides: {} }).host.server

it.each(['https://sluice.acme.example', 'http://127.0.0.1:4873', 'http://localhost:4873/', 'http://[::1]:4873'])('a token goes to %s', (url) => {
  expect(server({ SLUICE_SERVER: url, SLUICE_TOKEN: 'secret' })?.origin.authorization).toBe('Bearer secret')
})

it.each(['http://sluice.acme.example', 'http://127.0.0.1.evil.example', 'http://192.0.2.7:4873'])('no token goes to %s, where everybody on the way reads it', (url) => {
  expect(() => server({ SLUICE_SERVER: url, SLUICE_TOKEN: 'secret' })).toThrow(/over http/)
  expect(server({ SLUICE_SERVER: url })?.origin.authorization).toBeNull()
})
