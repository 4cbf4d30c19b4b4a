import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Act } from '../../tracing/act.ts'
import { Installs } from './installs.ts'

let folder: string
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'sluice-installs-')) })
afterEach(() => { rmSync(folder, { recursive: true, force: true }) })

const act = (kind: Act['kind'], target: string, more: Partial<Act> = {}): Act => ({ kind, at: 0, pid: 1, target, done: true, seen: ['call'], by: null, ...more })
const shown = (changes: ReturnType<Installs['settle']>): string[] => changes.map(({ what, package: { ecosystem, name, version } }) => `${what} ${ecosystem}:${name}@${version}`)

function put(path: string, text: string): string {
  const whole = join(folder, path)
  mkdirSync(join(whole, '..'), { recursive: true })
  writeFileSync(whole, text)
  return whole
}

describe('what came and went', () => {
  it('is a package where its manifest was written, linked or moved, by what the disk says', () => {
    const installs = new Installs()
    installs.see(act('write', put('node_modules/a/package.json', '{"version":"1.0.0"}')))
    installs.see(act('link', put('node_modules/@s/b/package.json', '{"version":"2.0.0"}')))
    put('node_modules/c/package.json', '{"version":"3.0.0"}')
    installs.see(act('rename', join(folder, 'node_modules/.c-x1'), { other: join(folder, 'node_modules/c') }))
    installs.see(act('write', put('node_modules/a/lib/index.js', '')))
    expect(shown(installs.settle())).toEqual(['installed npm:a@1.0.0', 'installed npm:@s/b@2.0.0', 'installed npm:c@3.0.0'])
    expect(installs.settle()).toEqual([])
  })

  it('is gone where the manifest is', () => {
    const installs = new Installs()
    installs.see(act('delete', join(folder, 'node_modules/old/package.json')))
    installs.see(act('delete', join(folder, 'lib/site-packages/Old_Thing-1.2.dist-info/RECORD')))
    expect(shown(installs.settle())).toEqual(['removed npm:old@null', 'removed pypi:old-thing@1.2'])
  })

  it('is a distribution or a module by its folder or archive', () => {
    const installs = new Installs()
    installs.see(act('write', put('lib/site-packages/My_Pkg-2.0.dist-info/METADATA', 'x')))
    installs.see(act('rename', join(folder, 'x.tmp'), { other: put('go/pkg/mod/cache/download/go.acme.example/x/@v/v1.0.0.zip', 'x') }))
    expect(shown(installs.settle())).toEqual(['installed pypi:my-pkg@2.0', 'installed go:go.acme.example/x@v1.0.0'])
  })

  it('does not wait for pipes, follow links or believe what is no manifest', () => {
    const installs = new Installs()
    installs.see(act('write', put('node_modules/bad/package.json', '{"version":{"__proto__":1}}')))
    installs.see(act('write', join(folder, 'node_modules/nowhere/package.json')))
    installs.see(act('write', join(folder, 'node_modules/failed/package.json'), { done: false }))
    expect(installs.settle()).toEqual([])
  })
})
