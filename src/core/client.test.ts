import { describe, expect, it } from 'vitest'
import { clientOf } from './client.ts'

describe('clientOf', () => {
  it.each([
    ['npm/11.19.1 node/v20.20.2 linux x64 workspaces/false', 'npm', '11.19.1', null],
    ['npm/11.19.1 node/v20.20.2 linux x64 workspaces/false ci/github-actions', 'npm', '11.19.1', 'github-actions'],
    ['pnpm/10.34.0 npm/? node/v20.20.2 linux x64', 'pnpm', '10.34.0', null],
    ['yarn/1.22.22 npm/? node/v20.20.2 linux x64', 'yarn1', '1.22.22', null],
    ['got (https://github.com/sindresorhus/got)', 'yarn', null, null],
    ['yarn/4.18.1 npm/? node/v20', 'yarn', '4.18.1', null],
    ['Bun/1.4.5', 'bun', '1.4.5', null],
    ['pip/23.2.1 {"ci":null,"cpu":"x86_64"}', 'pip', '23.2.1', null],
    ['pip/23.2.1 {"ci":true,"cpu":"x86_64"}', 'pip', '23.2.1', 'yes'],
    ['uv/0.13.8 {"installer":{"name":"uv"}}', 'uv', '0.13.8', null],
    ['poetry/2.5.1 CPython/3.11.7 Linux/6.1', 'poetry', '2.5.1', null],
    ['Go-http-client/1.1', 'go', '1.1', null],
    ['bandersnatch/2.2.1 (cpython 3.7)', 'mirror', '2.2.1', null],
    ['Artifactory/1.7.4', 'mirror', '1.7.4', null],
    ['Nexus/3.6.0-02 (PRO; Linux)', 'mirror', '3.6.0-02', null],
    ['Mozilla/5.0 (X11; Linux x86_64)', 'browser', '5.0', null],
    ['somebody else', 'unknown', null, null],
    [null, 'unknown', null, null],
  ])('%s', (agent, tool, version, ci) => {
    expect(clientOf(agent)).toMatchObject({ tool, version: version === '' ? null : version, ci })
  })

  it('keeps only the beginning of an endless agent', () => {
    expect(clientOf(`npm/${'9'.repeat(10_000)}`).userAgent).toHaveLength(300)
    expect(clientOf(`npm/${'9'.repeat(10_000)}`).version).toHaveLength(40)
  })
})
