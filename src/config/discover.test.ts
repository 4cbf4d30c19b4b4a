import { describe, expect, it } from 'vitest'
import { loadConfig } from '../config.ts'
import type { ClientSettings } from './clients.ts'
import { discoverUpstreams, originsOf } from './discover.ts'
import type { Found } from './discover.ts'
import { parseYaml } from './yaml.ts'
import { documentSchema } from './schema.ts'

const GATE = 'http://127.0.0.1:4880'
const config = loadConfig({ env: {}, cwd: '/', canonical: (_ecosystem, name) => name })

function clients(said: { [key in 'npm' | 'pip' | 'go' | 'sumdb']?: string | null }, own: typeof said = {}): ClientSettings {
  const choose = (builtIn: boolean) => (builtIn ? own : said)
  return {
    npm: async (builtIn) => choose(builtIn).npm ?? null,
    pip: async (builtIn) => choose(builtIn).pip ?? null,
    go: async (builtIn) => ({ proxy: choose(builtIn).go ?? '', sumdb: choose(builtIn).sumdb ?? '' }),
  }
}

const brief = (found: Found): string => (found.on ? `${found.url} by ${found.from}` : `off: ${found.why}`)

describe('discoverUpstreams', () => {
  it.each([
    ['nothing at all', {}, clients({}), 'off: no setting and no client on this machine names one'],
    ['the client', {}, clients({ npm: 'https://client.example' }), 'https://client.example/ by npm\'s settings'],
    ['npm\'s variable', { NPM_CONFIG_REGISTRY: 'https://variable.example/x' }, clients({ npm: 'https://client.example' }), 'https://variable.example/x/ by npm_config_registry'],
    ['our variable', { SLUICE_NPM_UPSTREAM: 'https://ours.example', npm_config_registry: 'https://variable.example' }, clients({}), 'https://ours.example/ by SLUICE_NPM_UPSTREAM'],
    ['off', { SLUICE_NPM_UPSTREAM: 'off' }, clients({ npm: 'https://client.example' }), 'off: switched off by SLUICE_NPM_UPSTREAM'],
    ['a client at this gate', { npm_config_registry: `${GATE}/npm/` }, clients({ npm: 'http://localhost:4880/npm/' }, { npm: 'https://own.example/' }), 'https://own.example/ by npm\'s default'],
    ['only this gate', {}, clients({ npm: `${GATE}/npm/` }, { npm: `${GATE}/npm/` }), 'off: npm\'s settings is this gate itself; npm\'s default is this gate itself'],
    ['nonsense', { SLUICE_NPM_UPSTREAM: 'nonsense' }, clients({}), 'off: SLUICE_NPM_UPSTREAM is no http or https URL'],
  ])('npm from %s', async (_what, env, asked, expected) => {
    expect(brief((await discoverUpstreams(config, { env, clients: asked })).npm)).toBe(expected)
  })

  it('takes a password out of the URL', async () => {
    const { pypi } = await discoverUpstreams(config, { env: { PIP_INDEX_URL: 'https://u:p%40@pypi.example/simple' }, clients: clients({}) })
    expect(pypi).toMatchObject({ url: 'https://pypi.example/simple/', origin: { base: 'https://pypi.example/simple/', authorization: `Basic ${Buffer.from('u:p@').toString('base64')}` } })
  })

  it.each([
    ['https://a.example,https://b.example,direct', 'https://a.example/'], ['direct', null], ['off', null], [`${GATE}/go/|https://b.example`, null],
  ])('GOPROXY=%s', async (list, url) => {
    const { go } = await discoverUpstreams(config, { env: { GOPROXY: list }, clients: clients({}) })
    expect(go.on ? go.url : null).toBe(url)
  })

  it.each([
    ['sum.example', { name: 'sum.example', key: null, url: 'https://sum.example/' }],
    ['sum.example+12ab+AbC/=', { name: 'sum.example', key: 'sum.example+12ab+AbC/=', url: 'https://sum.example/' }],
    ['sum.example https://mirror.example/sum', { name: 'sum.example', key: null, url: 'https://mirror.example/sum/' }],
    ['off', null],
  ])('GOSUMDB=%s', async (text, sumdb) => {
    const { go } = await discoverUpstreams(config, { env: { GOPROXY: 'https://go.example', GOSUMDB: text }, clients: clients({ sumdb: 'other.example' }) })
    expect(go).toMatchObject({ on: true, sumdb })
  })

  it('hands all origins to the way out', async () => {
    const found = await discoverUpstreams(config, { env: { GOPROXY: 'https://go.example', GOSUMDB: 'sum.example', SLUICE_NPM_UPSTREAM: 'https://npm.example' }, clients: clients({}) })
    expect(originsOf(config, found).map(({ base }) => base)).toEqual(['https://npm.example/', 'https://go.example/', 'https://sum.example/'])
  })

  it('lets the file speak first', async () => {
    const document = documentSchema.parse(parseYaml('upstreams: {npm: {url: off}, pypi: {url: https://file.example/simple}}', 'x').value)
    const upstreams = { ...config.upstreams, npm: { ...config.upstreams.npm, url: document.upstreams.npm.url ?? null }, pypi: { ...config.upstreams.pypi, url: document.upstreams.pypi.url ?? null } }
    const found = await discoverUpstreams({ ...config, upstreams }, { env: { PIP_INDEX_URL: 'https://x.example' }, clients: clients({ npm: 'https://x.example' }) })
    expect([found.npm, found.pypi].map(brief)).toEqual(['off: switched off in sluice.yaml', 'https://file.example/simple/ by sluice.yaml'])
  })
})
