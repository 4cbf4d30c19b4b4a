import { expect, it } from 'vitest'
import { besides } from './beside.ts'

it.each([
  ['pypi', 'https://index.example/simple/', ['upload.index.example', 'test.index.example']], ['npm', 'https://registry.example/', []], ['go', null, []], ['pypi', null, []],
  ['pypi', 'http://127.0.0.1:4880/pypi/simple/', []], ['pypi', 'https://localhost/simple/', []], ['pypi', 'nonsense', []], ['pypi', 'https://[::1]/simple/', []],
] as const)('%s at %s', (ecosystem, url, hosts) => expect(besides(ecosystem, url)).toEqual(hosts))
