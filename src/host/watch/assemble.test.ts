import { describe, expect, it } from 'vitest'
import { Assembler, readOutput, Sorter } from './assemble.ts'
import type { Observation } from './observation.ts'
import type { Told } from './bpf-line.ts'

function assembled(lines: readonly string[]): { seen: Observation[]; names: string[] } {
  const seen: Observation[] = []
  const names: string[] = []
  const assembler = new Assembler({ sink: { see: (one) => void seen.push(one), lost: () => undefined, died: () => undefined }, named: (address, name) => void names.push(`${address} ${name}`), root: () => undefined })
  for (const data of lines) {
    const output = readOutput(JSON.stringify({ type: 'printf', data }))
    if (output?.what === 'line') assembler.take(output.read as Told)
  }
  return { seen, names }
}

describe('lines together', () => {
  it('give an exec its arguments, those of the last try', () => {
    const { seen } = assembled(['A 1 10 0 old', 'A 2 10 0 npm', 'A 2 10 1 ci', 'E 3 10 /usr/bin/npm'])
    expect(seen).toEqual([{ what: 'exec', at: 0.003, pid: 10, program: '/usr/bin/npm', argv: ['npm', 'ci'] }])
  })

  it('give an exec what hooks are told, of the last try', () => {
    const { seen } = assembled(['A 1 10 0 sh', 'V 1 10 npm_lifecycle_event=install', 'A 2 10 0 sh', 'V 2 10 npm_lifecycle_event=postinstall', 'V 2 10 npm_lifecycle_event=second', 'V 2 10 npm_package_name=__proto__', 'E 3 10 /bin/sh', 'E 4 10 /bin/true'])
    expect(seen).toMatchObject([{ told: { npm_lifecycle_event: 'postinstall', npm_package_name: '__proto__' } }, { program: '/bin/true' }])
    expect(seen[1]).not.toHaveProperty('told')
  })

  it('give a rename both names, a link what it leads to, an exit its code', () => {
    const { seen } = assembled(['r 1 10 -100 /a', 't 1 10 -100 /b', 'l 2 10 -100 /etc/shadow', 't 2 10 -100 /tmp/x', 'x 3 10 7', 'X 3 10', 't 4 10 -100 /alone'])
    expect(seen).toMatchObject([{ kind: 'rename', path: '/a', other: '/b' }, { kind: 'link', path: '/tmp/x', other: '/etc/shadow' }, { what: 'exit', exit: 7 }])
  })

  it('ask for a name once, though two kinds of address are asked for', () => {
    const query = '\\x01\\x02\\x01\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x01a\\x07example\\x00\\x00\\x01\\x00\\x01'
    const answer = '\\x01\\x02\\x81\\x80\\x00\\x01\\x00\\x01\\x00\\x00\\x00\\x00\\x01a\\x07example\\x00\\x00\\x01\\x00\\x01\\xc0\\x0c\\x00\\x01\\x00\\x01\\x00\\x00\\x00\\x09\\x00\\x04\\xc0\\x00\\x02\\x07'
    const { seen, names } = assembled([`D 1 10 ${query}`, `D 2 10 ${query}`, `d 3 10 ${answer}`])
    expect(seen).toMatchObject([{ kind: 'resolve', target: 'a.example' }])
    expect(names).toEqual(['192.0.2.7 a.example'])
  })

  it('come back into the order of time', () => {
    const sorter = new Sorter()
    for (const at of [5, 1, 40, 3]) sorter.push({ what: 'fork', at, pid: 1, child: at })
    expect(sorter.due(sorter.old).map(({ at }) => at)).toEqual([1, 3, 5])
    expect(sorter.due(Number.POSITIVE_INFINITY).map(({ at }) => at)).toEqual([40])
  })

  it('cannot be forged by what stands in a text', () => {
    const { seen } = assembled(['A 1 10 0 x\nE 1 10 /usr/bin/forged', 'E 2 10 /bin/true'])
    expect(seen).toMatchObject([{ what: 'exec', program: '/bin/true', argv: ['x\nE 1 10 /usr/bin/forged'] }])
  })

  it('are what bpftrace writes: lost events count, the rest is nothing', () => {
    expect(readOutput('{"type": "lost_events", "data": {"events": 12}}')).toEqual({ what: 'lost', count: 12 })
    for (const line of ['', '{', 'null', '{"type":"map","data":{"@tree":{}}}', '{"type":"attached_probes","data":{"probes":3}}']) expect(readOutput(line)).toBeNull()
  })
})
