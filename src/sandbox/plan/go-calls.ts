import type { PackageFile } from '../../core/types.ts'
import { GIVEN } from './given.ts'
import { REST } from './go-rest.ts'

/** A program that calls functions of one package, each by its number, with plausible arguments. */
export interface GoCalls {
  source: string
  count: number
}

const MOST_PACKAGES = 40
const MOST_CALLS = 60
const LARGEST = 512 * 1024
const MOST_FUNCTIONS = 2_000

/**
 * Programs for the packages of a module that have exported functions and methods with simple parameters. Signatures are read by
 * their form alone; where one is read wrongly, that program does not compile in the box and its package is only imported. `fast`:
 * time of these programs runs fast.
 */
export function goCalls(module: string, files: ReadonlyMap<string, PackageFile>, fast = false): GoCalls[] {
  const packages = new Map<string, PackageFile[]>()
  for (const file of files.values()) {
    if (!/^(?:[\w.~/-]*\/)?[\w.~-]+\.go$/.test(file.path) || file.path.endsWith('_test.go') || OUT.test(file.path) || file.truncated || file.size > LARGEST) continue
    const folder = file.path.split('/').slice(0, -1).join('/')
    packages.set(folder, [...packages.get(folder) ?? [], file])
  }
  return [...packages].slice(0, MOST_PACKAGES).flatMap(([folder, all]) => {
    const calls = all.flatMap(callsOf).slice(0, MOST_CALLS)
    return calls.length === 0 ? [] : [{ count: calls.length, source: program(folder === '' ? module : `${module}/${folder}`, calls, fast) }]
  })
}

const OUT = /(?:^|\/)(?:internal|testdata|vendor|_[^/]*|\.[^/]*)\/|_(?:windows|darwin|js|wasm|plan9|freebsd|netbsd|openbsd|solaris|android|ios|aix)(?:_\w+)?\.go$/

const FUNCTION = /^func (?:\((?:\w+ )?\*?([A-Z]\w*)\) )?([A-Z]\w*)\(([^()]*(?:\(\)[^()]*)?)\)/gm

function callsOf({ bytes }: PackageFile): string[] {
  const text = new TextDecoder().decode(bytes)
  if (/^package main\b/m.test(text) || !/^package \w+/m.test(text) || /^\/\/go:build (?:ignore|windows|darwin)/m.test(text)) return []
  const calls: string[] = []
  for (const [, receiver, name = '', parameters = ''] of text.matchAll(FUNCTION)) {
    if (calls.length >= MOST_FUNCTIONS) break
    const values = valuesOf(parameters)
    if (values === null) continue
    calls.push(receiver === undefined ? `target.${name}(${values.join(', ')})` : `new(target.${receiver}).${name}(${values.join(', ')})`)
  }
  return calls
}

/** `a, b string, n int` → an expression each; null: a type that is not simple. */
function valuesOf(parameters: string): string[] | null {
  const parts = parameters.split(',').map((one) => one.trim()).filter(Boolean)
  const values: string[] = []
  let type: string | null = null
  for (const part of parts.toReversed()) {
    const space = part.indexOf(' ')
    const named: boolean = space > 0 && /^\w+$/.test(part.slice(0, space))
    if (named) type = part.slice(space + 1).trim()
    // Without a type it shares the next one's, or it is a type alone.
    else if (type === null || Object.hasOwn(VALUES, part)) type = part
    const value = type === null ? undefined : valueOf(named ? part.slice(0, space) : part, type.replace(/^\.\.\./, ''))
    if (value === undefined) return null
    values.unshift(value)
  }
  return values
}

function valueOf(name: string, type: string): string | undefined {
  if (type === 'string' && /ur[il]|endpoint|href/i.test(name)) return JSON.stringify(GIVEN.url)
  if (type === 'string' && /path|file/i.test(name)) return JSON.stringify(GIVEN.file)
  if (type === 'string' && /host|domain|server/i.test(name)) return JSON.stringify(GIVEN.host)
  return Object.hasOwn(VALUES, type) ? VALUES[type] : undefined
}

const TEXT = JSON.stringify(GIVEN.text)
const VALUES: Readonly<Record<string, string>> = {
  string: TEXT, bool: 'true', '[]byte': `[]byte(${TEXT})`, '[]string': `[]string{${TEXT}}`, error: 'errors.New("failed")', any: TEXT, 'interface{}': TEXT, rune: "'a'", byte: "'a'",
  'context.Context': 'context.Background()', 'io.Reader': `strings.NewReader(${TEXT})`, 'io.Writer': 'io.Discard', 'time.Duration': 'time.Second', 'time.Time': 'time.Now()', 'func()': 'func() {}',
  ...Object.fromEntries(['int', 'int8', 'int16', 'int32', 'int64', 'uint', 'uint8', 'uint16', 'uint32', 'uint64', 'float32', 'float64'].map((one) => [one, '7'])),
}

const SHORT = `select {
	case <-done:
		time.Sleep(50 * time.Millisecond)
	case <-time.After(2 * time.Second):
	}`

function program(path: string, calls: readonly string[], fast: boolean): string {
  return `package main

import (
	"context"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
${fast ? '\t"syscall"\n' : ''}	"time"

	target ${JSON.stringify(path)}
)

var _, _, _, _ = context.Background, errors.New, io.Discard, strings.NewReader

func main() {
	calls := []func(){
${calls.map((call) => `\t\tfunc() { ${call} },`).join('\n')}
	}
	at, _ := strconv.Atoi(os.Args[1])
	done := make(chan bool)
	go func() {
		defer close(done)
		defer func() { _ = recover() }()
		calls[at]()
	}()
	${fast ? 'rest(5000, done)' : SHORT}
}
${fast ? REST : ''}`
}
