import { describe, expect, it } from 'vitest'
import { readProject } from './index.ts'
import { bytesOf, read, readSample, shown } from './testing.ts'

const dependencies = (path: string, text: string): string[] => read(path, text).dependencies.map(shown)

/** test/lockfiles/uv and pip-tools: what uv 0.13 and pip-tools wrote. */
describe('what tools wrote', () => {
  it.each<[string, string, string, string[]]>([
    ['uv', 'uv.lock', 'uv.lock 1', [
      'colorama 0.4.6 direct at index.example files at files.example :11', 'iniconfig 2.1.0 direct dev at index.example files at files.example :20', 'iniconfig 2.3.1 direct dev at index.example files at files.example :32',
      'python-dateutil 3.0.0 direct at index.example files at files.example :45', 'python-dateutil 4.0.0 direct at index.example files at files.example :62',
      'six 1.17.0 indirect of python-dateutil at index.example files at files.example :119', 'tomli 2.0.1 direct at index.example files at files.example :128',
      'types-six 1.17.0.20251009 direct dev at index.example files at files.example :137', 'types-six 1.17.0.20261008 direct dev at index.example files at files.example :149',
      'tzdata 2026.6 indirect of python-dateutil at index.example files at files.example :162',
    ]],
    ['uv', 'pylock.toml', 'pylock.toml 1.0', [
      'colorama 0.4.6 direct at index.example files at files.example :8', 'iniconfig 2.1.0 direct dev at index.example files at files.example :16', 'iniconfig 2.3.1 direct dev at index.example files at files.example :24',
      'python-dateutil 3.0.0 direct at index.example files at files.example :32', 'python-dateutil 4.0.0 direct at index.example files at files.example :40', 'sample path . :48', 'six 1.17.0 at index.example files at files.example :52',
      'types-six 1.17.0.20251009 direct dev at index.example files at files.example :60', 'types-six 1.17.0.20261008 direct dev at index.example files at files.example :68', 'tzdata 2026.6 at index.example files at files.example :76',
    ]],
    ['uv', 'pyproject.toml', 'pyproject.toml', [
      'hatchling <>=1.20> direct dev :2', 'python-dateutil (Python_DateUtil) <>=2.8> direct :10', 'colorama <>=0.4> direct :11', 'tomli 2.0.1 <==2.0.1> direct :15', 'iniconfig <>=1> direct dev :18', 'types-six <*> direct dev :19',
    ]],
    ['pip-tools', 'requirements.txt', 'requirements.txt', [
      'colorama 0.4.6 <==0.4.6> direct :9', 'python-dateutil 4.0.0 <==4.0.0> direct :13', 'tzdata 2026.6 <==2026.6> indirect of python-dateutil :17',
    ]],
  ])('%s/%s', (folder, path, format, expected) => {
    const file = readSample(folder, path)
    expect(file.format).toBe(format)
    expect(file.dependencies.map(shown)).toEqual(expected)
    expect(file.problems).toEqual([])
  })

  it('has the digests of every file', () => {
    const of = (folder: string, path: string) => readSample(folder, path).dependencies.find(({ name }) => name === 'colorama')?.digests.toSorted()
    const digests = ['sha256:08695f5cb7ed6e0531a20572697297273c47b8cae5a63ffc6d6ed5c201be6e44', 'sha256:4f1d9991f5acc0ca119f9d443620b77f9d6b33703e51011c16baf57afb285fc6']
    expect([of('uv', 'uv.lock'), of('uv', 'pylock.toml'), of('uv', 'requirements-uv.txt'), of('pip-tools', 'requirements.txt')]).toEqual([digests, digests, digests, digests])
  })
})

it('reads every kind of line of requirements.txt', () => {
  const file = read('requirements-dev.txt', `\ufeff-i https://user:secret@index.example/simple
--extra-index-url=https://extra.example/simple
-fhttps://links.example/
--trusted-host index.example
-r base.txt
-c constraints.txt
--frobnicate
Flask[async] >= 2.0, <3 ; python_version > "3.8"  # a comment
exact==1.0 \\
    --hash=sha256:AB12 \\
    --hash=sha256:cd34
tight===1.0
wild==1.*
direct @ https://files.example/direct-1.0.zip ; sys_platform == "linux"
git+https://code.example/a/b.git@v1#egg=b-thing
-e ./local
-e git+ssh://git@code.example/c.git@main#egg=c
./wheels/w_x-2.0-py3-none-any.whl
https://files.example/s-dist-3.1.tar.gz
==1.0
-e .
`.replaceAll('\n', '\r\n'))
  expect(file.dependencies.map(shown)).toEqual([
    'flask (Flask) <>= 2.0, <3> :8', 'exact 1.0 <==1.0> :9', 'tight 1.0 <===1.0> :12', 'wild <==1.*> :13', 'direct <https://files.example/direct-1.0.zip> url https://files.example/direct-1.0.zip :14',
    'b-thing <git+https://code.example/a/b.git@v1#egg=b-thing> git https://code.example/a/b.git@v1#egg=b-thing :15', 'local <./local> path ./local :16',
    'c <git+ssh://git@code.example/c.git@main#egg=c> git ssh://git@code.example/c.git@main#egg=c :17', 'w-x (w_x) 2.0 <./wheels/w_x-2.0-py3-none-any.whl> path ./wheels/w_x-2.0-py3-none-any.whl :18',
    's-dist 3.1 <https://files.example/s-dist-3.1.tar.gz> url https://files.example/s-dist-3.1.tar.gz :19',
  ])
  expect(file.dependencies[1]?.digests).toEqual(['sha256:ab12', 'sha256:cd34'])
  expect(file.indexes).toEqual([
    { kind: 'index', url: 'https://index.example/simple', host: 'index.example', line: 1 }, { kind: 'extra-index', url: 'https://extra.example/simple', host: 'extra.example', line: 2 },
    { kind: 'find-links', url: 'https://links.example/', host: 'links.example', line: 3 },
  ])
  expect(file.problems).toEqual([
    { line: 5, says: 'requirements in base.txt are a file of their own, which was not given', elsewhere: true }, { line: 6, says: 'constraints in constraints.txt are a file of their own, which was not given' },
    { line: 7, says: 'the option --frobnicate is not known: it was not read' }, { line: 20, says: 'this is no requirement that can be read: ==1.0' },
    { line: 21, says: 'what lies at . has no name here: it was left out' },
  ])
})

it('misses no file that was given beside the one that includes it', () => {
  const files = readProject([{ path: 'a/requirements.txt', bytes: bytesOf('-r base/requirements.txt\n-c ../constraints.txt\n-r missing.txt\n') }, { path: 'a/base/requirements.txt', bytes: bytesOf('x\n') }, { path: 'constraints.txt', bytes: bytesOf('x==1\n') }])
  expect(files.map(({ problems }) => problems.map(({ line }) => line))).toEqual([[3], [], []])
})

it('reads pyproject.toml of poetry, pdm and uv', () => {
  const file = read('pyproject.toml', `
[tool.poetry.dependencies]
python = "^3.9"
Requests = "^2.31"
pinned = "1.2.3"
gitty = { git = "https://code.example/a/b.git", rev = "abc" }
near = { path = "../near", develop = true }
several = [ { version = "<2", python = "<3.9" }, { url = "https://files.example/x.whl" } ]
[tool.poetry.group.test.dependencies]
pytest = { version = ">=8", optional = true }
[tool.poetry.dev-dependencies]
old = "*"
[[tool.poetry.source]]
name = "mine"
url = "https://mine.example/simple"
priority = "supplemental"
[project]
dependencies = [
  "from-git",
  "plain>=1",
  "-bad-",
]
[tool.uv]
dev-dependencies = ["ruff==0.1.0"]
extra-index-url = ["https://second.example/simple"]
[tool.uv.sources]
from-git = { git = "https://code.example/x.git", tag = "v1" }
[[tool.uv.index]]
url = "https://uv.example/simple"
default = true
[tool.pdm.dev-dependencies]
lint = ["-e file:///x#egg=edit", "flake8"]
`)
  expect(file.dependencies.map(shown)).toEqual([
    'requests (Requests) <^2.31> direct :4', 'pinned 1.2.3 <1.2.3> direct :5', 'gitty <https://code.example/a/b.git#abc> direct git https://code.example/a/b.git#abc :6', 'near <../near> direct path ../near :7',
    'several <<2> direct :8', 'several <https://files.example/x.whl> direct url https://files.example/x.whl :8', 'pytest <>=8> direct dev :10', 'old <*> direct dev :12',
    'from-git <*> direct git https://code.example/x.git#v1 :19', 'plain <>=1> direct :20', 'ruff 0.1.0 <==0.1.0> direct dev :24', 'edit <*> direct dev :32', 'flake8 <*> direct dev :32',
  ])
  expect(file.indexes.map(({ kind, host, line }) => [kind, host, line])).toEqual([['extra-index', 'mine.example', 15], ['extra-index', 'second.example', 25], ['index', 'uv.example', 29]])
  expect(file.problems).toEqual([{ line: 21, says: 'project.dependencies: this is no requirement that can be read: -bad-' }])
})

it('reads Pipfile and Pipfile.lock', () => {
  const pipfile = read('Pipfile', '[[source]]\nurl = "https://index.example/simple"\nverify_ssl = true\n[packages]\nrequests = "==2.31.0"\nx = {git = "https://code.example/x.git", ref = "main"}\n[dev-packages]\npytest = "*"\n[requires]\npython_version = "3.11"\n')
  expect(pipfile.dependencies.map(shown)).toEqual(['requests 2.31.0 <==2.31.0> direct :5', 'x <https://code.example/x.git#main> direct git https://code.example/x.git#main :6', 'pytest <*> direct dev :8'])
  expect(pipfile.indexes).toEqual([{ kind: 'index', url: 'https://index.example/simple', host: 'index.example', line: 2 }])
  const lock = read('Pipfile.lock', JSON.stringify({
    _meta: { sources: [{ name: 'a', url: 'https://a.example/simple' }, { name: 'b', url: 'https://b.example/simple' }] },
    default: { requests: { hashes: ['sha256:ab'], index: 'b', version: '==2.31.0' }, g: { git: 'https://code.example/g.git', ref: 'abc' } },
    develop: { pytest: { version: '==8.0' } },
  }, null, 1))
  expect(lock.dependencies.map(shown)).toEqual(['requests 2.31.0 <==2.31.0> at b.example :15', 'g git https://code.example/g.git#abc :22', 'pytest 8.0 <==8.0> dev :28'])
  expect(lock.indexes.map(({ kind, host }) => [kind, host])).toEqual([['index', 'a.example'], ['extra-index', 'b.example']])
})

it('reads setup.cfg', () => {
  const file = read('setup.cfg', '[metadata]\nname = x\n[options]\ninstall_requires =\n    Requests>=2\n    six; python_version < "3"\n    !!\n[options.extras_require]\nweb = flask==3.0.0\n')
  expect(file.dependencies.map(shown)).toEqual(['requests (Requests) <>=2> direct :5', 'six <*> direct :6', 'flask 3.0.0 <==3.0.0> direct :9'])
  expect(file.problems).toEqual([{ line: 7, says: 'install_requires: this is no requirement that can be read: !!' }])
})

it('reads poetry.lock, with what pyproject.toml beside it asks for', () => {
  const text = `# This file is automatically @generated
[[package]]
name = "Flask"
version = "3.0.0"
files = [
    {file = "flask-3.0.0.tar.gz", hash = "sha256:aa"},
]
[package.dependencies]
jinja2 = ">=3"
click = {version = ">=8", markers = "x"}

[[package]]
name = "jinja2"
version = "3.1.0"
description = """
[[package]]
name = "not one"
"""

[[package]]
name = "click"
version = "8.0.0"
[package.source]
type = "git"
url = "https://code.example/click.git"
reference = "main"
resolved_reference = "abc"

[[package]]
name = "pytest"
version = "8.0"
groups = ["dev"]

[metadata]
lock-version = "2.0"
[metadata.files]
jinja2 = [{file = "j.whl", hash = "sha256:bb"}]
`
  const [lock] = readProject([{ path: 'a/poetry.lock', bytes: bytesOf(text) }, { path: 'a/pyproject.toml', bytes: bytesOf('[project]\ndependencies = ["flask"]') }])
  expect(lock?.format).toBe('poetry.lock 2.0')
  expect(lock?.dependencies.map(shown)).toEqual([
    'flask (Flask) 3.0.0 direct :3', 'jinja2 3.1.0 indirect of flask :13', 'click 8.0.0 indirect of flask git https://code.example/click.git#abc :21', 'pytest 8.0 dev :30',
  ])
  expect(lock?.dependencies.map(({ digests }) => digests)).toEqual([['sha256:aa'], ['sha256:bb'], [], []])
  expect(read('poetry.lock', text.slice(0, text.indexOf('[metadata]'))).problems).toEqual([{ line: null, says: 'the metadata at the end is missing: the file may be cut off', broken: true }])
})

it('reads pdm.lock', () => {
  expect(dependencies('pdm.lock', `[metadata]
lock_version = "4.4.1"
[[package]]
name = "a"
version = "1.0"
groups = ["default"]
dependencies = ["b>=1"]
files = [{url = "https://files.example/a.whl", hash = "sha256:aa"}]
[[package]]
name = "a"
version = "1.0"
extras = ["x"]
dependencies = ["a==1.0", "c"]
[[package]]
name = "b"
version = "2.0"
groups = ["default"]
[[package]]
name = "c"
version = "3.0"
groups = ["test"]
git = "https://code.example/c.git"
revision = "abc"
`)).toEqual(['a 1.0 files at files.example :4', 'b 2.0 of a :15', 'c 3.0 of a dev git https://code.example/c.git#abc :19'])
})

it('reads uv.lock with addresses, folders and members of a workspace', () => {
  expect(dependencies('uv.lock', `version = 1
[[package]]
name = "root"
version = "0"
source = { virtual = "." }
dependencies = [{ name = "member" }, { name = "addr" }]
[[package]]
name = "member"
version = "0"
source = { editable = "packages/member" }
dependencies = [{ name = "git-one" }]
[[package]]
name = "addr"
version = "1"
source = { url = "https://files.example/addr.whl" }
[[package]]
name = "git-one"
version = "1"
source = { git = "https://code.example/g.git?rev=main#abc" }
`)).toEqual(['member 0 direct workspace packages/member :8', 'addr 1 direct url https://files.example/addr.whl :13', 'git-one 1 direct git https://code.example/g.git?rev=main#abc :17'])
})
