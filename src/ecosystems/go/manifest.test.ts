import { describe, expect, it } from 'vitest'
import type { PackageFile } from '../../core/types.ts'
import { readGoMod, readManifest } from './manifest.ts'

const ref = { ecosystem: 'go' as const, name: 'm.example/x', version: 'v1.0.0', file: 'v1.0.0.zip' }
const file = (text: string): PackageFile => ({
  path: 'go.mod', size: text.length, mode: 0o644, bytes: Buffer.from(text), truncated: false, sha256: '',
})

const FULL = `// Deprecated: use m.example/x/v2
// instead.
module "m.example/x" // the module

go 1.21.0
toolchain go1.22.1

require m.example/a v1.0.0
require (
\tm.example/b v1.2.3 // indirect
\t"m.example/c" v0.0.0-20240101000000-abcdefabcdef // indirect; why
\t__proto__.example/d v1.0.0
)

replace m.example/a => ../a
replace (
\tm.example/b v1.2.3 => m.example/fork v1.2.4
)
exclude m.example/b v1.2.0

// broken
retract v0.9.0
retract (
\t[v0.1.0, v0.2.0] // leaked
\tv0.3.0
)
tool m.example/b/cmd/gen
godebug default=go1.21
future thing with words
`

describe('go.mod', () => {
  it('is read whole', () => {
    expect(readGoMod(FULL)).toEqual({
      problem: null,
      mod: {
        module: 'm.example/x',
        deprecated: 'use m.example/x/v2',
        go: '1.21.0',
        toolchain: 'go1.22.1',
        require: [
          { path: 'm.example/a', version: 'v1.0.0', indirect: false },
          { path: 'm.example/b', version: 'v1.2.3', indirect: true },
          { path: 'm.example/c', version: 'v0.0.0-20240101000000-abcdefabcdef', indirect: true },
          { path: '__proto__.example/d', version: 'v1.0.0', indirect: false },
        ],
        replace: [
          { path: 'm.example/a', version: null, to: '../a', toVersion: null },
          { path: 'm.example/b', version: 'v1.2.3', to: 'm.example/fork', toVersion: 'v1.2.4' },
        ],
        exclude: [{ path: 'm.example/b', version: 'v1.2.0' }],
        retract: [
          { low: 'v0.9.0', high: 'v0.9.0', because: 'broken' },
          { low: 'v0.1.0', high: 'v0.2.0', because: 'leaked' },
          { low: 'v0.3.0', high: 'v0.3.0', because: '' },
        ],
        tool: ['m.example/b/cmd/gen'],
      },
    })
  })

  it.each([
    ['', 'go.mod has no module line'],
    ['module a.example\nrequire x', 'go.mod line 2: malformed require'],
    ['module a.example\nmodule b.example', 'go.mod line 2: malformed module'],
    ['module "a.example\n', 'go.mod line 1: a string does not end'],
    ['module a.example\nreplace a b c d => e', 'go.mod line 2: malformed replace'],
    ['module a.example\nretract [v1.0.0', 'go.mod line 2: malformed retract'],
  ])('%j: %s', (text, problem) => {
    expect(readGoMod(text).problem).toBe(problem)
  })
})

describe('the manifest', () => {
  it('names the module and what it requires', () => {
    const manifest = readManifest(ref, new Map([['go.mod', file('module m.example/x\nrequire __proto__ v1.0.0\n')]]))
    expect(manifest).toMatchObject({ name: 'm.example/x', file: 'go.mod', problem: null })
    expect(Object.keys(manifest.dependencies)).toEqual(['__proto__'])
  })

  it('may be missing', () => {
    expect(readManifest(ref, new Map())).toMatchObject({ name: null, file: null, raw: null, problem: null })
  })

  it('is not read when only its beginning is there', () => {
    expect(readManifest(ref, new Map([['go.mod', { ...file('module m.example/x'), truncated: true }]])).problem).toBe('go.mod is too large to read')
  })
})
