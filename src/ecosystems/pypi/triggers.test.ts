import { describe, expect, it } from 'vitest'
import type { PackageFile } from '../../core/types.ts'
import { pypi } from './pypi.ts'

const archive = (contents: Readonly<Record<string, string>>): Map<string, PackageFile> => new Map(Object.entries(contents).map(([path, content]) => [
  path, { path, size: content.length, mode: 0o644, bytes: Buffer.from(content), truncated: false, sha256: '' },
]))
const ref = { ecosystem: 'pypi', name: 'foo', version: '1.0', file: 'foo-1.0.tar.gz' } as const
const manifestOf = (contents: Readonly<Record<string, string>>): ReturnType<typeof pypi.readManifest> => pypi.readManifest(ref, archive(contents))
const triggersOf = (contents: Readonly<Record<string, string>>): string[] => {
  const files = archive(contents)
  return pypi.triggers(pypi.readManifest(ref, files), files).map(({ kind, name, file }) => `${kind} | ${name} | ${file}`)
}

const METADATA = `Metadata-Version: 2.1
Name: Foo_Bar
Version: 1.0-1
Summary: does
  things
Author-email: A <a@mail.example>
Project-URL: Source Code, https://code.example/foo
Requires-Dist: Requests[socks] (>=2,<3) ; python_version > "3"
Requires-Dist: requests>=1; python_version < "3"
Requires-Dist: evil @ https://files.example/evil-1.0.tar.gz ; extra == "x"
requires-dist: plain

Requires-Dist: not-this
`

describe('manifests', () => {
  it('come from core metadata', () => {
    expect(manifestOf({ 'foo-1.0.dist-info/METADATA': METADATA, 'foo-1.0.dist-info/entry_points.txt': '[console_scripts]\n foo = foo.cli:main [extra]\n[x.y]\nz=foo.z\n' })).toMatchObject({
      name: 'foo-bar', version: '1.0.post1', description: 'does things', repository: 'https://code.example/foo', authors: ['A <a@mail.example>'],
      dependencies: { requests: '>=2,<3 or >=1', evil: 'https://files.example/evil-1.0.tar.gz', plain: '*' },
      scripts: { foo: 'foo.cli:main' }, entryPoints: ['foo.cli:main', 'foo.z'], file: 'foo-1.0.dist-info/METADATA', problem: null,
    })
  })

  it('of an sdist have everything its install fetches', () => {
    expect(manifestOf({
      'PKG-INFO': 'Name: foo\nVersion: 1.0\n',
      'pyproject.toml': `[build-system]\nrequires = [\n  "setuptools>=40", # why\n  'evil @ git+https://code.example/evil',\n]\n[project]\ndependencies = ["a<2"]\noptional-dependencies = {x = ["b"]}\n`,
      'setup.cfg': '[options]\ninstall_requires =\n    c>=1\n    d\n',
      'foo.egg-info/requires.txt': 'e\n\n[x]\nf==1\n',
    }).dependencies).toEqual({ setuptools: '>=40', evil: 'git+https://code.example/evil', a: '<2', b: '*', c: '>=1', d: '*', e: '*', f: '==1' })
  })

  it('of a Poetry project have its own table', () => {
    const pyproject = '[tool.poetry]\nname = "Foo"\n[tool.poetry.dependencies]\npython = "^3"\na = "^1"\nb = {version = "2", extras = ["x"]}\nc = {git = "https://code.example/c"}\nd = {path = "x/d"}\n'
    expect(manifestOf({ 'pyproject.toml': pyproject })).toMatchObject({
      name: 'foo', dependencies: { a: '^1', b: '2', c: 'git+https://code.example/c', d: 'file:x/d' },
    })
  })

  it.each([
    ['nothing', {}, /there is no METADATA/],
    ['two metadata files', { 'a.dist-info/METADATA': 'Name: a', 'b.dist-info/METADATA': 'Name: b' }, /2 metadata files/],
    ['an unreadable pyproject.toml', { 'PKG-INFO': 'Name: a', 'pyproject.toml': '[build-system\nx = "' }, /lines that could not be read/],
  ])('with %s say so', (_what, contents, problem) => { expect(manifestOf(contents).problem).toMatch(problem) })

  it('are safe with names of object members', () => {
    const { dependencies } = manifestOf({ 'PKG-INFO': 'Name: a\nRequires-Dist: constructor>1\n__proto__: x\n' })
    expect(Object.entries(dependencies)).toEqual([['constructor', '>1']])
  })
})

describe('triggers', () => {
  it.each<[string, Readonly<Record<string, string>>, string[]]>([
    ['setup.py', { 'setup.py': 'setup(cmdclass={})' }, ['install-hook | setup.py | setup.py', 'install-hook | cmdclass | setup.py']],
    ['setup.py beside another back end', { 'setup.py': '', 'pyproject.toml': '[build-system]\nbuild-backend = "hatchling.build"' }, ['build | setup.py | setup.py']],
    ['a back end inside', { 'pyproject.toml': '[build-system]\nbuild-backend = "be.x:api"\nbackend-path = ["_build"]', '_build/be/x.py': '' }, ['install-hook | build-backend be.x:api | _build/be/x.py']],
    ['a back end at the root', { 'pyproject.toml': 'build-system = {build-backend = "be", backend-path = ["."]}', 'be/__init__.py': '' },
      ['install-hook | build-backend be | be/__init__.py', 'import | be | be/__init__.py']],
    ['a back end nobody knows', { 'pyproject.toml': '[build-system]\nbuild-backend = "odd"' }, ['install-hook | build-backend odd | pyproject.toml']],
    ['a back end that cannot be read', { 'pyproject.toml': '[build-system]\nbuild-backend = ???' }, ['install-hook | build-backend (unreadable) | pyproject.toml']],
    ['hooks of known back ends', {
      'pyproject.toml': '[build-system]\nbuild-backend = "hatchling.build"\n[tool.hatch.build.targets.wheel.hooks.custom]\npath = "h.py"\n[tool.poetry.build]\nscript = "b.py"\n',
      'h.py': '', 'pdm_build.py': '',
    }, ['install-hook | build hook h.py | h.py', 'install-hook | build hook b.py | null', 'install-hook | build hook pdm_build.py | pdm_build.py',
      'import | h | h.py', 'import | pdm_build | pdm_build.py']],
    ['command classes without setup.py', { 'setup.cfg': '[options]\ncmdclass =\n  install = foo.cmd.Install\n', 'src/foo/cmd.py': '' }, ['install-hook | cmdclass foo.cmd.Install | src/foo/cmd.py']],
    ['start-up files', { 'a.pth': 'x\nimport os; os.x()\n', 'b.pth': './lib\nimportant\n', 'z.data/data/sitecustomize.py': '' },
      ['startup | a.pth | a.pth', 'startup | sitecustomize.py | z.data/data/sitecustomize.py']],
    ['a wheel', {
      'foo-1.dist-info/METADATA': 'Name: foo', 'foo-1.dist-info/entry_points.txt': '[console_scripts]\nfoo=foo.cli:run\n[pytest11]\np=foo\n', 'setup.py': '',
      'foo/__init__.py': '', 'foo/cli.py': '', 'foo/sub/__init__.py': '', 'ns/part/__init__.py': '', 'one.py': '', 'foo-1.data/scripts/go.sh': '', 'foo-1.data/purelib/two.py': '',
    }, ['command | foo | foo/cli.py', 'test | pytest11 p | foo/__init__.py', 'command | go.sh | foo-1.data/scripts/go.sh', 'import | foo | foo/__init__.py',
      'import | ns.part | ns/part/__init__.py', 'import | one | one.py', 'import | two | foo-1.data/purelib/two.py']],
  ])('%s', (_what, contents, expected) => { expect(triggersOf(contents)).toEqual(expected) })
})
