import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startFakePypi } from '../fakes/pypi.ts'
import type { FakePypi } from '../fakes/pypi.ts'
import { PYTHON_CLIENTS } from '../harness/clients.ts'
import { installed, projectFolder, writeProject } from '../harness/projects.ts'
import { run as runProgram } from '../harness/run.ts'
import { startBench } from './bench.ts'
import type { Bench } from './bench.ts'

/** A build back end (PEP 517) that an sdist needs from the index: writes the smallest wheel. */
const BACKEND = `import os, zipfile
def build_wheel(folder, settings=None, metadata=None):
    name = 'built_by_other-0.2-py3-none-any.whl'
    info = 'built_by_other-0.2.dist-info/'
    with zipfile.ZipFile(os.path.join(folder, name), 'w') as out:
        out.writestr('built_by_other.py', '')
        out.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: built-by-other\\nVersion: 0.2\\n')
        out.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
        out.writestr(info + 'RECORD', '')
    return name
`

let pypi: FakePypi
let bench: Bench

beforeAll(async () => {
  pypi = await startFakePypi([
    {
      name: 'Top.Level', files: [
        { version: '1.0', requires: ['low>=1', 'more-parts; extra == "more"'], headers: ['Provides-Extra: more'], entryPoints: '[console_scripts]\ntop = top_level:main\n', files: { 'top_level.py': 'def main():\n    print("top ran")\n' } },
        { version: '2.0' },
      ],
    },
    { name: 'low', files: [{ version: '1.0' }, { version: '1.1' }, { version: '1.2', yanked: 'broken on Tuesdays' }] },
    { name: 'more-parts', files: [{ version: '0.3' }] },
    { name: 'from-source', files: [{ version: '0.1', kind: 'sdist', buildsItself: true }] },
    { name: 'tiny-backend', files: [{ version: '1.0', files: { 'tiny_backend.py': BACKEND } }] },
    {
      name: 'built-by-other', files: [{
        version: '0.2', kind: 'sdist', files: { 'pyproject.toml': '[build-system]\nrequires = ["tiny-backend"]\nbuild-backend = "tiny_backend"\n' },
      }],
    },
  ])
  bench = await startBench({ sources: { pypi: { url: pypi.index, sumdb: null } }, origins: [pypi.files.url] })
})

afterAll(async () => {
  await bench.close()
  await pypi.close()
})

const WANTED = { 'top.level[more]': '>=1,<2', 'from-source': '' }
const INSTALLED = ['from-source@0.1', 'low@1.1', 'more-parts@0.3', 'top-level@1.0']
const folder = (name: string): Promise<string> => projectFolder(bench.folder, name)

describe.each(PYTHON_CLIENTS)('%s', (client) => {
  it('installs ranges, an extra, wheels by their metadata, and an sdist', async () => {
    const cwd = await folder(client)
    await bench.must(client, cwd, await writeProject(client, cwd, WANTED, bench.gate))
    expect(await installed(client, cwd)).toEqual(INSTALLED)
  }, 120_000)

  it('installs a yanked version only when it is named', async () => {
    const cwd = await folder(`${client}-yanked`)
    await bench.must(client, cwd, await writeProject(client, cwd, { low: '==1.2' }, bench.gate))
    expect(await installed(client, cwd)).toEqual(['low@1.2'])
  }, 120_000)

  it('builds an sdist with a back end that comes through the gate, too', async () => {
    const cwd = await folder(`${client}-build`)
    await bench.must(client, cwd, await writeProject(client, cwd, { 'built-by-other': '' }, bench.gate))
    expect(await installed(client, cwd)).toEqual(['built-by-other@0.2'])
    const { lines } = await bench.gate.app.operator.trace({ ecosystem: 'pypi', name: 'tiny-backend' }, { kinds: ['served'] })
    expect(lines.map(({ entry }) => entry.client?.tool)).toContain(client)
  }, 120_000)

  it('says what is missing', async () => {
    const cwd = await folder(`${client}-missing`)
    const outcome = await bench.run(client, cwd, await writeProject(client, cwd, { absent: '>=1' }, bench.gate))
    expect(outcome.code).toBe(1)
    expect(outcome.text).toMatch(/absent.*(?:not found|doesn't match any versions)|No matching distribution found for absent|Because .* absent/s)
  }, 120_000)
})

describe('pip', () => {
  it('downloads without installing', async () => {
    const cwd = await folder('pip-download')
    await bench.must('pip', cwd, ['download', 'top-level<2', '--dest', 'wheels'])
    expect((await readdir(join(cwd, 'wheels'))).sort()).toEqual(['low-1.1-py3-none-any.whl', 'top_level-1.0-py3-none-any.whl'])
  })

  it('checks hashes that a person wrote down', async () => {
    const cwd = await folder('pip-hashes')
    const hash = (name: string, file: string): string => pypi.file(name, file).hashes['sha256'] as string
    const lock = (sha256: string): Promise<void> => writeFile(join(cwd, 'lock.txt'), `low==1.1 --hash=sha256:${sha256}\n`)
    await lock(hash('low', 'low-1.1-py3-none-any.whl'))
    await bench.must('pip', cwd, ['install', '--require-hashes', '-r', 'lock.txt'])
    await lock(hash('low', 'low-1.0-py3-none-any.whl'))
    const outcome = await bench.run('pip', cwd, ['install', '--require-hashes', '-r', 'lock.txt', '--target', 'other'])
    expect([outcome.code, outcome.text]).toEqual([1, expect.stringContaining('DO NOT MATCH THE HASHES')])
  })

  it('lists versions, as far as they are not yanked', async () => {
    const text = await bench.must('pip', await folder('pip-index'), ['index', 'versions', 'low'])
    expect(text).toContain('Available versions: 1.1, 1.0')
  })
})

describe('uv', () => {
  it('locks and syncs', async () => {
    const cwd = await folder('uv-lock')
    await writeFile(join(cwd, 'pyproject.toml'), '[project]\nname = "app"\nversion = "1.0"\nrequires-python = ">=3.9"\ndependencies = ["top-level[more]<2", "from-source"]\n')
    await bench.must('uv', cwd, ['lock'])
    await bench.must('uv', cwd, ['sync', '--frozen'])
    expect(await installed('poetry', cwd)).toEqual(INSTALLED)
    const ran = await runProgram([join(cwd, '.venv/bin/top')], { cwd, env: {}, timeoutMs: 20_000 })
    expect(ran.text).toBe('top ran\n')
  })
})

describe('poetry', () => {
  it('adds, locks and installs what it locked', async () => {
    const cwd = await folder('poetry-add')
    await writeProject('poetry', cwd, {}, bench.gate)
    await bench.must('poetry', cwd, ['add', 'top-level<2', '--lock', '--no-ansi'])
    await bench.must('poetry', cwd, ['install', '--no-root', '--no-ansi'])
    expect(await installed('poetry', cwd)).toEqual(['low@1.1', 'top-level@1.0'])
  }, 120_000)
})

describe('uv with a warm cache', () => {
  // pip keeps pages only from https.
  it('asks whether its pages still hold', async () => {
    const home = await folder('uv-home')
    const install = async (name: string): Promise<void> => {
      const cwd = await folder(name)
      await bench.must('uv', cwd, await writeProject('uv', cwd, { low: '' }, bench.gate), { home })
      expect(await installed('uv', cwd)).toEqual(['low@1.1'])
    }
    await install('uv-cold')
    const asked = vi.spyOn(bench.gate.app.door, 'index')
    await install('uv-warm')
    const kinds = (await Promise.all(asked.mock.results.map(({ value }) => value as ReturnType<typeof bench.gate.app.door.index>))).map(({ kind }) => kind)
    asked.mockRestore()
    expect(kinds).toEqual(['unchanged'])
  })
})
