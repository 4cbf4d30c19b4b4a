import { describe, expect, it } from 'vitest'
import { archiveFormat, isFileName, versionOfFile } from './filenames.ts'
import { canonicalName, isName } from './names.ts'

describe('versionOfFile', () => {
  it.each([
    ['foo', 'foo-1.0-py3-none-any.whl', '1.0'],
    ['foo', 'foo-1.0-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl', '1.0'],
    ['foo-bar', 'Foo_Bar-1.0rc1-py2.py3-none-any.whl', '1.0rc1'],
    ['foo', 'foo-1.0_1-py3-none-any.whl', '1.0.post1'],
    ['foo', 'foo-1.0+cu118-py3-none-any.whl', '1.0+cu118'],
    ['foo-bar', 'foo_bar-1.0.tar.gz', '1.0'],
    ['foo-bar', 'foo-bar-1.0.zip', '1.0'],
    ['foo-bar', 'Foo.Bar-1.0-1.tar.bz2', '1.0.post1'],
    ['zope-interface', 'zope.interface-5.0.0.tgz', '5.0.0'],
    ['foo', 'foo-1.0.tar.xz', '1.0'],
    ['foo-2', 'foo-2-3.0.tar.gz', '3.0'],
    ['foo', 'foo-1.0-py2.7.egg', '1.0'],
    ['foo', 'foo-1.0-py3.6-linux-x86_64.egg', '1.0'],
    ['foo', 'foo-1.0.linux-x86_64.tar.gz', '1.0.linux-x86_64'],
  ])('of %s: %s is %s', (name, file, version) => { expect(versionOfFile(name, file)).toBe(version) })

  it.each([
    ['foo', 'bar-1.0.tar.gz'], ['foo', 'foobar-1.0-py3-none-any.whl'], ['foo', 'foo-1.0.win32.exe'], ['foo', 'foo-1.0.tar.Z'], ['foo', 'foo-.tar.gz'],
    ['foo', 'foo-1.0.whl'], ['foo', 'foo.tar.gz'], ['foo', '../foo-1.0.tar.gz'], ['foo', 'foo-1.0-py3-none-any.whl.metadata'], ['foo', ''],
  ])('of %s: %s is none', (name, file) => { expect(versionOfFile(name, file)).toBeNull() })
})

it.each([
  ['a.whl', 'zip'], ['a.egg', 'zip'], ['a.zip', 'zip'], ['a.tar.gz', 'tar.gz'], ['a.tgz', 'tar.gz'], ['a.tar.bz2', 'tar.bz2'], ['a.TAR.XZ', 'tar.xz'], ['a.exe', 'none'],
])('%s is %s', (file, format) => { expect(archiveFormat(file)).toBe(format) })

it.each([['Foo.Bar', 'foo-bar'], ['foo__--..bar', 'foo-bar'], ['__proto__', '-proto-']])('the canonical name of %s is %s', (raw, name) => {
  expect(canonicalName(raw)).toBe(name)
})

it.each([['a', true], ['A1', true], ['a.b-c_d', true], ['', false], ['.a', false], ['a-', false], ['__proto__', false], ['a/b', false], ['ä', false], ['a'.repeat(201), false]])(
  '%s as a name: %s', (name, allowed) => { expect(isName(name)).toBe(allowed) },
)

it('takes no path for a file name', () => {
  expect(['a/b', '..', '.hidden', 'a\\b', 'a%2fb', 'a\nb', '-rf', 'a'.repeat(256)].some(isFileName)).toBe(false)
})
