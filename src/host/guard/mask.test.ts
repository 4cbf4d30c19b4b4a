import { describe, expect, it } from 'vitest'
import { maskEnv } from './mask.ts'
import type { MaskEnvOptions } from './mask.ts'

const ENV = { PATH: '/bin', HOME: '/home/u', NPM_TOKEN: 'a', AWS_SECRET_ACCESS_KEY: 'b', DEPLOY_PASSWORD: 'c', SSH_AUTH_SOCK: '/s', PIP_INDEX_URL: 'https://u:p@pypi.acme.example/', npm_config__auth: 'd', MONKEY: 'e', REG: 'f' }
const masked = (more: Partial<MaskEnvOptions> = {}) => maskEnv({ env: ENV, how: 'remove', keep: [], client: 'npm', settings: [], decoy: () => null, hooks: true, ...more })
const how = (more: Partial<MaskEnvOptions> = {}) => Object.fromEntries(masked(more).variables.map((one) => [one.name, one.how]))

describe('the environment of a guarded command', () => {
  it('loses what looks like a secret, and nothing else', () => {
    const { env, variables } = masked()
    expect(Object.keys(env).sort()).toEqual(['HOME', 'MONKEY', 'PATH', 'PIP_INDEX_URL', 'REG', 'npm_config__auth'])
    expect(JSON.stringify(variables)).not.toMatch(/"[abcdf]"/)
  })

  it.each([
    ['what the client logs in with stays its own', {}, { npm_config__auth: 'hooks', NPM_TOKEN: 'removed' }],
    ['what its settings name, too, however it is called', { settings: ['//r.example/:_authToken=${NPM_TOKEN}\n_auth=${REG?}'] }, { NPM_TOKEN: 'hooks', REG: 'hooks', AWS_SECRET_ACCESS_KEY: 'removed' }],
    ['where hooks cannot be told apart, it is said', { hooks: false, settings: ['x=${NPM_TOKEN}'] }, { NPM_TOKEN: 'kept' }],
    ['what is kept by name or by its beginning', { keep: ['DEPLOY_PASSWORD', 'AWS_*'] }, { DEPLOY_PASSWORD: 'kept', AWS_SECRET_ACCESS_KEY: 'kept', NPM_TOKEN: 'removed' }],
    ['a decoy where there is one', { how: 'decoy' as const, decoy: (name: string) => (name === 'NPM_TOKEN' ? 'planted' : null) }, { NPM_TOKEN: 'decoy', DEPLOY_PASSWORD: 'removed' }],
    ['another client\'s is nobody\'s', { client: 'go' }, { npm_config__auth: 'removed' }],
  ] satisfies [string, Partial<MaskEnvOptions>, Record<string, string>][])('%s', (_what, more, expected) => { expect(how(more)).toMatchObject(expected) })

  it('is left alone where that is asked for', () => {
    expect(masked({ how: 'keep' })).toEqual({ env: ENV, variables: [], notForHooks: [] })
  })

  it('reads hostile settings in no time', () => {
    masked({ settings: ['${'.repeat(50_000), `\${${'a'.repeat(100_000)}`] })
  })
})
