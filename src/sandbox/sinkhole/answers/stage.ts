import { tgz, zip, type Entry } from './archive.ts'
import { text, type Answer, type Asked } from './answer.ts'

/**
 * What a first stage goes to fetch: a script to be piped into a shell, a program, an archive with one in it, a package. All of it
 * is harmless and says that it was run: it leaves an empty marker in the temporary folder, so that the chain goes on where it
 * can be seen.
 */
const marker = (name: string): string => `.stage-${name.replace(/[^\w.-]/g, '_').slice(0, 60)}`

const shell = (name: string): string => `#!/bin/sh\n: > "\${TMPDIR:-/tmp}/${marker(name)}"\necho "${name.replace(/[^\w. -]/g, '_').slice(0, 60)} 1.0.0"\nexit 0\n`

const SCRIPTS: Readonly<Record<string, (name: string) => string>> = {
  sh: shell, bash: shell,
  py: (name) => `import os, tempfile\nopen(os.path.join(tempfile.gettempdir(), '${marker(name)}'), 'w').close()\nprint('ok')\n`,
  js: (name) => `require('fs').writeFileSync(require('path').join(require('os').tmpdir(), '${marker(name)}'), '')\nmodule.exports = {}\n`,
  mjs: (name) => `import { writeFileSync } from 'node:fs'\nimport { tmpdir } from 'node:os'\nwriteFileSync(\`\${tmpdir()}/${marker(name)}\`, '')\nexport default {}\n`,
  cjs: (name) => `require('fs').writeFileSync(require('path').join(require('os').tmpdir(), '${marker(name)}'), '')\nmodule.exports = {}\n`,
  rb: (name) => `require 'tmpdir'\nFile.write(File.join(Dir.tmpdir, '${marker(name)}'), '')\n`,
  pl: (name) => `open(my $f, '>', ($ENV{TMPDIR} || '/tmp') . '/${marker(name)}');\n`,
  ps1: (name) => `New-Item -ItemType File -Force -Path (Join-Path ([IO.Path]::GetTempPath()) '${marker(name)}') | Out-Null\n`,
  bat: () => '@echo off\r\necho ok\r\n', cmd: () => '@echo off\r\necho ok\r\n', vbs: () => 'WScript.Echo "ok"\r\n', lua: () => 'print("ok")\n',
  php: () => '<?php echo "ok";\n',
}

/** JavaScript to who evaluates JavaScript, Python to who evaluates Python: to each the other's lines are a comment or a text. */
export const EVALUATED = [
  `0 // 1; '''`,
  `try { (process.getBuiltinModule ? process.getBuiltinModule('fs') : process.mainModule.require('fs')).writeFileSync('/tmp/${marker('code')}', '') } catch {}`,
  `// '''; open('/tmp/${marker('code')}', 'w').close()`,
].join('\n')

const PROGRAM = /\.(?:exe|bin|elf|out|run|appimage|dll|so|node|dylib|msi|deb|rpm|scr|com)$|(?:linux|darwin|win(?:dows)?)[-_.]?(?:x?64|amd64|arm64|x86)|(?:^|\/)(?:xmrig|miner|payload|agent|client|loader|beacon|implant|stage\d?)$/i

export function stage({ method, path, host, headers }: Asked): Answer | null {
  if (method !== 'GET' && method !== 'HEAD') return null
  const file = path.split('/').at(-1) ?? ''
  const extension = /\.(\w{1,8})$/.exec(file)?.[1]?.toLowerCase() ?? ''
  const archive = archiveOf(file, headers['user-agent'] ?? '')
  if (archive) return text(`stage/${archive.kind}`, archive.bytes, 'application/octet-stream')
  if (Object.hasOwn(SCRIPTS, extension)) return text(
    `stage/${extension}`, (SCRIPTS[extension] as (name: string) => string)(file),
    extension.endsWith('js') ? 'text/javascript; charset=utf-8' : 'text/plain; charset=utf-8',
  )
  if (PROGRAM.test(path)) return text('stage/program', shell(file), 'application/octet-stream')
  // `curl … | sh`: no extension, and nobody who says what it wants.
  const isPiped = /^(?:curl|wget)\b/i.test(headers['user-agent'] ?? '') && (headers.accept ?? '*/*') === '*/*' && (extension === '' || /^(?:install|setup|get|run|init|bootstrap)\b/i.test(file)) && !isAnswer(host, path)
  return isPiped ? text('stage/piped', shell(file || host)) : null
}

/** Paths of services that answer with data. */
const isAnswer = (host: string, path: string): boolean => /^api\.|\bapi\b|\/v\d+\//.test(`${host}${path}`)

interface Packed {
  kind: string
  bytes: Buffer
}

/** By its name and who asks: npm and pip want packages, others a runtime or a tool. */
function archiveOf(file: string, client: string): Packed | null {
  const [, base = '', ending = ''] = /^(.{1,150}?)\.(tgz|tar\.gz|tar\.xz|tar\.bz2|tar|zip|whl|gz)$/i.exec(file) ?? []
  if (base === '') return null
  const kind = ending.toLowerCase()
  if (kind === 'whl') return { kind: 'wheel', bytes: wheel(base.split('-')[0] ?? base, base.split('-')[1] ?? '1.0.0') }
  if (/^(?:npm|pnpm|yarn|bun)\b/i.test(client)) return { kind: 'npm-package', bytes: npmPackage(base.replace(/-\d[\w.]*$/, ''), '1.0.0') }
  if (/^(?:pip|uv|poetry|pdm)\b/i.test(client)) {
    const entries = sdist(base)
    return { kind: 'sdist', bytes: kind === 'zip' ? zip(entries) : tgz(entries) }
  }
  const entries = runtime(base)
  // What is asked for as xz or bzip2 goes out as gzip: tar tells by the content.
  return { kind: kind === 'zip' ? 'zip' : 'tar', bytes: kind === 'zip' ? zip(entries) : tgz(entries) }
}

/** `bun-linux-x64` holds `bun-linux-x64/bun`, `node-v22.1.0-linux-x64` holds `…/bin/node`: the tool under all the places it may be looked for. */
function runtime(base: string): Entry[] {
  const tool = /^[a-z][a-z0-9_]*/i.exec(base)?.[0].toLowerCase() ?? 'tool'
  const bytes = Buffer.from(shell(tool))
  return [`${base}/${tool}`, `${base}/bin/${tool}`, tool, `package/bin/${tool}`].map((path) => ({ path, bytes, mode: 0o755 }))
}

export function npmPackage(name: string, version: string): Buffer {
  return tgz([
    { path: 'package/package.json', bytes: Buffer.from(`${JSON.stringify({ name, version, main: 'index.js', license: 'MIT' }, null, 2)}\n`) },
    { path: 'package/index.js', bytes: Buffer.from(SCRIPTS.js?.(name.replace('/', '_')) ?? '') },
  ])
}

function sdist(base: string): Entry[] {
  const [, name = base, version = '1.0.0'] = /^(.+?)-(\d[\w.]*)$/.exec(base) ?? []
  const module = name.replace(/\W/g, '_').toLowerCase()
  return [
    { path: `${base}/PKG-INFO`, bytes: Buffer.from(`Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`) },
    {
      path: `${base}/setup.py`,
      bytes: Buffer.from(`from setuptools import setup\n${SCRIPTS.py?.(name) ?? ''}setup(name='${module}', version='${version}', py_modules=['${module}'])\n`),
    },
    { path: `${base}/${module}.py`, bytes: Buffer.from(SCRIPTS.py?.(name) ?? '') },
  ]
}

/** PEP 427. */
export function wheel(name: string, version: string): Buffer {
  const module = name.replace(/\W/g, '_').toLowerCase()
  const info = `${module}-${version}.dist-info`
  const entries: Entry[] = [
    { path: `${module}/__init__.py`, bytes: Buffer.from(SCRIPTS.py?.(name) ?? '') },
    { path: `${info}/METADATA`, bytes: Buffer.from(`Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`) },
    { path: `${info}/WHEEL`, bytes: Buffer.from('Wheel-Version: 1.0\nGenerator: bdist_wheel (0.43.0)\nRoot-Is-Purelib: true\nTag: py3-none-any\n') },
  ]
  return zip([...entries, { path: `${info}/RECORD`, bytes: Buffer.from([...entries.map(({ path }) => `${path},,`), `${info}/RECORD,,`, ''].join('\n')) }])
}
