'use strict'
// Loads everything of an installed package: by its name, by what it exports, then file by file.
const { existsSync, readFileSync, readdirSync } = require('node:fs')
const { join, relative } = require('node:path')
const { pathToFileURL } = require('node:url')
const { inTurns, say, within, calm, linger } = require('./turns.cjs')

const MOST = 400
const args = process.argv.slice(2)
const child = args[0] === '--child'
const from = child ? Number(args[1]) : 0
const [name, part] = child ? args.slice(2) : args
const folder = join(process.cwd(), 'node_modules', name)

function names() {
  let exported = []
  try {
    const { exports: map } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    if (map && typeof map === 'object') exported = Object.keys(map).filter((key) => key.startsWith('./') && !key.includes('*') && key !== './package.json')
  } catch {}
  return [name, ...exported.map((key) => name + key.slice(1))]
}

/** Its commands: nobody loads these, and they are called in the phase that calls. */
function commands() {
  try {
    const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    return new Set((typeof bin === 'string' ? [bin] : Object.values(bin || {})).map((path) => join(folder, String(path))))
  } catch {
    return new Set()
  }
}

const TESTS = /(?:^|\/)(?:tests?|__tests__|__mocks__|specs?|fixtures?|benchmarks?|bench|examples?|docs?)(?:\/|$)|\.(?:test|spec)\.[cm]?js$/
function files() {
  const found = []
  const called = commands()
  const walk = (place) => {
    let entries = []
    try {
      entries = readdirSync(place, { withFileTypes: true })
    } catch {}
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(place, entry.name)
      if (found.length >= MOST) return
      if (entry.isDirectory() && entry.name !== 'node_modules') walk(path)
      else if (entry.isFile() && /\.(?:[cm]?js|node)$/.test(entry.name) && !TESTS.test(relative(folder, path)) && !called.has(path)) found.push(path)
    }
  }
  walk(folder)
  return found
}

const items = () => (part === 'names' ? names() : files())

async function load(item) {
  const file = part === 'files'
  if (!file || !item.endsWith('.mjs')) {
    try {
      require(file ? item : require.resolve(item, { paths: [process.cwd()] }))
    } catch (thrown) {
      if (file && thrown && thrown.code !== 'ERR_REQUIRE_ESM' && !/(?:import|export|await)/.test(String(thrown.message))) return
    }
  }
  if (file && item.endsWith('.node')) return
  // From a file beside the project's own, so that names are looked up where the project looks.
  await within(3_000, file ? import(pathToFileURL(item).href) : import(item))
}

async function main() {
  if (child) {
    // What is loaded sees the program that loads it, not how that is driven.
    process.argv.splice(1, process.argv.length - 1, join(process.cwd(), 'src', 'index.js'))
    calm()
    const all = items()
    say(`total ${all.length}`)
    for (let at = from; at < all.length; at++) {
      say(`begin ${at}`)
      await load(all[at])
    }
    await linger(3_000)
  }
  if (!existsSync(folder)) {
    console.error(`${name} is not there`)
    process.exit(1)
  }
  for (const what of ['names', 'files']) console.log(`${what}: ${await inTurns(__filename, [name, what], 6_000)} loaded`)
}

void main()
