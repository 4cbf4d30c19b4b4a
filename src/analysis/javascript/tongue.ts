import { posix } from 'node:path'
import { ROOT } from '../desk.ts'
import type { Rule, Tongue, Unit } from '../flow/tongue.ts'
import { COLLECTED, Cell, NOTHING, known, outside } from '../flow/value.ts'
import type { Value } from '../flow/value.ts'
import { lowerJavaScript } from './lower.ts'

/** What the flow engine must know of Node.js: its modules, its globals and the packages that ask the network or spawn. */
export const javascript: Tongue = {
  id: 'javascript',
  lower: lowerJavaScript,
  rule,
  special,
  locate,
  exported: (unit) => unit.exports.value.fields?.get('default')?.value.functions.length
    ? { ...unit.exports.value, functions: unit.exports.value.fields.get('default')?.value.functions ?? [] }
    : unit.exports.value,
}

const NETWORK = new Set([
  'fetch', 'axios', 'got', 'undici', 'request', 'superagent', 'needle', 'node-fetch', 'make-fetch-happen', 'simple-get', 'phin',
  'bent',
  'ky', 'cross-fetch', 'isomorphic-fetch', 'follow-redirects', 'request-promise', 'request-promise-native', 'minipass-fetch',
  'download',
  'http', 'https', 'http2', 'net', 'tls', 'dgram', 'ws', 'WebSocket', 'XMLHttpRequest', '@cypress/request', 'centra', 'wreck',
  'tiny-json-http',
  'socket.io-client', 'dns', 'dns/promises',
])
/** Members of those that ask for nothing. */
const INERT = new Set([
  'Agent', 'globalAgent', 'createServer', 'Server', 'STATUS_CODES', 'METHODS', 'setGlobalDispatcher', 'ProxyAgent', 'Headers',
  'FormData', 'defaults', 'extend', 'create', 'CancelToken', 'isAxiosError', 'setServers', 'getServers', 'validateHeaderName',
])

const RULES: Readonly<Record<string, Rule>> = table({
  require: { does: 'load', at: 0 }, 'module.require': { does: 'load', at: 0 }, 'require.main.require': { does: 'load', at: 0 },
  eval: { does: 'code', at: 0 }, Function: { does: 'code', at: -1 }, 'globalThis.eval': { does: 'code', at: 0 },
  'global.eval': { does: 'code', at: 0 },
  'vm.runInThisContext': { does: 'code', at: 0 }, 'vm.runInNewContext': { does: 'code', at: 0 },
  'vm.runInContext': { does: 'code', at: 0 },
  'vm.Script': { does: 'code', at: 0 }, 'vm.compileFunction': { does: 'code', at: 0 },
  'vm.SourceTextModule': { does: 'code', at: 0 },
  'module.prototype._compile': { does: 'code', at: 0 }, 'module._compile': { does: 'code', at: 0 },
  'Buffer.from': { does: 'decode', at: 0 }, Buffer: { does: 'decode', at: 0 }, atob: { does: 'decode', at: 0, how: 'base64' },
  'buffer.Buffer.from': { does: 'decode', at: 0 },
  'String.fromCharCode': { does: 'characters', at: 0 }, 'String.fromCodePoint': { does: 'characters', at: 0 },
  'zlib.gunzipSync': { does: 'decode', at: 0, how: 'gzip' }, 'zlib.inflateSync': { does: 'decode', at: 0, how: 'zlib' },
  'zlib.brotliDecompressSync': { does: 'decode', at: 0, how: 'brotli' },
  'crypto.createDecipheriv': { does: 'decode', at: 1, how: 'cipher' },
  'fs.writeFileSync': { does: 'write', at: 0 }, 'fs.writeFile': { does: 'write', at: 0 },
  'fs.appendFileSync': { does: 'write', at: 0 },
  'fs.appendFile': { does: 'write', at: 0 }, 'fs.promises.writeFile': { does: 'write', at: 0 },
  'fs/promises.writeFile': { does: 'write', at: 0 },
  'fs-extra.outputFile': { does: 'write', at: 0 }, 'fs.createWriteStream': { does: 'open', at: 0 },
  'fs.renameSync': { does: 'move', at: 0 }, 'fs.rename': { does: 'move', at: 0 }, 'fs.copyFileSync': { does: 'move', at: 0 },
  'fs.copyFile': { does: 'move', at: 0 }, 'fs.linkSync': { does: 'move', at: 0 }, 'fs.symlinkSync': { does: 'move', at: 0 },
  'fs.promises.rename': { does: 'move', at: 0 }, 'fs.cpSync': { does: 'move', at: 0 },
  'fs.readFileSync': { does: 'read', at: 0 }, 'fs.readFile': { does: 'read', at: 0 },
  'fs.promises.readFile': { does: 'read', at: 0 },
  'fs/promises.readFile': { does: 'read', at: 0 }, 'fs.createReadStream': { does: 'read', at: 0 },
  'crypto.createHash().update': { does: 'hash', at: 0 }, 'crypto.createHmac().update': { does: 'hash', at: 0 },
  'crypto.hash': { does: 'hash', at: 1 },
  'crypto.createVerify().update': { does: 'hash', at: 0 },
  'os.hostname': { does: 'collect', at: 0 }, 'os.userInfo': { does: 'collect', at: 0 },
  'os.networkInterfaces': { does: 'collect', at: 0 },
  'dns.getServers': { does: 'collect', at: 0 }, 'public-ip': { does: 'collect', at: 0 },
  'path.join': { does: 'path', at: 0 }, 'path.resolve': { does: 'path', at: 0 }, 'path.posix.join': { does: 'path', at: 0 },
  'path.win32.join': { does: 'path', at: 0 },
  'path.dirname': { does: 'folder', at: 0 }, 'require.resolve': { does: 'text', at: 0 }, String: { does: 'text', at: 0 },
  'url.fileURLToPath': { does: 'text', at: 0 }, 'url.pathToFileURL': { does: 'text', at: 0 },
  URL: { does: 'text', at: 0 }, 'url.URL': { does: 'text', at: 0 }, 'url.parse': { does: 'text', at: 0 },
  decodeURIComponent: { does: 'text', at: 0 }, 'util.promisify': { does: 'pass', at: 0 },
  'Promise.resolve': { does: 'pass', at: 0 }, 'JSON.stringify': { does: 'pass', at: 0 },
  'Object.entries': { does: 'pass', at: 0 },
  'shelljs.exec': { does: 'shell', at: 0 }, 'execa.command': { does: 'shell', at: 0 },
  'execa.commandSync': { does: 'shell', at: 0 },
  execa: { does: 'program', at: 0 }, 'execa.sync': { does: 'program', at: 0 }, 'execa.execa': { does: 'program', at: 0 },
  'cross-spawn': { does: 'program', at: 0 }, 'cross-spawn.spawn': { does: 'program', at: 0 },
  'cross-spawn.sync': { does: 'program', at: 0 },
  'Bun.spawn': { does: 'program', at: 0 }, 'Bun.spawnSync': { does: 'program', at: 0 },
  'module.createRequire()': { does: 'load', at: 0 }, 'Reflect.get': { does: 'member', at: 0 },
})

const SPAWNS: Readonly<Record<string, Rule>> = table({
  exec: { does: 'shell', at: 0 }, execSync: { does: 'shell', at: 0 }, spawn: { does: 'program', at: 0 },
  spawnSync: { does: 'program', at: 0 },
  execFile: { does: 'program', at: 0 }, execFileSync: { does: 'program', at: 0 }, fork: { does: 'fork', at: 0 },
})

function table(rules: Record<string, Rule>): Readonly<Record<string, Rule>> {
  return Object.assign(Object.create(null) as Record<string, Rule>, rules)
}

function rule(ref: string): Rule | null {
  const plain = ref.replace(/^(?:globalThis|global|window|self)\./, '').replace(/^(?:graceful-fs|fs-extra)\./, 'fs.')
    .replace(/^process\.mainModule\.require$/, 'require')
  const found = RULES[plain]
  if (found) return found
  const dot = plain.indexOf('.')
  if (plain.startsWith('child_process.')) return SPAWNS[plain.slice('child_process.'.length)] ?? null
  if (plain.includes('(')) return null
  const module = dot < 0 || plain.startsWith('socket.io') ? plain : plain.slice(0, dot)
  return NETWORK.has(module) && !INERT.has(plain.slice(plain.lastIndexOf('.') + 1)) ? { does: 'fetch', at: 0 } : null
}

const SECRET = /TOKEN|SECRET|PASSW|CREDENTIAL|PRIVATE|API_?KEY|ACCESS_?KEY|AUTH/i

function special(ref: string, unit: Unit): Value | null {
  if (ref === '__dirname' || ref === 'import.meta.dirname') return known(folder(unit))
  if (ref === '__filename' || ref === 'import.meta.filename' || ref === 'import.meta.url') return known(`${ROOT}/${unit.source.path}`)
  if (ref === 'exports') return { ...unit.exports.value, from: unit.exports }
  if (ref === 'module') return moduleOf(unit)
  if (ref === 'process.env') return outside(ref, COLLECTED)
  if (ref.startsWith('process.env.')) return outside(ref.slice(0, 200), SECRET.test(ref.slice(12)) ? COLLECTED : 0)
  if (ref === 'process') return outside('process')
  return null
}

const modules = new WeakMap<Unit, Value>()

function moduleOf(unit: Unit): Value {
  let value = modules.get(unit)
  if (!value) modules.set(unit, value = { ...NOTHING, refs: ['module'], fields: new Map<string, Cell>([['exports', unit.exports]]) })
  return value
}

const folder = (unit: Unit): string => posix.join(ROOT, posix.dirname(unit.source.path))

const ENDINGS = ['', '.js', '.cjs', '.mjs', '.json', '.ts', '/index.js', '/index.cjs', '/index.mjs']

/** Relative and package-rooted paths; bare names are other packages, unless bundled in node_modules. */
function locate(spec: string, from: string, files: ReadonlyMap<string, unknown>): string | null {
  let base: string
  if (spec.startsWith(ROOT)) base = posix.normalize(spec.slice(ROOT.length + 1))
  else if (spec.startsWith('.')) base = posix.normalize(posix.join(posix.dirname(from), spec))
  else base = posix.join('node_modules', spec)
  base = base.replace(/\/$/, '')
  for (const ending of ENDINGS) {
    const path = base === '.' ? ending.replace(/^\//, '') : base + ending
    if (files.has(path)) return /\.(?:json|node|wasm)$/.test(path) ? null : path
  }
  return null
}
