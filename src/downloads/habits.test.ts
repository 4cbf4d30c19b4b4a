import { describe, expect, it } from 'vitest'
import { readAgent } from '../core/client.ts'
import type { EcosystemId } from '../core/types.ts'
import { habitKey } from './delivery.ts'
import type { Visit } from './delivery.ts'
import { Habits } from './habits.ts'

const PIP = 'pip/24.0 {"ci":null,"installer":{"name":"pip","version":"24.0"}}'
const visit = (changes: Partial<Visit> & { agent?: never; says?: string }): Visit => {
  const { says = PIP, ...rest } = changes
  return { at: 0, contact: 'file', ecosystem: 'pypi' as EcosystemId, name: 'colours', version: '1.0', file: 'colours-1.0.tar.gz', caller: 'somebody', ...rest, agent: readAgent(says) }
}

function habitOf(visits: readonly Visit[], about: { ecosystem: EcosystemId; name: string } | null = { ecosystem: 'pypi', name: 'colours' }) {
  const habits = new Habits()
  for (const one of visits) habits.see(one)
  const [first] = visits
  return first ? habits.of(habitKey(first.caller, first.agent), about) : null
}

const WHEELS = ['manylinux_2_17_x86_64', 'musllinux_1_1_x86_64', 'macosx_11_0_arm64', 'win_amd64', 'win32'].map((platform) => `colours-1.0-cp312-cp312-${platform}.whl`)
const names = (count: number, order: (index: number) => number = (index) => index): string[] =>
  Array.from({ length: count }, (_, index) => `p${String(order(index)).padStart(6, '0')}`)

describe('habits', () => {
  it('sees who takes every file of a version, whatever it says', () => {
    expect(habitOf(['colours-1.0.tar.gz', ...WHEELS].map((file, index) => visit({ file, at: index * 500 }))))
      .toEqual({ class: 'mirror', because: 'took all 6 files of 1.0 within 3 s, also those for other systems' })
  })

  it('says how many there were besides', () => {
    const others = ['a', 'b'].map((build) => visit({ caller: 'another', file: `colours-1.0-${build}.tar.gz` }))
    const habits = new Habits()
    for (const one of [...others, ...WHEELS.map((file, index) => visit({ file, at: 1_000 + index }))]) habits.see(one)
    expect(habits.of(habitKey('somebody', readAgent(PIP)))?.because).toBe('took 5 of 7 files of 1.0 within 1 s, also those for other systems (pypi:colours)')
  })

  it.each<[string, Visit[]]>([
    ['an install', [visit({})]],
    ['several machines behind one address, over an hour', WHEELS.map((file, index) => visit({ file, at: index * 700_000 }))],
    ['many wheels for one system', Array.from({ length: 12 }, (_, index) => visit({ file: `colours-1.0-cp3${index}-cp3${index}-win_amd64.whl` }))],
    ['a resolver that looks at old versions', Array.from({ length: 40 }, (_, index) => visit({ version: `1.${index}`, file: `colours-1.${index}.tar.gz`, at: index * 1_000 }))],
    ['a sorted lockfile', names(1_300).map((name, index) => visit({ name, file: `${name}.tgz`, at: index }))],
    ['a metadata reader that installs, too', [...names(200).map((name) => visit({ name, contact: 'index', version: null, file: null })), visit({})]],
    ['updates over months', Array.from({ length: 80 }, (_, index) => visit({ version: `1.${index}`, file: `colours-1.${index}.tar.gz`, at: index * 86_400_000 }))],
  ])('makes nothing of %s', (_, visits) => {
    expect(habitOf(visits)).toBeNull()
  })

  it.each<[string, Visit[], string, RegExp]>([
    ['many versions at once', Array.from({ length: 25 }, (_, index) => visit({ says: 'curl/8', version: `1.${index}`, file: `${index}.tgz`, at: index * 1_000 })), 'mirror', /^took 20 versions within 19 s of this package$|^took 25 versions/],
    ['the alphabet', names(150).map((name, index) => visit({ says: 'python-requests/2', name, file: `${name}.tgz`, at: index * 60_000 })), 'mirror', /^took 150 packages in the order of the alphabet$/],
    ['the alphabet, by something that says it is an installer', names(2_500).map((name, index) => visit({ name, file: `${name}.tgz`, at: index * 100 })), 'mirror', /^took 2,500 packages in the order/],
    ['more packages than any project has', names(5_100, (index) => (index * 7_919) % 5_101).map((name, index) => visit({ name, file: `${name}.tgz`, at: index * 1_000 })), 'mirror', /^took 5,100 different packages within 85 min$/],
    ['the speed of a feed', names(30, (index) => (index * 17) % 31).map((name, index) => visit({ name, file: `${name}.tgz`, at: index * 3_600_000, publishedAt: index * 3_600_000 - 90_000 })), 'scanner', /^took 30 of 30 packages within ten minutes of their publication$/],
    ['documents alone', names(60).map((name) => visit({ name, contact: 'index', version: null, file: null })), 'scanner', /^read the documents of 60 packages and took none$/],
  ])('sees %s', (_, visits, kind, because) => {
    const habit = habitOf(visits)
    expect(habit?.class).toBe(kind)
    expect(habit?.because).toMatch(because)
  })

  it('keeps tools behind one address apart', () => {
    const habits = new Habits()
    for (const [index, name] of names(150).entries()) habits.see(visit({ says: 'curl/8', name, file: `${name}.tgz`, at: index }))
    habits.see(visit({}))
    expect(habits.of(habitKey('somebody', readAgent('curl/8')))).not.toBeNull()
    expect(habits.of(habitKey('somebody', readAgent(PIP)))).toBeNull()
  })

  it('remembers names as they are', () => {
    expect(habitOf([visit({ name: '__proto__', version: 'constructor', file: 'toString' })], { ecosystem: 'pypi', name: '__proto__' })).toBeNull()
  })
})
