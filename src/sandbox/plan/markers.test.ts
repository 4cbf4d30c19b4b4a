import { describe, expect, it } from 'vitest'
import { markerHolds, readRequirement } from './markers.ts'

describe('readRequirement', () => {
  it.each([
    ['requests', { name: 'requests', extras: [], range: '', address: null, marker: '' }],
    ['Zope.Interface[ test, Docs ]>=1,<2 ; python_version < "3.9"', { name: 'zope-interface', extras: ['test', 'docs'], range: '>=1,<2', address: null, marker: 'python_version < "3.9"' }],
    ['six (>=1.9)', { name: 'six', extras: [], range: '>=1.9', address: null, marker: '' }],
    ['evil @ git+https://files.example/x.git ; extra == "a"', { name: 'evil', extras: [], range: '', address: 'git+https://files.example/x.git', marker: 'extra == "a"' }],
    ['-e .', null], ['', null], ['../up', null],
  ])('%s', (written, read) => expect(readRequirement(written)).toEqual(read))
})

describe('markerHolds', () => {
  const env = { python_version: '3.11', python_full_version: '3.11.7', sys_platform: 'linux', os_name: 'posix', platform_machine: 'x86_64' }
  it.each<[string, readonly string[], boolean]>([
    ['', [], true],
    ['python_version < "3.9"', [], false],
    ['python_version >= "3.9"', [], true],
    ['python_version > "3.2"', [], true],
    ['"3.9" <= python_version', [], true],
    ['sys_platform == "win32"', [], false],
    ['sys_platform != \'win32\' and os_name == "posix"', [], true],
    ['sys_platform == "win32" or (os_name == "posix" and python_version < "4")', [], true],
    ['sys_platform == "win32" and os_name == "posix" or python_version < "4"', [], true],
    ['extra == "test"', [], false],
    ['extra == "test"', ['test'], true],
    ['extra == "test"', ['docs', 'test'], true],
    ['platform_machine in "x86_64 AMD64"', [], true],
    ['platform_machine not in "x86_64 AMD64"', [], false],
    // What cannot be read is wanted.
    ['python_version ~', [], true], ['nonsense', [], true], ['(((', [], true], ['extra = "x"', [], true], ['__proto__ == "x"', [], true],
  ])('%s with %j', (marker, extras, holds) => expect(markerHolds(marker, env, extras)).toBe(holds))

  it('reads absurd ones in linear time', () => {
    expect(markerHolds('('.repeat(100_000), env)).toBe(true)
    expect(markerHolds(`${'os_name == "nt" or '.repeat(20_000)}os_name == "posix"`, env)).toBe(true)
  })
})
