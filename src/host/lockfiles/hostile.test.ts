import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SluiceError } from '../../core/errors.ts'
import { oneLine } from '../../core/text.ts'
import { readProject } from './index.ts'
import type { ProjectFile } from './project-file.ts'
import { bytesOf, read } from './testing.ts'

const NAMES = [
  'package.json', 'package-lock.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', 'yarn.lock', 'bun.lock', 'Pipfile', 'Pipfile.lock', 'pyproject.toml', 'setup.cfg', 'poetry.lock', 'uv.lock', 'pdm.lock',
  'pylock.toml', 'requirements.txt', 'go.mod', 'go.sum', 'bom.json', 'x.spdx.json', '.npmrc', 'pip.conf', 'go.env', '.yarnrc.yml', '.yarnrc', 'uv.toml', 'bunfig.toml',
]

const says = ({ problems }: ProjectFile): string[] => problems.map((problem) => problem.says)

/** What is read, or the error that people are meant to see; nothing else may come out. */
function outcome(path: string, bytes: Uint8Array): ProjectFile | SluiceError {
  try {
    return readProject({ path, bytes })[0] as ProjectFile
  } catch (thrown) {
    if (thrown instanceof SluiceError) return thrown
    throw thrown
  }
}

function expectSound(file: ProjectFile | SluiceError): void {
  if (file instanceof SluiceError) {
    expect(file.code).toBe('usage')
    return
  }
  for (const { name, path, direct, line, digests } of file.dependencies) {
    expect(name).not.toBe('')
    expect(path.length).toBeLessThanOrEqual(33)
    if (direct) expect(path).toEqual([])
    if (line !== null) expect(line).toBeGreaterThan(0)
    expect(digests.every((digest) => digest.length <= 300)).toBe(true)
  }
}

describe('any bytes under any known name', () => {
  const words = [
    '{', '}', '[', ']', '"', ':', ',', '\n', ' ', '  ', 'name', 'version', '"name"', '"version"', '"dependencies"', '"packages"', 'packages:', '[[package]]', '[package.dependencies]', '=', '"1.0.0"', 'a', '__proto__',
    '"__proto__"', '"constructor"', '@s/a', 'a@1', '"a@npm:b@1":', 'resolved', 'https://x.example/a.tgz', 'git+ssh://', '#', '\\', '\u0000', '\ufeff', '\r\n', '"lockfileVersion":', '3', 'require (', ')', 'v1.0.0', 'h1:', 'pkg:npm/a@1',
    '"components":', '"purl":', '-r', '--hash=', '-e', 'dependencies', "'", '"""', 'é', '\ud800', 'null', 'true', '"node_modules/a"', '>=1', 'snapshots:', 'importers:',
  ]
  it.each(NAMES)('%s', (path) => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => expectSound(outcome(path, bytes))), { numRuns: 60 })
    fc.assert(fc.property(fc.array(fc.constantFrom(...words), { maxLength: 40 }), (parts) => expectSound(outcome(path, bytesOf(parts.join(''))))), { numRuns: 150 })
    const json = fc.json({ maxDepth: 6 })
    fc.assert(fc.property(json, (text) => expectSound(outcome(path, bytesOf(text)))), { numRuns: 60 })
  })

  it('takes objects in any shape where tables, lists and texts belong', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof({ depthSize: 'medium' }, fc.constantFrom(null, true, 1, '', 'x', '1.0.0', 'npm:y@1', 'https://x.example/y.tgz', 'pkg:npm/z@1'), fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('', '.', 'name', 'version', 'dependencies', 'packages', 'resolved', 'integrity', 'requires', 'link', 'components', 'purl', 'hashes', 'workspaces', 'overrides', '_meta', 'default', '@graph', 'node_modules/x', '__proto__', 'importers', 'relationships', 'externalRefs'), tie('any'), { maxKeys: 6 })),
    })).any
    fc.assert(fc.property(fc.constantFrom('package.json', 'package-lock.json', 'bun.lock', 'Pipfile.lock', 'bom.json', 'x.spdx.json', 'pnpm-lock.yaml'), value, (path, any) => {
      expectSound(outcome(path, bytesOf(JSON.stringify(any))))
    }), { numRuns: 1_500 })
  })
})

describe('what is no such file', () => {
  it('says what is known', () => {
    const error = outcome('Cargo.lock', bytesOf(''))
    expect(error).toMatchObject({ code: 'usage', message: 'Cargo.lock is no manifest, lockfile or SBOM that is known here' })
    expect((error as SluiceError).hint).toMatch(/package-lock\.json.*yarn\.lock.*uv\.lock.*go\.mod.*CycloneDX/)
  })

  it('is too large', () => {
    expect(outcome('go.sum', new Uint8Array(50 * 1024 * 1024))).toMatchObject({ code: 'usage', message: 'go.sum has 50 MiB: more than 32 MiB are not read' })
    expect(outcome('package-lock.json', bytesOf(`[${'[],'.repeat(2_100_000)}[]]`))).toMatchObject({ code: 'usage', message: 'the document has more than 2000000 values' })
    expect(outcome('requirements.txt', bytesOf('\n'.repeat(2_000_001)))).toMatchObject({ code: 'usage', message: 'requirements.txt has more than 2000000 lines' })
    expect(outcome('requirements.txt', bytesOf('a\n'.repeat(200_001)))).toMatchObject({ code: 'usage', message: 'requirements.txt has more than 200000 dependencies' })
  })
})

describe('nesting without end', () => {
  it.each<[string, string, number, string?]>([
    ['package-lock.json', '[', 100_000], ['package-lock.json', '{"dependencies":{"a":', 100_000], ['bom.json', '{"components":[', 100_000], ['bun.lock', '[/**/', 100_000],
    ['pyproject.toml', '[', 100_000, 'a = '], ['pyproject.toml', '{a=', 100_000, 'a = '], ['uv.lock', 'a.', 100_000, '['],
    ['pnpm-lock.yaml', '[', 100_000], ['pnpm-lock.yaml', '{a: ', 50_000], ['go.mod', '(', 100_000],
  ])('%s: %s, %i times', (path, piece, times, before = '') => {
    const file = outcome(path, bytesOf(before + piece.repeat(times)))
    expectSound(file)
    expect(file instanceof SluiceError || file.problems.length > 0).toBe(true)
  })

  it('by indents', () => {
    const file = outcome('pnpm-lock.yaml', bytesOf(Array.from({ length: 1_000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')))
    expect((file as ProjectFile).problems.some(({ says: text }) => /deep/.test(text))).toBe(true)
  })

  it('of dependencies has paths that end', () => {
    const chain = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`node_modules/p${index}`, { version: '1.0.0', dependencies: { [`p${index + 1}`]: '1' } }]))
    const { dependencies } = read('package-lock.json', JSON.stringify({ lockfileVersion: 3, packages: { '': { dependencies: { p0: '1' } }, ...chain } }))
    expect(dependencies[2]?.path).toEqual(['p0', 'p1'])
    expect(dependencies.at(-1)?.path).toHaveLength(33)
    expect(dependencies.at(-1)?.path.slice(-2)).toEqual(['p31', '…'])
  })
})

describe('nothing is lost without a word', () => {
  it('keys given twice', () => {
    expect(read('package.json', '{\n"dependencies": {\n"a": "1",\n"a": "https://evil.example/a.tgz"\n}\n}')).toMatchObject({
      dependencies: [{ name: 'a', source: { kind: 'url' }, line: 4 }], problems: [{ line: 4, says: '"a" stands twice: the later one counts' }],
    })
    expect(says(read('pnpm-lock.yaml', "lockfileVersion: '9.0'\npackages:\n  a@1.0.0: {}\n  a@1.0.0: {}\n"))).toEqual(['"a@1.0.0" stands twice: the later one counts'])
  })

  it('documents that break off: what stood before, and where', () => {
    const file = read('package-lock.json', '{ "lockfileVersion": 3, "packages": {\n"node_modules/a": { "version": "1.0.0" },\n"node_modules/b": { "version": "2.0.0", "res')
    expect(file.dependencies.map(({ name, version }) => [name, version])).toEqual([['a', '1.0.0'], ['b', '2.0.0']])
    expect(file.problems).toEqual([{ line: 3, says: 'a string does not end: what follows was not read', broken: true }])
  })

  it('merge conflicts', () => {
    expect(read('package-lock.json', '{\n<<<<<<< HEAD\n"a": 1\n}').problems[0]).toEqual({ line: 2, says: 'a merge conflict is not resolved: what follows was not read', broken: true })
  })

  it('names that no registry takes', () => {
    const file = read('package.json', JSON.stringify({ dependencies: { '../../etc/passwd': '1', '': '1', 'a\u202eb': '1', __proto__x: '1', ['x'.repeat(300)]: '1', fine: '1' } }))
    expect(file.dependencies.map(({ name }) => name)).toEqual(['fine'])
    expect(says(file)).toHaveLength(5)
    expect(says(file).every((text) => text === oneLine(text, 500))).toBe(true)
  })

  it('`__proto__` is a key like others', () => {
    const file = read('package-lock.json', '{"lockfileVersion":3,"packages":{"__proto__":{"version":"1"},"node_modules/__proto__":{"version":"1"},"node_modules/constructor":{"version":"1.0.0","dependencies":{"__proto__":"1"}}}}')
    expect(file.dependencies.map(({ name }) => name)).toEqual(['constructor'])
    expect(says(file)).toEqual(['"__proto__" is no name that npm takes: it was left out'])
    expect(({} as Record<string, unknown>)['version']).toBeUndefined()
  })

  it('the 500 first problems, and how many more', () => {
    expect(says(read('go.sum', 'x\n'.repeat(700))).at(-1)).toBe('200 further problems')
  })

  it('bytes that are no text, byte order marks, UTF-16', () => {
    expect(readProject({ path: 'requirements.txt', bytes: new Uint8Array([...bytesOf('a\nb'), 0xff, ...bytesOf('\nc')]) })[0]?.problems[0]).toEqual({ line: 2, says: 'bytes that are no UTF-8: they were replaced' })
    const wide = Buffer.from('\ufeffdjango==5.0\r\n', 'utf16le')
    expect(readProject({ path: 'requirements.txt', bytes: wide })[0]?.dependencies).toMatchObject([{ name: 'django', version: '5.0' }])
    expect(read('package.json', '\ufeff{"dependencies":{"a":"1"}}').dependencies).toHaveLength(1)
    expect(read('yarn.lock', '\ufeff__metadata:\r\n  version: 8\r\n').format).toBe('yarn berry 8')
  })

  it('passwords in addresses, which go nowhere', () => {
    const file = read('requirements.txt', '--extra-index-url https://user:secret@x.example/simple\nhttps://user:secret@x.example/a-1.0.zip\n')
    expect(JSON.stringify([file.indexes, file.dependencies.map(({ source }) => source)])).not.toContain('secret')
  })
})
