import { describe, expect, it } from 'vitest'
import { packageOf } from '../../../test/samples.ts'
import { hostOf, trustOf } from './hosts.ts'

it.each([
  ['https://A.example:8443/x', 'a.example'], ['git+ssh://git@code.example/x', 'code.example'], ['http://[::1]:80/', '[::1]'],
  ['203.0.113.9:80/x', '203.0.113.9'], ['https://…/x', null], ['not a url', null], ['//x.example/a', 'x.example'], ['https://u:p@h.example/', 'h.example'],
])('reads the host of %s', (url, expected) => expect(hostOf(url)).toBe(expected))

describe('trustOf', () => {
  const { pkg, outside } = packageOf({ says: '', ecosystem: 'npm', files: {
    'package.json': '{"repository":{"url":"git+https://github.com/Me/tool.git"},"homepage":"https://www.tool.example"}' } })
  it.each([
    ['https://registry.example/x', 'own'], ['https://github.com/me/other/releases/x', 'release'], ['https://dl.tool.example/x', 'release'],
    ['https://raw.githubusercontent.com/me/other/main/x', 'release'], ['https://me.github.io/x', 'release'], ['https://raw.githubusercontent.com/you/tool/x', 'foreign'], ['https://you.github.io/x', 'foreign'],
    ['http://tool.example/x', 'foreign'], ['https://github.com/you/tool/x', 'foreign'], ['https://tool.example.evil.test/x', 'foreign'],
    ['http://203.0.113.9/x', 'hostile'], ['https://a.oast.fun/x', 'hostile'], ['http://localhost:1/x', 'local'], ['https://…/x', 'unknown'], [null, 'unknown'],
  ])('%s is %s', (url, expected) => expect(trustOf(url, pkg, outside)).toBe(expected))
})
