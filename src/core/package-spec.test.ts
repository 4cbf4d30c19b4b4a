import { describe, expect, it } from 'vitest'
import { parsePackage } from './package-spec.ts'

describe('parsePackage', () => {
  it.each([
    ['npm:left-pad', 'npm', 'left-pad', null],
    ['npm:left-pad@1.3.0', 'npm', 'left-pad', '1.3.0'],
    ['npm:@scope/name', 'npm', '@scope/name', null],
    ['npm:@scope/name@2.0.0-rc.1', 'npm', '@scope/name', '2.0.0-rc.1'],
    ['pypi:requests==2.32.3', 'pypi', 'requests', '2.32.3'],
    ['pypi:requests===2.32.3', 'pypi', 'requests', '2.32.3'],
    ['pypi:requests@2.32.3', 'pypi', 'requests', '2.32.3'],
    ['go:example.test/mod/v2@v2.1.0', 'go', 'example.test/mod/v2', 'v2.1.0'],
    ['pkg:npm/%40scope/name@1.0.0', 'npm', '@scope/name', '1.0.0'],
    ['pkg:npm/@scope/name', 'npm', '@scope/name', null],
    ['pkg:pypi/requests@2.32.3?file_name=x#sub', 'pypi', 'requests', '2.32.3'],
    ['pkg:golang/example.test/mod@v1.0.0', 'go', 'example.test/mod', 'v1.0.0'],
  ])('%s', (text, ecosystem, name, version) => {
    expect(parsePackage(text)).toEqual({ ecosystem, name, version })
  })

  it.each(['left-pad', 'npm:', 'npm:left-pad@', 'cargo:serde', 'pkg:cargo/serde', 'pkg:npm/%zz', ''])('refuses %j and says how to write it', (text) => {
    expect(() => parsePackage(text)).toThrow(expect.objectContaining({ code: 'usage', hint: expect.stringContaining('npm:left-pad@1.3.0') as string }) as Error)
  })
})
