import { NODE_PRELUDE } from './node.ts'
import { PYTHON_PRELUDE } from './python.ts'
import { GO_IMPORTS } from './go.ts'
import { goModule, npmPackage, sdist, wheel } from './pack.ts'
import type { Archive } from './pack.ts'
import type { Disguise, Language, Row } from './row.ts'

/** A row as a package, and the places that a finding about it may name: the marked line, the helper it calls, or what started the process it is in. */
export interface Built {
  archive: Archive
  places: readonly string[]
}

const MINUTES = 10
const nodeWaits = (body: string): string => `setTimeout(() => {\n${indented(body, '  ')}\n}, ${MINUTES} * 60 * 1000)`
const pythonWaits = (body: string): string => `time.sleep(${MINUTES} * 60)\n${body}`
const goWaits = (body: string): string => `time.Sleep(${MINUTES} * time.Minute)\n\t${body}`
const indented = (code: string, by: string): string => code.split('\n').map((line) => (line === '' ? line : by + line)).join('\n')

/** The text without marks, and the lines that they begin on. */
const unmarked = (text: string): { text: string; lines: number[] } =>
  ({ text: text.replaceAll(/[«»]/g, ''), lines: [...text.matchAll(/«/g)].map(({ index }) => text.slice(0, index).split('\n').length) })

/** The innermost line of code that does it is in a helper, where the marked statement calls one: all lines of those count as well. */
function helpersOf(text: string): number[] {
  const [, statement = ''] = /«([^»]*)»/.exec(text) ?? []
  const lines = text.split('\n')
  return [...new Set([...statement.matchAll(/\b(post|get|look|ask)\(/g)].map(([, name]) => name as string))].flatMap((name) => {
    const at = lines.findIndex((line) => new RegExp(`(?:const ${name} =|def ${name}\\()`).test(line))
    if (at < 0) return []
    const depth = /^\s*/.exec(lines[at] as string)?.[0].length ?? 0
    const end = lines.findIndex((line, index) => index > at && line.trim() !== '' && (/^\s*/.exec(line)?.[0].length ?? 0) <= depth)
    return Array.from({ length: (end < 0 ? lines.length : end) - at }, (_none, index) => at + 1 + index)
  })
}

const placed = (files: Record<string, string>): { files: Record<string, string>; places: string[] } => {
  const places: string[] = []
  const plain = Object.entries(files).map(([path, text]): [string, string] => {
    if (!text.includes('«')) return [path, text]
    const { text: clean, lines } = unmarked(text)
    places.push(...[...lines, ...helpersOf(text)].map((at) => `${path}:${at}`))
    return [path, clean]
  })
  return { files: Object.fromEntries(plain), places }
}

export function build(language: Language, of: Row, disguise: Disguise): Promise<Built> {
  const row: Row = disguise === 'called' ? { ...of, at: 'call' } : of
  const name = `row-${language}-${row.id}-${disguise}`
  if (language === 'node') return buildNode(name, row, disguise)
  return language === 'python' ? buildPython(name, row, disguise) : buildGo(name, row, disguise)
}

async function buildNode(name: string, row: Row, disguise: Disguise): Promise<Built> {
  const body = disguise === 'delayed' ? (row.waits ?? nodeWaits)(row.code) : disguise === 'ci' ? `if (process.env.CI || process.env.GITHUB_ACTIONS) {\n${indented(row.code, '  ')}\n}` : row.code
  // Who clears the environment of a child takes the hooks from it. The file is none that anybody would load by itself.
  const hidden = disguise === 'hidden' ? { 'lib/part.txt': `${NODE_PRELUDE}${body}\n` } : {}
  const start = `«require('child_process').spawnSync(process.execPath, [require('path').join(__dirname, '${row.at === 'command' ? '../' : ''}lib/part.txt')], { env: { PATH: '/usr/bin:/bin' } })»`
  const code = disguise === 'hidden' ? `${start}\n` : `${NODE_PRELUDE}${body}\n`
  const called = disguise === 'hidden' ? `exports.run = function run() {\n  ${start}\n}\n` : `${NODE_PRELUDE}exports.run = function run() {\n${indented(body, '  ')}\n}\n`
  const manifest = { name, version: '1.0.0', main: 'index.js', ...(row.at === 'install' ? { scripts: { postinstall: 'node setup.js' } } : {}), ...(row.at === 'command' ? { bin: { [name]: 'bin/cli.js' } } : {}) }
  const { files, places } = placed({
    'package.json': `${JSON.stringify(manifest, null, 2)}\n`, ...hidden,
    'index.js': row.at === 'import' ? code : row.at === 'call' ? called : 'exports.version = 1\n',
    ...(row.at === 'install' ? { 'setup.js': code } : {}), ...(row.at === 'command' ? { 'bin/cli.js': `#!/usr/bin/env node\n${code}` } : {}),
  })
  return { archive: await npmPackage(name, files), places }
}

async function buildPython(name: string, row: Row, disguise: Disguise): Promise<Built> {
  const own = name.replaceAll('-', '_')
  const body = disguise === 'delayed' ? (row.waits ?? pythonWaits)(row.code) : disguise === 'ci' ? `if os.environ.get('CI') or os.environ.get('GITHUB_ACTIONS'):\n${indented(row.code, '    ')}` : row.code
  const apart = `${PYTHON_PRELUDE}${body}\n`
  // Isolated mode reads no environment and no user's start-up files.
  const start = `import os, subprocess, sys\n«subprocess.call([sys.executable, '-I', '-S', os.path.join(os.path.dirname(os.path.abspath(__file__)), 'part_of.txt')], env={})»\n`
  const code = disguise === 'hidden' ? start : apart
  const defined = disguise === 'hidden' ? `def run():\n${indented(start, '    ')}` : `${PYTHON_PRELUDE}def run():\n${indented(body, '    ')}\n`
  if (row.at === 'install') {
    const { files, places } = placed({ 'pyproject.toml': BACKEND, 'backend.py': `${code}${WHEEL_MAKER(own)}`, ...(disguise === 'hidden' ? { 'part_of.txt': apart } : {}) })
    return { archive: await sdist(name, files), places }
  }
  const { files, places } = placed({
    [`${own}/__init__.py`]: row.at === 'import' ? code : row.at === 'call' ? defined : 'VERSION = 1\n',
    ...(row.at === 'command' ? { [`${own}/cli.py`]: disguise === 'hidden' ? defined.replace('def run', 'def main') : `${PYTHON_PRELUDE}def main():\n${indented(body, '    ')}\n` } : {}),
    ...(disguise === 'hidden' ? { [`${own}/part_of.txt`]: apart } : {}),
  })
  return { archive: await wheel(name, files, row.at === 'command' ? { [name]: `${own}.cli:main` } : {}), places }
}

const BACKEND = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
/** A build backend that needs nothing (PEP 517). */
const WHEEL_MAKER = (own: string): string => `
import zipfile as _zip
def build_wheel(directory, config_settings=None, metadata_directory=None):
    name = '${own}-1.0.0-py3-none-any.whl'
    info = '${own}-1.0.0.dist-info'
    with _zip.ZipFile(directory + '/' + name, 'w') as z:
        z.writestr('${own}/__init__.py', 'VERSION = 1\\n')
        z.writestr(info + '/METADATA', 'Metadata-Version: 2.1\\nName: ${own}\\nVersion: 1.0.0\\n')
        z.writestr(info + '/WHEEL', 'Wheel-Version: 1.0\\nGenerator: bench\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
        z.writestr(info + '/RECORD', '')
    return name
`

async function buildGo(name: string, row: Row, disguise: Disguise): Promise<Built> {
  const module = `rows.example/${name}`
    const body = disguise === 'delayed' ? (row.waits ?? goWaits)(row.code) : disguise === 'ci' ? `if os.Getenv("CI") == "" { return }\n\t${row.code}` : row.code
  const used = GO_IMPORTS.filter((path) => new RegExp(`\\b${path.split('/').at(-1)}\\.`).test(body))
  const source = `package act\n\nimport (\n${used.map((path) => `\t"${path}"\n`).join('')})\n\n${row.at === 'call' ? '// Run does it.\nfunc Run() {' : 'func init() {'}\n\t${body}\n}\n`
  const { files, places } = placed({ 'go.mod': `module ${module}\n\ngo 1.21\n`, 'act.go': source })
  return { archive: await goModule(module, files), places }
}
