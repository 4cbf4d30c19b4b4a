import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'

/**
 * How long an inventory takes: `node bench/host/inventory.ts [--packages 1000] [--runs 5] [--verify]`. Makes a home folder with projects of
 * npm, virtual environments and a module cache, among folders without packages, and runs the command itself on it, as a user would.
 * Cold: with the system's caches of files dropped before each run, where that is allowed (root on Linux).
 */
const { values } = parseArgs({ options: { packages: { type: 'string', default: '1000' }, runs: { type: 'string', default: '5' }, verify: { type: 'boolean', default: false } } })
const [packages, runs] = [Number(values.packages), Number(values.runs)]

const root = mkdtempSync(join(tmpdir(), 'sluice-bench-inventory-'))
const home = join(root, 'home')
let files = 0
function put(path: string, content: string): void {
  mkdirSync(dirname(join(home, path)), { recursive: true })
  writeFileSync(join(home, path), content)
  files += 1
}
/** Text that is not all the same, as much as files of packages have. */
const text = (seed: string, size: number): string => createHash('sha256').update(seed).digest('base64').repeat(Math.ceil(size / 44)).slice(0, size)

function project(at: number, count: number): void {
  const locked: Record<string, object> = {}
  for (let index = 0; index < count; index += 1) {
    const nested = index % 9 === 8 ? `node_modules/package-${index - 1}/node_modules/package-${index}` : `node_modules/package-${index}`
    const folder = `work/project-${at}/${nested}`
    put(`${folder}/package.json`, JSON.stringify({ name: `package-${index}`, version: `1.${at}.${index}`, description: text(folder, 1_500), ...(index % 40 === 0 ? { scripts: { postinstall: 'node install.js' } } : {}) }, null, 2))
    for (const file of ['index.js', 'lib/a.js', 'lib/b.js', 'README.md', 'LICENSE']) put(`${folder}/${file}`, text(folder + file, 4_000))
    locked[nested] = { version: `1.${at}.${index}`, resolved: `https://gate.example/npm/package-${index}/-/package-${index}-1.${at}.${index}.tgz`, integrity: `sha512-${createHash('sha512').update(nested).digest('base64')}` }
  }
  put(`work/project-${at}/node_modules/.package-lock.json`, JSON.stringify({ lockfileVersion: 3, packages: locked }))
  for (let index = 0; index < 40; index += 1) put(`work/project-${at}/src/part-${index % 8}/file-${index}.ts`, text(`${at}${index}`, 3_000))
}

function environment(at: number, count: number): void {
  const site = `work/service-${at}/.venv/lib/python3.12/site-packages`
  put(`work/service-${at}/.venv/pyvenv.cfg`, 'version = 3.12.1\n')
  for (let index = 0; index < count; index += 1) {
    const name = `dist_${index}`
    const contents = Object.fromEntries(['__init__.py', 'a.py', 'b.py', 'c.py'].map((file) => [`${name}/${file}`, text(`${at}${name}${file}`, 6_000)]))
    for (const [file, content] of Object.entries(contents)) put(`${site}/${file}`, content)
    put(`${site}/${name}-${at}.${index}.dist-info/METADATA`, `Metadata-Version: 2.1\nName: ${name}\nVersion: ${at}.${index}\n\n${text(name, 3_000)}`)
    put(`${site}/${name}-${at}.${index}.dist-info/INSTALLER`, 'pip\n')
    put(`${site}/${name}-${at}.${index}.dist-info/RECORD`, Object.entries(contents).map(([file, content]) => `${file},sha256=${createHash('sha256').update(content).digest('base64url')},${content.length}\n`).join(''))
  }
}

function modules(count: number): void {
  for (let index = 0; index < count; index += 1) {
    const [module, version] = [`mod.example/group-${index % 10}/m${index}`, `v1.0.${index}`]
    for (const file of ['go.mod', 'a.go', 'b.go', 'sub/c.go']) put(`go/pkg/mod/${module}@${version}/${file}`, text(module + file, 4_000))
    put(`go/pkg/mod/cache/download/${module}/@v/${version}.ziphash`, `h1:${createHash('sha256').update(module).digest('base64')}`)
    put(`go/pkg/mod/cache/download/${module}/@v/${version}.info`, JSON.stringify({ Version: version }))
    put(`go/pkg/mod/cache/download/${module}/@v/${version}.zip`, text(module, 20_000))
  }
}

const [npm, python] = [Math.round(packages * 0.65), Math.round(packages * 0.25)]
for (let at = 0; at < 4; at += 1) project(at, Math.floor(npm / 4) + (at === 0 ? npm % 4 : 0))
for (let at = 0; at < 2; at += 1) environment(at, Math.floor(python / 2) + (at === 0 ? python % 2 : 0))
modules(packages - npm - python)
for (let index = 0; index < 3_000; index += 1) put(`documents/folder-${index % 500}/file-${index}.txt`, text(String(index), 500))
mkdirSync(join(home, 'bin'), { recursive: true })
for (let index = 0; index < 10; index += 1) {
  writeFileSync(join(home, `bin/tool-${index}`), Buffer.alloc(2 * 1024 * 1024, index))
  chmodSync(join(home, `bin/tool-${index}`), 0o755)
}

function drop(): boolean {
  spawnSync('sync')
  try {
    writeFileSync('/proc/sys/vm/drop_caches', '3')
    return true
  } catch {
    return false
  }
}

function run(): { ms: number; cpu: number; found: number } {
  const env = { ...process.env, HOME: home, XDG_STATE_HOME: join(root, 'state'), XDG_CACHE_HOME: join(root, 'cache'), GOPATH: join(home, 'go'), GOMODCACHE: '' }
  const began = performance.now()
  const out = join(root, 'out.json')
  // The shell tells what its children have used, the second line of `times` (POSIX).
  const { stdout, stderr } = spawnSync('sh', ['-c', '"$@" > "$OUT"; times', 'sh', process.execPath, join(import.meta.dirname, '../../src/main.ts'), 'host', 'inventory', home, '--json', '--list', join(root, 'list.csv'), ...(values.verify ? ['--verify'] : [])], { env: { ...env, OUT: out }, cwd: root, encoding: 'utf8' })
  const ms = performance.now() - began
  try {
    const used = [...(stdout.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1_000, 0)
    return { ms, cpu: used, found: (JSON.parse(readFileSync(out, 'utf8')) as { trees: { packages: unknown[] }[] }).trees.reduce((sum, tree) => sum + tree.packages.length, 0) }
  } catch {
    throw new Error(`the command failed: ${stderr.slice(0, 500)}`)
  }
}

writeFileSync(join(root, 'list.csv'), 'ecosystem,name,version\nnpm,package-7,1.0.7\n')
try {
  const median = (all: number[]): string => (all.toSorted((a, b) => a - b)[all.length >> 1] as number).toFixed(0)
  const rows = (['cold', 'warm'] as const).map((kind) => {
    const all: number[] = []
    const used: number[] = []
    let found = 0
    for (let round = 0; round < runs; round += 1) {
      if (kind === 'cold' && !drop()) return `| ${kind} | caches cannot be dropped here | | | |`
      const one = run()
      all.push(one.ms)
      used.push(one.cpu)
      found = one.found
    }
    return `| ${kind} | ${found} | ${median(all)} | ${Math.max(...all).toFixed(0)} | ${median(used)} |`
  })
  console.log(`${files} files, ${runs} runs each${values.verify ? ', files hashed' : ''}; the whole command, from start to end\n\n| caches | packages found | ms, median | ms, most | ms of CPU, median |\n|---|---|---|---|---|\n${rows.join('\n')}`)
} finally {
  rmSync(root, { recursive: true, force: true })
}
