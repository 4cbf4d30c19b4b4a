import { beforeAll, describe, expect, it } from 'vitest'
import { goZip } from '../harness/archives.ts'
import { runIn, whyNot } from '../harness/sandbox.ts'
import type { Seen } from '../harness/sandbox.ts'

const missing = await whyNot('go')
if (missing !== null) console.warn(`not tested: ${missing}`)

// No more of the standard library than what the driver's own programs need: nothing is built beforehand.
const MODULE = {
  'go.mod': 'module sample.example/thief\n\ngo 1.21\n',
  'thief.go': [
    'package thief', '', 'import "os"', '',
    'func init() {', '\thome, _ := os.UserHomeDir()', '\tkey, _ := os.ReadFile(home + "/.ssh/id_ed25519")', '\t_ = os.WriteFile("/tmp/taken.txt", key, 0o600)', '}', '',
    'func Greet(name string, path string) { _ = os.WriteFile("/tmp/greeted.txt", []byte(name+" "+path), 0o600) }', '',
    'func Quit() { os.Exit(4) }', '',
  ].join('\n'),
  'cmd/tool/main.go': 'package main\n\nimport "os"\n\nfunc main() { _ = os.WriteFile("/tmp/ran.txt", []byte(os.Args[len(os.Args)-1]), 0o600) }\n',
}

describe.skipIf(missing !== null)('a Go module', () => {
  let seen: Seen
  beforeAll(async () => {
    seen = await runIn({ ecosystem: 'go', name: 'sample.example/thief', version: 'v1.0.0', file: 'v1.0.0.zip' }, goZip('sample.example/thief', 'v1.0.0', MODULE), { timeMs: 360_000 })
  }, 400_000)

  it('is got, built and run to its end', () => {
    expect(seen.record.phases.map(({ phase, status, says }) => [phase, status, says])).toEqual([['install', 'completed', null], ['import', 'completed', null], ['execute', 'completed', null]])
    expect(seen.record.missing).toEqual([])
  })

  it('is seen to read a planted key when it is imported', () => {
    expect(seen.phase('laptop', 'import').acts.filter(({ kind, target }) => kind === 'read' && target.endsWith('/.ssh/id_ed25519'))).not.toEqual([])
    const [taken] = seen.acts('write', /^\/tmp\/taken\.txt$/)
    expect(taken?.honey?.map(({ token }) => token)).toEqual(['ssh-key'])
  })

  it('has its functions called, and its command run', () => {
    const left = (name: string): string => Buffer.from(seen.phase('laptop', 'execute').disk.find(({ path }) => path === `/tmp/${name}`)?.content ?? []).toString()
    expect(left('greeted.txt')).toBe('hello world data/products.json')
    expect(left('ran.txt')).toBe('hello world')
  })
})
