import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import type { Policy } from '../../core/policy.ts'
import { withoutPrivate } from './private-names.ts'

const POLICY = { private: [
  { ecosystem: 'npm', pattern: '@acme/*', registry: null }, { ecosystem: 'pypi', pattern: 'acme-*', registry: 'https://pypi.acme.example/' }, { ecosystem: 'go', pattern: 'git.acme.example', paths: true, registry: null },
] } as unknown as Policy
const BASES = { npm: 'https://npm.registry.example/', pypi: 'https://pypi.registry.example/simple/', go: 'https://go.registry.example' }

it.each([
  ['https://npm.registry.example/@acme%2ftool', false], ['https://npm.registry.example/@acme/tool/-/tool-1.0.0.tgz', false], ['https://npm.registry.example/@acme%2Ftool?write=true', false],
  ['https://npm.registry.example/tool', true], ['https://npm.registry.example/%E0%A4%A', true],
  ['https://pypi.registry.example/simple/acme-tool/', false], ['https://pypi.registry.example/simple/Acme_Tool/', false], ['https://pypi.registry.example/simple/tool/', true],
  ['https://go.registry.example/git.acme.example/team/mod/@v/list', false], ['https://go.registry.example/git.acme.example/!team/mod/@latest', false], ['https://go.registry.example/example.org/mod/@v/list', true],
  ['https://files.registry.example/@acme/tool/-/tool-1.0.0.tgz', true],
])('asks nobody in public for a private name: %s', async (url, goes) => {
  const asked: string[] = []
  const upstream = withoutPrivate({ fetch: (to) => {
    asked.push(to)
    return Promise.resolve({ status: 404, headers: {}, url: to, body: Readable.from([]) })
  } }, BASES, () => POLICY)
  await upstream.fetch(url).catch((thrown: unknown) => expect(thrown).toMatchObject({ code: 'upstream-off' }))
  expect(asked).toEqual(goes ? [url] : [])
})
