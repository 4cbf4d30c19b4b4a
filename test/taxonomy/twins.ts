import type { Start } from './behaviours/index.ts'

/** What honest packages do with the same calls. The project's home is `https://github.com/sample/sample`, its site `sample.example`. */
export interface Twin {
  id: string
  start: Start | 'library'
  code: string
  beside?: Readonly<Record<string, string>>
}

/** Code that whoever uses the package calls. */
const library = (id: string, code: string): Twin => ({ id, start: 'library', code })
const hook = (id: string, code: string, beside?: Readonly<Record<string, string>>): Twin => ({ id, start: 'hook', code, ...(beside ? { beside } : {}) })
const command = (id: string, code: string): Twin => ({ id, start: 'bin', code })
const loaded = (id: string, code: string, beside?: Readonly<Record<string, string>>): Twin => ({ id, start: 'import', code, ...(beside ? { beside } : {}) })

const DIGEST = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'

export const twins: readonly Twin[] = [
  hook('release-with-checksum', `
const https = require('https'), fs = require('fs'), crypto = require('crypto'), path = require('path')
const target = path.join(__dirname, 'bin', 'tool')
https.get('https://github.com/sample/sample/releases/download/v1.0.0/tool-' + process.platform, (response) => {
  const parts = []
  response.on('data', (part) => parts.push(part))
  response.on('end', () => {
    const body = Buffer.concat(parts)
    if (crypto.createHash('sha256').update(body).digest('hex') !== '${DIGEST}') throw new Error('checksum mismatch')
    fs.mkdirSync(path.dirname(target), { recursive: true })
    fs.writeFileSync(target, body, { mode: 0o755 })
  })
})`),
  hook('release-and-version', `
const { execFileSync } = require('child_process'), fs = require('fs'), path = require('path')
const target = path.join(__dirname, 'sample-tool')
fetch('https://github.com/sample/sample/releases/download/v1.0.0/tool').then((answer) => answer.arrayBuffer()).then((body) => {
  fs.writeFileSync(target, Buffer.from(body), { mode: 0o755 })
  console.log(execFileSync(target, ['--version']).toString())
})`),
  hook('native-build', `
const { spawnSync } = require('child_process')
const built = spawnSync('node-gyp', ['rebuild'], { stdio: 'inherit', shell: process.platform === 'win32' })
process.exit(built.status)`),
  hook('prebuilt-or-build', `
const { execSync } = require('child_process'), fs = require('fs')
const prebuilt = './prebuilds/' + process.platform + '-' + process.arch + '/sample.node'
if (!fs.existsSync(prebuilt)) execSync('npx node-gyp rebuild', { stdio: 'inherit' })`),
  hook('thanks', `
const isQuiet = process.env.CI || process.env.npm_config_loglevel === 'silent' || process.env.DISABLE_OPENCOLLECTIVE
if (!isQuiet) console.log('\\u001b[32mThank you for using sample! https://opencollective.example/sample\\u001b[0m')`),
  hook('node-version', `
const [major] = process.versions.node.split('.')
if (Number(major) < 18) { console.error('sample needs Node.js 18 or later'); process.exit(1) }`),
  hook('copy-assets', `
const fs = require('fs'), path = require('path')
for (const name of fs.readdirSync(path.join(__dirname, 'assets'))) fs.copyFileSync(path.join(__dirname, 'assets', name), path.join(__dirname, 'dist', name))`, { 'assets/a.css': 'a {}' }),
  hook('optional-platform-package', `
try { require.resolve('@sample/tool-' + process.platform + '-' + process.arch) } catch { console.warn('no prebuilt program for ' + process.platform) }`),
  hook('patch-permissions', `
const fs = require('fs'), path = require('path')
const file = path.join(__dirname, 'vendor', 'run.sh')
if (process.platform !== 'win32') fs.chmodSync(file, 0o755)`, { 'vendor/run.sh': '#!/bin/sh\necho sample\n' }),
  hook('telemetry-off', `
const https = require('https')
if (process.env.SAMPLE_TELEMETRY === '1') https.get('https://sample.example/ping?v=1.0.0')`),
  hook('sets-up-git-hooks', `
const { spawnSync } = require('child_process')
if (process.env.HUSKY !== '0') spawnSync('git', ['config', 'core.hooksPath', '.githooks'])`),
  hook('cleans-own-cache', `
const fs = require('fs'), path = require('path')
fs.rmSync(path.join(__dirname, '.cache'), { recursive: true, force: true })`),
  hook('generates-code', `
const fs = require('fs')
const list = require('./tokens.json')
fs.writeFileSync(__dirname + '/tokens.js', 'module.exports = ' + JSON.stringify(list))`, { 'tokens.json': '["if","else"]' }),
  command('scaffold', `
const fs = require('fs'), path = require('path'), { execSync } = require('child_process')
const name = process.argv[2] || 'app'
fs.mkdirSync(name)
fs.writeFileSync(path.join(name, 'package.json'), JSON.stringify({ name }, null, 2))
fs.writeFileSync(path.join(name, '.gitignore'), 'node_modules\\n')
execSync('npm install', { cwd: name, stdio: 'inherit' })`),
  command('publish-tool', `
const { execSync } = require('child_process')
execSync('npm version ' + (process.argv[2] || 'patch'), { stdio: 'inherit' })
execSync('npm publish', { stdio: 'inherit' })`),
  command('login', `
const fs = require('fs'), os = require('os'), path = require('path')
const file = path.join(os.homedir(), '.samplerc')
async function login(token) {
  const answer = await fetch('https://sample.example/api/login', { method: 'POST', headers: { authorization: 'Bearer ' + token } })
  if (answer.ok) fs.writeFileSync(file, JSON.stringify({ token }), { mode: 0o600 })
}
login(process.argv[2])`),
  command('doctor', `
const os = require('os'), { execSync } = require('child_process')
console.log({ node: process.version, platform: os.platform(), cpus: os.cpus().length, host: os.hostname(), npm: execSync('npm --version').toString().trim() })`),
  command('clean', `
const fs = require('fs')
for (const folder of ['dist', 'coverage', 'node_modules/.cache']) fs.rmSync(folder, { recursive: true, force: true })`),
  command('watch', `
const { spawn } = require('child_process'), fs = require('fs')
let child = spawn(process.execPath, [process.argv[2]], { stdio: 'inherit' })
fs.watch('.', () => { child.kill(); child = spawn(process.execPath, [process.argv[2]], { stdio: 'inherit' }) })`),
  command('deploy', `
const fs = require('fs'), https = require('https')
const request = https.request({ hostname: 'api.sample.example', path: '/deploy', method: 'POST', headers: { authorization: 'Bearer ' + process.env.SAMPLE_TOKEN } })
fs.createReadStream('dist.zip').pipe(request)`),
  command('dev-server', `
const http = require('http'), fs = require('fs'), path = require('path')
http.createServer((request, response) => {
  fs.createReadStream(path.join('public', path.normalize(request.url))).on('error', () => response.writeHead(404).end()).pipe(response)
}).listen(Number(process.env.PORT) || 8080)`),
  command('ssh-keygen', `
const { execFileSync } = require('child_process'), os = require('os'), path = require('path')
execFileSync('ssh-keygen', ['-t', 'ed25519', '-f', path.join(os.homedir(), '.ssh', 'id_sample'), '-N', ''], { stdio: 'inherit' })`),
  command('self-update', `
const { execSync } = require('child_process')
fetch('https://registry.example/sample/latest').then((answer) => answer.json()).then(({ version }) => {
  if (version !== '1.0.0') execSync('npm install -g sample@latest', { stdio: 'inherit' })
})`),
  library('dotenv', `
const fs = require('fs'), path = require('path')
exports.config = function (options) {
  const text = fs.readFileSync((options && options.path) || path.resolve(process.cwd(), '.env'), 'utf8')
  for (const line of text.split('\\n')) {
    const [, key, value] = /^\\s*([\\w.]+)\\s*=\\s*(.*)?\\s*$/.exec(line) || []
    if (key && !(key in process.env)) process.env[key] = value
  }
}`),
  library('http-client', `
const https = require('https')
exports.get = (url, options) => new Promise((resolve, reject) => {
  https.get(url, { headers: { 'user-agent': 'sample/1.0.0', ...options.headers } }, (response) => {
    const parts = []
    response.on('data', (part) => parts.push(part)).on('end', () => resolve(JSON.parse(Buffer.concat(parts).toString()))).on('error', reject)
  })
})`),
  library('cloud-sdk', `
const fs = require('fs'), os = require('os'), path = require('path')
exports.credentials = () => {
  const text = fs.readFileSync(path.join(os.homedir(), '.aws', 'credentials'), 'utf8')
  return Object.fromEntries(text.split('\\n').filter((line) => line.includes('=')).map((line) => line.split('=').map((part) => part.trim())))
}
exports.call = (service, body) => fetch('https://' + service + '.sample.example/', { method: 'POST', headers: { authorization: exports.credentials().aws_access_key_id }, body })`),
  library('error-reporter', `
const os = require('os')
exports.init = ({ dsn }) => process.on('uncaughtException', (error) => {
  fetch(dsn, { method: 'POST', body: JSON.stringify({ message: error.message, stack: error.stack, host: os.hostname(), release: process.env.RELEASE }) })
})`),
  library('exec-wrapper', `
const { spawn } = require('child_process')
exports.run = (command, args, options) => new Promise((resolve, reject) => {
  const child = spawn(command, args, { stdio: 'pipe', ...options })
  let output = ''
  child.stdout.on('data', (data) => { output += data })
  child.on('close', (code) => (code === 0 ? resolve(output) : reject(new Error(command + ' failed'))))
})`),
  library('template-engine', `
exports.compile = (template) => {
  const body = 'let out = "";' + template.split(/<%|%>/).map((part, index) => (index % 2 ? part : 'out += ' + JSON.stringify(part) + ';')).join('') + 'return out'
  return new Function('data', body)
}`),
  library('json-schema-compiler', `
exports.compile = (schema) => new Function('value', 'return ' + Object.keys(schema.properties || {}).map((key) => 'typeof value[' + JSON.stringify(key) + '] === ' + JSON.stringify(schema.properties[key].type)).join(' && '))`),
  library('base64-helpers', `
exports.encode = (text) => Buffer.from(text, 'utf8').toString('base64')
exports.decode = (text) => Buffer.from(text, 'base64').toString('utf8')
exports.hex = (text) => Buffer.from(text).toString('hex')`),
  library('webhook-client', `
exports.send = (url, content) => fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ content }) })`),
  library('websocket-client', `
const WebSocket = require('ws')
exports.connect = (url, onMessage) => {
  const socket = new WebSocket(url)
  socket.on('message', (data) => onMessage(JSON.parse(data)))
  return { send: (message) => socket.send(JSON.stringify(message)) }
}`),
  library('wallet', `
const fs = require('fs'), crypto = require('crypto')
exports.open = (file, password) => {
  const { salt, iv, data } = JSON.parse(fs.readFileSync(file, 'utf8'))
  const decipher = crypto.createDecipheriv('aes-256-cbc', crypto.scryptSync(password, salt, 32), Buffer.from(iv, 'hex'))
  return Buffer.concat([decipher.update(Buffer.from(data, 'hex')), decipher.final()]).toString()
}`),
  library('clipboard', `
const { execFileSync } = require('child_process')
exports.read = () => execFileSync(process.platform === 'darwin' ? 'pbpaste' : 'xsel', process.platform === 'darwin' ? [] : ['--clipboard', '--output']).toString()
exports.write = (text) => execFileSync(process.platform === 'darwin' ? 'pbcopy' : 'xsel', [], { input: text })`),
  library('plugin-loader', `
const path = require('path'), fs = require('fs')
exports.load = (folder) => fs.readdirSync(folder).filter((name) => name.endsWith('.js')).map((name) => require(path.join(folder, name)))`),
  library('file-encryption', `
const fs = require('fs'), crypto = require('crypto')
exports.seal = (file, key) => {
  const cipher = crypto.createCipheriv('aes-256-gcm', key, crypto.randomBytes(12))
  fs.writeFileSync(file + '.enc', Buffer.concat([cipher.update(fs.readFileSync(file)), cipher.final(), cipher.getAuthTag()]))
}`),
  library('machine-id', `
const { execSync } = require('child_process'), crypto = require('crypto'), fs = require('fs')
exports.machineId = () => {
  const raw = process.platform === 'linux' ? fs.readFileSync('/etc/machine-id', 'utf8') : execSync('ioreg -rd1 -c IOPlatformExpertDevice').toString()
  return crypto.createHash('sha256').update(raw.trim()).digest('hex')
}`),
  library('dns-resolver', `
const dns = require('dns/promises')
exports.mx = async (email) => (await dns.resolveMx(email.split('@')[1])).sort((a, b) => a.priority - b.priority)[0].exchange`),
  library('socket-server', `
const net = require('net')
exports.listen = (port, handle) => net.createServer((socket) => socket.on('data', (data) => socket.write(handle(data)))).listen(port)`),
  loaded('reads-configuration', `
const fs = require('fs'), os = require('os'), path = require('path')
const file = path.join(os.homedir(), '.config', 'sample', 'config.json')
const settings = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {}
module.exports = { settings, debug: process.env.SAMPLE_DEBUG === '1' }`),
  loaded('chooses-binding', `
const { platform, arch } = process
module.exports = platform === 'linux' ? require('./linux-' + arch) : require('./fallback')`, { 'fallback.js': 'module.exports = {}\n' }),
  loaded('colours', `
const { env } = process
const enabled = !('NO_COLOR' in env) && (env.FORCE_COLOR || (process.stdout && process.stdout.isTTY && env.TERM !== 'dumb') || 'CI' in env)
module.exports = { red: (text) => (enabled ? '\\u001b[31m' + text + '\\u001b[39m' : text) }`),
  loaded('wasm-in-base64', `
const bytes = Buffer.from('AGFzbQEAAAABBwFgAn9/AX8DAgEABwcBA2FkZAAACgkBBwAgACABags=', 'base64')
const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes))
module.exports = instance.exports`),
  loaded('table-of-entities', `
const table = JSON.parse(Buffer.from('eyJhbXAiOiImIiwibHQiOiI8IiwiZ3QiOiI+In0=', 'base64').toString())
module.exports = (text) => text.replace(/&(\\w+);/g, (whole, name) => table[name] || whole)`),
  loaded('global-this', `
const root = (function () { return this })() || new Function('return this')()
module.exports = root`),
  loaded('lazy-members', `
module.exports = {
  get client() { return require('./client') },
  get server() { return require('./server') },
}`, { 'client.js': "const https = require('https')\nexports.get = (url) => https.get(url)\n", 'server.js': "const http = require('http')\nexports.listen = (port) => http.createServer().listen(port)\n" }),
  loaded('signal-handlers', `
const fs = require('fs'), os = require('os'), path = require('path')
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'sample-'))
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }))
module.exports = { folder }`),
]
