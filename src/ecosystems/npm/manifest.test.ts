import { describe, expect, it } from 'vitest'
import type { PackageFile } from '../../core/types.ts'
import { npm } from './npm.ts'

const ref = { ecosystem: 'npm', name: 'a', version: '1.0.0', file: 'a-1.0.0.tgz' } as const
const archive = (files: Record<string, unknown>): Map<string, PackageFile> => new Map(Object.entries(files).map(([path, content]) => {
  const bytes = new TextEncoder().encode(typeof content === 'string' ? content : JSON.stringify(content))
  return [path, { path, bytes, size: bytes.length, mode: 0o644, truncated: false, sha256: '' }]
}))
const manifestOf = (files: Record<string, unknown>) => npm.readManifest(ref, archive(files))
const triggersOf = (files: Record<string, unknown>) => npm.triggers(manifestOf(files), archive(files))

describe('what package.json declares', () => {
  it('is read with a byte order mark, people, groups and entry points', () => {
    const declared = {
      name: 'a', version: '1.0.0', author: { name: 'A', email: 'a@b.example' }, contributors: ['B'], repository: { url: 'git://r.example' },
      dependencies: { b: '1', c: '1' }, optionalDependencies: { c: '2' }, peerDependencies: { d: '3' }, devDependencies: { e: '4' },
      main: './lib', bin: './cli.js', exports: { '.': { import: './m.mjs', require: './c.cjs' } }, scripts: { test: 'x', bad: 1 },
    }
    expect(manifestOf({ 'package.json': `\ufeff${JSON.stringify(declared)}` })).toMatchObject({
      name: 'a', version: '1.0.0', authors: ['A <a@b.example>', 'B'], repository: 'git://r.example', dependencies: { b: '1', c: '2', d: '3' },
      scripts: { test: 'x' }, entryPoints: ['./lib', './m.mjs', './c.cjs', './cli.js'], file: 'package.json', problem: null,
    })
  })

  it.each([
    ['there is none', {}, /no package\.json/],
    ['it does not parse', { 'package.json': '{' }, /not JSON/],
    ['it is no object', { 'package.json': '[]' }, /not a JSON object/],
  ])('has a problem where %s', (_what, files, problem) => {
    expect(manifestOf(files)).toMatchObject({ name: null, scripts: {}, raw: null, problem: expect.stringMatching(problem) as string })
  })
})

describe('what makes code run', () => {
  it.each([
    ['install scripts', { 'package.json': { scripts: { preinstall: 'node ./a.js', postinstall: 'curl x', prepare: 'tsc' } }, 'a.js': '' }, [
      { kind: 'install-hook', name: 'preinstall', file: 'a.js', command: 'node ./a.js' },
      { kind: 'install-hook', name: 'postinstall', file: null, command: 'curl x' },
      { kind: 'build', name: 'prepare', file: null, command: 'tsc' },
    ]],
    ['binding.gyp', { 'package.json': {}, 'binding.gyp': '' }, [{ kind: 'install-hook', name: 'install', file: 'binding.gyp', command: 'node-gyp rebuild' }]],
    ['binding.gyp beside an install script', { 'package.json': { scripts: { install: 'x' } }, 'binding.gyp': '' }, [{ kind: 'install-hook', name: 'install', file: null, command: 'x' }]],
    ['binding.gyp turned off', { 'package.json': { gypfile: false }, 'binding.gyp': '' }, []],
    ['binding.gyp without a readable package.json', { 'binding.gyp': '' }, [{ kind: 'install-hook', name: 'install', file: 'binding.gyp', command: 'node-gyp rebuild' }]],
    ['bundled packages', { 'package.json': {}, 'node_modules/@s/b/package.json': { scripts: { install: 'node i' } }, 'node_modules/@s/b/i.js': '' }, [
      { kind: 'install-hook', name: 'install of node_modules/@s/b', file: 'node_modules/@s/b/i.js', command: 'node i' },
    ]],
    ['commands', { 'package.json': { name: '@s/a', bin: './cli' }, 'cli.js': '' }, [{ kind: 'command', name: 'a', file: 'cli.js' }]],
    ['index.js', { 'package.json': {}, 'index.js': '' }, [{ kind: 'import', name: 'index.js', file: 'index.js' }]],
    ['main as a folder', { 'package.json': { main: './lib/' }, 'lib/index.js': '' }, [{ kind: 'import', name: 'lib/index.js', file: 'lib/index.js' }]],
    ['tests', { 'package.json': { scripts: { test: 'x' } } }, [{ kind: 'test', name: 'test', file: null, command: 'x' }]],
    ['nothing of Object.prototype', { 'package.json': '{"scripts":{"__proto__":"x"}}' }, []],
  ])('%s', (_what, files, expected) => {
    expect(triggersOf(files)).toEqual(expected)
  })
})
