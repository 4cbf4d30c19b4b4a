import { assert, json as jsonText, oneof, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SluiceError } from '../core/errors.ts'
import { ecosystems } from './index.ts'

const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value))

describe('who a package says it is', () => {
  it('is read from a packument', () => {
    const maintainers = [{ name: 'ada', email: 'Ada@corp.example' }, { name: 'bob', email: 'bob@corp.example' }]
    const identity = ecosystems.npm.readIdentity('@corp/sdk', json({
      'name': '@corp/sdk', 'description': 'An SDK.\nReally.', 'dist-tags': { latest: '4.14.0' }, maintainers,
      'time': { 'created': '2019-01-01T00:00:00Z', '4.13.0': '2021-01-01T00:00:00Z', '4.14.0': '2021-06-01T00:00:00Z', '5.0.0-beta': '2021-05-01T00:00:00Z', '9.9.9': '2021-07-01T00:00:00Z' },
      'versions': { '4.13.0': {}, '5.0.0-beta': {}, '4.14.0': { _npmUser: { name: 'GitHub Actions', email: 'npm-oidc-no-reply@hub.example' }, repository: { url: 'git+https://github.com/Corp/SDK.git' } } },
      'readme': 'Run `npm install @corp/sdk`, in Python `pip install corp-sdk`, or see https://index.example/project/Corp.Tools/.',
    }))
    expect(identity).toMatchObject({
      ecosystem: 'npm', name: '@corp/sdk', description: 'An SDK. Really.', accounts: ['ada', 'bob'], publisher: null,
      emails: ['ada@corp.example', 'bob@corp.example'], repository: 'github.com/corp/sdk', homepage: null, latest: '4.14.0', releases: 3,
      versions: ['4.14.0', '5.0.0-beta', '4.13.0'], mentions: ['npm:@corp/sdk', 'pypi:corp-sdk', 'pypi:corp.tools'], rank: null,
    })
    expect(identity.createdAt?.toISOString()).toBe('2021-01-01T00:00:00.000Z')
    expect(identity.readme).toMatch(/^[0-9a-f]{64}$/)
  })

  it('is read from a project\'s document', () => {
    const identity = ecosystems.pypi.readIdentity('corp-sdk', json({
      info: { summary: 'An SDK', author_email: '"Ada" <ada@corp.example>, bob@corp.example', maintainer_email: null, home_page: '', description: '',
        project_urls: { Homepage: 'https://corp.example/', Source: 'https://github.com/corp/sdk/tree/main/python' } },
      ownership: { roles: [{ role: 'Owner', user: 'ada' }], organization: 'corp' },
      releases: { '1.0': [{ upload_time_iso_8601: '2020-01-02T00:00:00Z' }, { upload_time_iso_8601: '2020-01-01T00:00:00Z' }], '2.0': [{ upload_time_iso_8601: '2021-01-01T00:00:00Z' }], '3.0': [] },
    }))
    expect(identity).toMatchObject({
      description: 'An SDK', accounts: ['ada', 'corp'], emails: ['ada@corp.example', 'bob@corp.example'], repository: 'github.com/corp/sdk',
      homepage: 'https://corp.example/', latest: '2.0', releases: 3, versions: ['2.0', '1.0'], readme: null,
    })
    expect(identity.createdAt?.toISOString()).toBe('2020-01-01T00:00:00.000Z')
  })

  it('is little on a simple page', () => {
    expect(ecosystems.pypi.readIdentity('corp-sdk', json({
      name: 'corp-sdk', versions: ['1.0', '1.1'],
      files: [{ 'filename': 'corp_sdk-1.1-py3-none-any.whl', 'upload-time': '2021-02-01T00:00:00Z' }, { 'filename': 'corp-sdk-1.0.tar.gz', 'upload-time': '2021-01-01T00:00:00Z' }],
    }))).toMatchObject({ accounts: [], emails: [], releases: 2, latest: '1.1', latestAt: new Date('2021-02-01') })
  })

  it('is in the path of a module', () => {
    const latest = json({ Version: 'v1.2.3', Time: '2024-01-01T00:00:00Z', Origin: { VCS: 'git', URL: 'https://github.com/Corp/sdk' } })
    expect(ecosystems.go.readIdentity('github.com/Corp/sdk', latest)).toMatchObject({ accounts: ['github.com/corp'], repository: 'github.com/corp/sdk', latest: 'v1.2.3', createdAt: null })
    expect(ecosystems.go.readIdentity('go.corp.example/sdk/v2', Buffer.from('v2.0.0\nv2.1.0\n\nnonsense\n'))).toMatchObject({ accounts: ['go.corp.example'], repository: null, releases: 2, latest: 'v2.1.0' })
  })

  it.each(['npm', 'pypi', 'go'] as const)('of %s is bounded whatever the registry sends', (id) => {
    const { readIdentity } = ecosystems[id]
    assert(property(oneof(jsonText(), string()), (text) => {
      try {
        expect(JSON.stringify(readIdentity('some.example/name', Buffer.from(text))).length).toBeLessThan(20_000)
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(SluiceError)
      }
    }), { numRuns: 300 })
    const nasty = { 'name': '__proto__', '__proto__': 1, 'info': { author_email: 'a@'.repeat(1e5), summary: 'x\u202e'.repeat(1e5), project_urls: { '__proto__': 'y' }, description: 'pip install '.repeat(1e5) },
      'versions': { __proto__: null, constructor: 7, ['1'.repeat(1e4)]: {} }, 'dist-tags': { latest: 'constructor' }, 'maintainers': Array.from({ length: 1e4 }, () => ({ name: 'n'.repeat(1e4) })), 'Version': 'v1.0.0', 'readme': 'npm i '.repeat(1e5) }
    expect(JSON.stringify(readIdentity('some.example/name', json(nasty))).length).toBeLessThan(20_000)
  })
})
