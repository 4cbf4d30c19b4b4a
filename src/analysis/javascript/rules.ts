import { HOME } from '../desk.ts'
import { all, codec, collect } from '../flow/table.ts'
import type { Rule } from '../flow/tongue.ts'

/** What calls of Node.js, of browsers and of well-known packages do, by their resolved names. */
const RULES = Object.assign(Object.create(null) as Record<string, Rule>, {
  ...all('load', ['require', 'module.require', 'require.main.require', 'module.createRequire()', 'createRequire()', 'process.mainModule.require', 'module.constructor._load', 'module._load', 'process.getBuiltinModule', '__non_webpack_require__']),
  ...all('code', ['eval', 'vm.runInThisContext', 'vm.runInNewContext', 'vm.runInContext', 'vm.Script', 'vm.compileFunction', 'vm.SourceTextModule', 'module.prototype._compile', 'module._compile', 'module()._compile', 'module.Module()._compile', 'module.constructor()._compile', 'execScript']),
  Function: { does: 'code', at: -1 }, AsyncFunction: { does: 'code', at: -1 }, GeneratorFunction: { does: 'code', at: -1 },

  'Buffer.from': { does: 'decode', at: 0 }, Buffer: { does: 'decode', at: 0 }, 'buffer.Buffer.from': { does: 'decode', at: 0 },
  atob: { does: 'decode', at: 0, how: 'base64' }, 'buffer.atob': { does: 'decode', at: 0, how: 'base64' },
  unescape: { does: 'decode', at: 0, how: 'url' }, ...all('unescape', ['decodeURIComponent', 'decodeURI', 'querystring.unescape']),
  ...codec('gzip', ['zlib.gunzipSync', 'zlib.gunzip', 'zlib.unzipSync', 'zlib.unzip']), ...codec('zlib', ['zlib.inflateSync', 'zlib.inflate', 'pako.inflate', 'pako.ungzip']),
  ...codec('deflate', ['zlib.inflateRawSync', 'zlib.inflateRaw']), ...codec('brotli', ['zlib.brotliDecompressSync', 'zlib.brotliDecompress']),
  ...codec('cipher', ['crypto-js.AES.decrypt', 'crypto-js.RC4.decrypt', 'crypto-js.DES.decrypt', 'crypto.createDecipheriv().update', 'crypto.createDecipher().update', 'crypto.privateDecrypt', 'crypto.subtle.decrypt', 'crypto.webcrypto.subtle.decrypt']),
  'crypto-js.enc.Base64.parse': { does: 'decode', at: 0, how: 'base64' }, 'LZString.decompressFromBase64': { does: 'decode', at: 0, how: 'lz-string' },
  ...all('encode', ['btoa', 'zlib.gzipSync', 'zlib.deflateSync', 'zlib.gzip', 'querystring.escape']),
  ...all('encrypt', ['crypto.createCipheriv().update', 'crypto.publicEncrypt', 'crypto-js.AES.encrypt', 'crypto.subtle.encrypt', 'crypto.createCipher().update']),
  'String.fromCharCode': { does: 'characters', at: 0 }, 'String.fromCodePoint': { does: 'characters', at: 0 },

  ...all('write', ['writeFileSync', 'writeFile', 'appendFileSync', 'appendFile', 'promises.writeFile', 'promises.appendFile', 'outputFile', 'outputFileSync', 'writeJson', 'writeJsonSync', 'writev', 'writeSync'].map((name) => `fs.${name}`)),
  ...all('open', ['createWriteStream', 'openSync', 'open', 'promises.open'].map((name) => `fs.${name}`)),
  ...all('move', ['renameSync', 'rename', 'copyFileSync', 'copyFile', 'linkSync', 'symlinkSync', 'promises.rename', 'promises.copyFile', 'cpSync', 'cp', 'copy', 'copySync', 'move', 'moveSync', 'promises.cp'].map((name) => `fs.${name}`)),
  ...all('read', ['readFileSync', 'readFile', 'promises.readFile', 'createReadStream', 'readJson', 'readJsonSync', 'readJSONSync', 'readSync'].map((name) => `fs.${name}`)),
  ...all('delete', ['rmSync', 'rm', 'unlinkSync', 'unlink', 'rmdirSync', 'rmdir', 'promises.rm', 'promises.unlink', 'promises.rmdir', 'removeSync', 'remove', 'emptyDirSync', 'emptyDir', 'truncateSync'].map((name) => `fs.${name}`)),
  rimraf: { does: 'delete', at: 0 }, 'rimraf.sync': { does: 'delete', at: 0 }, 'shelljs.rm': { does: 'delete', at: 1 }, del: { does: 'delete', at: 0 },
  ...all('list', ['readdirSync', 'readdir', 'promises.readdir', 'opendirSync', 'existsSync', 'accessSync', 'statSync', 'glob', 'globSync'].map((name) => `fs.${name}`)),
  ...all('list', ['glob', 'glob.sync', 'glob.globSync', 'fast-glob', 'fast-glob.sync', 'globby', 'walk-sync']),

  ...all('hash', ['crypto.createHash().update', 'crypto.createHmac().update', 'crypto.createVerify().update']), 'crypto.hash': { does: 'hash', at: 1 }, 'ssri.checkData': { does: 'hash', at: 0 },

  ...collect('host', ['os.hostname', 'os.userInfo', 'os.networkInterfaces', 'dns.getServers', 'public-ip', 'systeminformation', 'node-machine-id.machineIdSync', 'node-machine-id.machineId', 'os-name', 'username', 'username.sync', 'getmac', 'macaddress.one']),
  ...collect('clipboard', ['clipboardy.read', 'clipboardy.readSync', 'copy-paste.paste', 'navigator.clipboard.readText', 'electron.clipboard.readText', 'clipboard.readText']),
  ...collect('keystrokes', ['node-global-key-listener.GlobalKeyboardListener', 'iohook.on', 'iohook.start', 'uiohook-napi.uIOhook.on', 'uiohook-napi.uIOhook.start', 'keylogger']),
  ...collect('screen', ['screenshot-desktop', 'screenshot-desktop.all', 'node-screenshots', 'desktop-screenshot', 'electron.desktopCapturer.getSources', 'node-webcam.capture']),
  ...all('upload', ['ssh2-sftp-client().put', 'ssh2-sftp-client().fastPut', 'basic-ftp.Client().uploadFrom']),
  ...collect('credentials', ['@aws-sdk/client-secrets-manager.SecretsManagerClient().send', '@aws-sdk/client-secrets-manager.SecretsManager().getSecretValue', '@google-cloud/secret-manager.SecretManagerServiceClient().accessSecretVersion', '@azure/keyvault-secrets.SecretClient().getSecret']),
  ...collect('credentials', ['keytar.getPassword', 'keytar.findCredentials', 'keytar.findPassword']),
  ...collect('browser', ['chrome.cookies.getAll', 'browser.cookies.getAll', 'document.cookie', 'chrome-cookies-secure.getCookies', '@primno/dpapi.Dpapi.unprotectData', 'win-dpapi.unprotectData', 'dpapi.unprotectData']),

  ...all('path', ['path.join', 'path.resolve', 'path.posix.join', 'path.win32.join', 'path.normalize', 'path.posix.resolve']),
  'path.dirname': { does: 'folder', at: 0 },
  'os.homedir': { does: 'text', at: 0, how: HOME }, 'os.tmpdir': { does: 'text', at: 0, how: '/tmp' },
  ...all('text', ['require.resolve', 'String', 'url.fileURLToPath', 'url.pathToFileURL', 'url.parse', 'String.raw', 'Symbol', 'path.basename', 'path.extname']),
  URL: { does: 'text', at: 0, how: 'address' }, 'url.URL': { does: 'text', at: 0, how: 'address' },
  ...all('number', ['Number', 'parseInt', 'parseFloat', 'Number.parseInt', 'BigInt']),
  ...all('pass', ['util.promisify', 'Promise.resolve', 'Object.entries', 'Object.values', 'Object.freeze', 'Array.from', 'Promise.all', 'Promise.allSettled', 'structuredClone',  'Blob', 'Uint8Array', 'Uint8Array.from', 'Buffer.concat', 'stream.Readable.from', 'encodeURIComponent', 'encodeURI']),
  ...all('spell', ['JSON.stringify', 'util.inspect', 'querystring.stringify', 'qs.stringify', 'URLSearchParams', 'url.URLSearchParams']), 'JSON.parse': { does: 'parse', at: 0 }, 'Object.assign': { does: 'merge', at: 0 },
  'Reflect.get': { does: 'member', at: 0 }, 'Object.keys': { does: 'pass', at: 0 },

  'shelljs.exec': { does: 'shell', at: 0 }, 'execa.command': { does: 'shell', at: 0 }, 'execa.commandSync': { does: 'shell', at: 0 }, 'execa.execaCommand': { does: 'shell', at: 0 }, 'execa.execaCommandSync': { does: 'shell', at: 0 },
  ...all('program', ['execa', 'execa.sync', 'execa.execa', 'execa.execaSync', 'cross-spawn', 'cross-spawn.spawn', 'cross-spawn.sync', 'Bun.spawn', 'Bun.spawnSync', 'Deno.Command', 'Deno.run', 'node-pty.spawn', 'process.binding().spawn', 'foreground-child', 'tinyexec.x', 'nano-spawn']),
  open: { does: 'program', at: 0 }, opn: { does: 'program', at: 0 }, 'bun.$': { does: 'shell', at: 0 }, 'zx.$': { does: 'shell', at: 0 }, $: { does: 'shell', at: 0 },
  'worker_threads.Worker': { does: 'fork', at: 0 }, 'cluster.fork': { does: 'pass', at: 0 },

  ...all('connect', ['net.connect', 'net.createConnection', 'net.Socket().connect', 'tls.connect', 'dgram.createSocket().send', 'WebSocket', 'ws', 'ws.WebSocket', 'socket.io-client', 'socket.io-client.io', 'EventSource', 'ssh2.Client().connect']),
  ...all('resolve', ['lookup', 'resolve', 'resolve4', 'resolve6', 'resolveTxt', 'resolveMx', 'resolveAny', 'resolveCname', 'promises.lookup', 'promises.resolve', 'promises.resolveTxt', 'promises.resolve4', 'Resolver().resolve', 'Resolver().resolveTxt'].map((name) => `dns.${name}`)),
  ...all('listen', ['net.createServer().listen', 'http.createServer().listen', 'https.createServer().listen', 'express().listen']),
  ...all('fetch', ['navigator.sendBeacon', 'Image().src=', 'document.createElement().src=', 'document.createElement().href=', 'window.location=', 'location.href=']),
  ...all('field', ['document.querySelector', 'document.querySelectorAll', 'document.getElementById', 'document.getElementsByName', 'document.getElementsByTagName', 'document.getElementsByClassName', 'jquery']),
  ...all('handle', ['document.addEventListener', 'document.body.addEventListener', 'addEventListener']),
  ...all('replace', ['fetch=', 'XMLHttpRequest.prototype.open=', 'XMLHttpRequest.prototype.send=', 'ethereum.request=', 'ethereum.send=', 'ethereum.sendAsync=', 'solana.signTransaction=', 'solana.signAndSendTransaction=', 'navigator.clipboard.writeText=']),
  'process.dlopen': { does: 'load', at: 1 }, ...all('code', ['ejs.render', 'ejs.compile', 'pug.render', 'pug.compile']),
  ...all('wait', ['Atomics.wait']), setTimeout: { does: 'wait', at: 1 }, 'timers.setTimeout': { does: 'wait', at: 1 }, 'timers/promises.setTimeout': { does: 'wait', at: 0 },
  'Intl.DateTimeFormat().resolvedOptions': { does: 'check', at: 0, how: 'locale' }, 'os.cpus': { does: 'check', at: 0, how: 'virtual' }, 'os.totalmem': { does: 'check', at: 0, how: 'virtual' },
  'inspector.url': { does: 'check', at: 0, how: 'debugger' }, 'is-ci': { does: 'check', at: 0, how: 'ci' },
} satisfies Record<string, Rule>)

const SPAWNS: Readonly<Record<string, Rule>> = Object.assign(Object.create(null) as Record<string, Rule>, {
  ...all('shell', ['exec', 'execSync']), ...all('program', ['spawn', 'spawnSync', 'execFile', 'execFileSync', '_forkChild']), ...all('fork', ['fork']),
})

/** Packages that ask the network in whatever they export. */
const NETWORK = new Set([
  'fetch', 'axios', 'got', 'undici', 'request', 'superagent', 'needle', 'node-fetch', 'make-fetch-happen', 'simple-get', 'phin', 'bent', 'ky', 'cross-fetch',
  'isomorphic-fetch', 'follow-redirects', 'request-promise', 'request-promise-native', 'minipass-fetch', 'download', 'http', 'https', 'http2', 'net', 'tls',
  'dgram', 'XMLHttpRequest', 'xmlhttprequest', '@cypress/request', 'centra', 'wreck', 'tiny-json-http', 'nodemailer', 'form-data', 'node-telegram-bot-api', 'telegraf', 'discord-webhook-node',
  'webhook-discord', 'ssh2', 'ftp', 'basic-ftp', 'octokit', '@octokit/rest', '@octokit/core',
])
/** Members of those that ask for nothing. */
const INERT = new Set([
  'Agent', 'globalAgent', 'createServer', 'Server', 'STATUS_CODES', 'METHODS', 'setGlobalDispatcher', 'ProxyAgent', 'Headers', 'FormData', 'defaults', 'extend',
  'create', 'CancelToken', 'isAxiosError', 'setServers', 'getServers', 'validateHeaderName', 'IncomingMessage', 'ServerResponse', 'OutgoingMessage', 'Socket', 'isIP', 'isIPv4', 'isIPv6',
  'prototype', 'constructor', 'Promise', 'DONE', 'OPENED', 'HEADERS_RECEIVED', 'LOADING', 'UNSENT', 'constants', 'createTransport', 'interceptors', 'createSocket', 'default', 'then', 'bind',
])

/** Functions of wallet libraries that are given or make keys, when they are assigned to. */
const KEY_MAKERS = /^(?:@solana\/web3\.js|ethers|bip39|bitcoinjs-lib|tweetnacl|xrpl|tronweb)\.[\w.()]*=$/

/** A contract of a blockchain: whatever is asked of it, somebody wrote into the chain, and nobody takes it out again. */
const CONTRACTS = /^(?:ethers\.(?:ethers\.)?(?:Base)?Contract|(?:web3|web3\.Web3)\(\)\.eth\.Contract|viem\.createPublicClient\(\)\.readContract|@solana\/web3\.js\.Connection\(\)\.get(?:AccountInfo|ParsedAccountInfo|SignaturesForAddress|Transaction|ParsedTransaction))$/

/** What calling `ref` does; null when it is of no interest. */
export function rule(ref: string): Rule | null {
  const plain = ref.replace(/^(?:(?:globalThis|global|window|self|root|top)\.)+/, '').replace(/^(?:graceful-fs|fs-extra|original-fs|memfs)\./, 'fs.').replace(/^fs\/promises\./, 'fs.promises.').replace(/^dns\/promises\./, 'dns.promises.')
  const found = RULES[plain]
  if (found) return found
  if (plain.endsWith('=')) return KEY_MAKERS.test(plain) ? { does: 'replace', at: 0 } : null
  const dot = plain.indexOf('.')
  if (plain.startsWith('child_process.')) return SPAWNS[plain.slice(14)] ?? null
  // Code by way of any function's constructor: `[].filter.constructor('…')`, `(() => {}).constructor`.
  if (plain.endsWith('.constructor') && plain.length > 12 && plain !== 'module.constructor') return { does: 'code', at: -1 }
  if (CONTRACTS.test(plain)) return { does: 'fetch', at: plain.includes('eth.') ? 1 : 0, how: 'contract:' }
  if (plain.includes('(')) return null
  const module = dot < 0 ? plain : plain.startsWith('@') ? plain.split('.', 1)[0] ?? plain : plain.slice(0, dot)
  return NETWORK.has(module) && !INERT.has(plain.slice(plain.lastIndexOf('.') + 1)) ? { does: 'fetch', at: 0 } : null
}

const ROOTS = new Set([
  ...Object.keys(RULES).map((ref) => /^(?:@[^/.]+\/)?[^.(]+/.exec(ref)?.[0] ?? ref), ...NETWORK, 'child_process', 'process', 'globalThis', 'global', 'window', 'self', 'root', 'top', 'document', 'Reflect',
  'socket.io-client', '@solana/web3.js', 'bip39', 'bitcoinjs-lib', 'tweetnacl', 'xrpl', 'tronweb', 'ethers', 'web3', 'viem', 'graceful-fs', 'fs-extra', 'original-fs', 'memfs', 'fs/promises', 'dns/promises', 'timers/promises', 'Function', 'constructor', 'import.meta', 'import', 'localStorage', 'sessionStorage', 'Object', 'Array', 'String',
])

/** Whether any rule may be about what this module or global has. */
export const knows = (root: string): boolean => ROOTS.has(root)
