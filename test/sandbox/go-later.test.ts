import { beforeAll, describe, expect, it } from 'vitest'
import { goZip } from '../harness/archives.ts'
import { runIn, whyNot } from '../harness/sandbox.ts'
import type { Seen } from '../harness/sandbox.ts'

const missing = await whyNot('go')
if (missing !== null) console.warn(`not tested: ${missing}`)

/** Waits of ten minutes and more, in ways that a language has several of. Each leaves what the clocks said in between. */
const MODULE = {
  'go.mod': 'module sample.example/waits\n\ngo 1.21\n',
  'waits.go': `package waits

import (
	"os"
	"syscall"
	"time"
)

var began = time.Now()

func left(name string) {
	_ = os.WriteFile("/tmp/"+name+".txt", []byte(time.Since(began).Round(time.Minute).String()), 0o600)
}

func init() {
	go func() { time.Sleep(10 * time.Minute); left("goroutine") }()
	// Would run the clock over, were time to go on to its end.
	go func() { time.Sleep(1<<63 - 1); left("never") }()
	time.AfterFunc(20*time.Minute, func() { left("timer") })
}

func Polls() {
	for time.Since(began) < 10*time.Minute { time.Sleep(time.Second) }
	left("polls")
}

func Spins() {
	for until := time.Now().Add(10 * time.Minute); time.Now().Before(until); { }
	left("spins")
}

func Asks() {
	_ = syscall.Nanosleep(&syscall.Timespec{Sec: 600}, nil)
	left("asks")
}
`,
}

describe.skipIf(missing !== null)('a Go module whose time runs fast', () => {
  let seen: Seen
  beforeAll(async () => {
    seen = await runIn({ ecosystem: 'go', name: 'sample.example/waits', version: 'v1.0.0', file: 'v1.0.0.zip' }, goZip('sample.example/waits', 'v1.0.0', MODULE), { passes: ['later'], timeMs: 360_000 })
  }, 400_000)

  it('is run to its end', () => {
    expect(seen.record.phases.map(({ phase, status, says }) => [phase, status, says])).toEqual([['install', 'completed', null], ['import', 'completed', null], ['execute', 'completed', null]])
    expect(seen.record.missing).toEqual([])
  })

  it.each([['import', 'goroutine', '10m0s'], ['import', 'timer', '20m0s'], ['execute', 'polls', '10m0s'], ['execute', 'spins', '10m0s'], ['execute', 'asks', '10m0s']] as const)('%s: %s is seen after what it takes for %s', (phase, name, after) => {
    expect(Buffer.from(seen.phase('later', phase).disk.find(({ path }) => path === `/tmp/${name}.txt`)?.content ?? []).toString()).toBe(after)
  })
})
