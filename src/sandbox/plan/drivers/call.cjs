'use strict'
// Calls what a package exports, then runs its commands.
const { spawn } = require('node:child_process')
const { readFileSync, mkdirSync, writeFileSync, existsSync } = require('node:fs')
const { dirname, join } = require('node:path')
const { inTurns, say, within, after, calm, linger, left, kill } = require('./turns.cjs')
const { waysToCall, TEXT, file } = require('./given.cjs')

const MOST = 250
const args = process.argv.slice(2)
const child = args[0] === '--child'
const from = child ? Number(args[1]) : 0
const [name] = child ? args.slice(2) : args
const folder = join(process.cwd(), 'node_modules', name)

const keysOf = (value) => {
  try {
    return Object.getOwnPropertyNames(value).filter((key) => !/^(?:length|name|prototype|arguments|caller|constructor|__esModule)$/.test(key))
  } catch {
    return []
  }
}
const read = (value, key) => {
  try {
    return value[key]
  } catch {
    return undefined
  }
}
const isClass = (fn) => {
  try {
    return /^class\b/.test(Function.prototype.toString.call(fn)) || keysOf(fn.prototype || {}).length > 0
  } catch {
    return false
  }
}

/** Every function that can be reached from a module, each once; of a class its constructor, which then has its methods. */
function callables(root) {
  const found = []
  const seen = new Set()
  const visit = (value, owner, depth) => {
    if (found.length >= MOST || value === null || (typeof value !== 'object' && typeof value !== 'function') || seen.has(value)) return
    seen.add(value)
    if (typeof value === 'function') found.push({ fn: value, owner })
    if (depth < 4) for (const key of keysOf(value).slice(0, 200)) visit(read(value, key), value, depth + 1)
  }
  visit(root, undefined, 0)
  return found
}

async function call({ fn, owner }) {
  if (isClass(fn)) {
    for (const given of waysToCall(fn.length).slice(0, 4)) {
      let made
      try {
        made = Reflect.construct(fn, given)
      } catch {
        continue
      }
      await within(800, made)
      await methods(made)
      return
    }
  }
  for (const given of waysToCall(fn.length)) {
    try {
      const answer = Reflect.apply(fn, owner, given)
      await within(800, answer)
      if (given.length === 0 && (typeof answer === 'function' || typeof answer === 'object')) await methods(answer)
    } catch {}
  }
}

/** Of what a constructor or factory made: itself, its methods and those it inherits, each once in two ways. */
async function methods(made) {
  if (made === null || made === undefined || typeof made.then === 'function') return
  const done = new Set()
  if (typeof made === 'function') done.add('')
  let count = 0
  for (let level = made, depth = 0; level && level !== Object.prototype && level !== Function.prototype && depth < 4; level = Object.getPrototypeOf(level), depth++) {
    for (const key of keysOf(level)) {
      const method = read(made, key)
      if (typeof method !== 'function' || done.has(key) || count++ > 40) continue
      done.add(key)
      for (const given of waysToCall(method.length).slice(0, 3)) {
        try {
          await within(300, Reflect.apply(method, made, given))
        } catch {}
      }
    }
  }
}

async function exported() {
  const roots = []
  try {
    roots.push(require(require.resolve(name, { paths: [process.cwd()] })))
  } catch {}
  const module = await within(3_000, import(name))
  if (module) roots.push({ ...module })
  return callables(roots)
}

function commands() {
  try {
    const { bin, name: own } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const names = typeof bin === 'string' ? [String(own).split('/').pop()] : Object.keys(bin || {})
    return names.slice(0, 20).map((command) => join(process.cwd(), 'node_modules', '.bin', command)).filter(existsSync)
  } catch {
    return []
  }
}

const runCommand = (program, given) => new Promise((resolve) => {
  const ran = spawn(program, given, { stdio: ['ignore', 'ignore', 'ignore'], detached: true })
  const stop = after(Math.max(1, Math.min(5_000, left())), () => kill(ran))
  const end = () => {
    stop()
    resolve()
  }
  ran.on('close', end).on('error', end)
})

async function main() {
  if (child) {
    // What is loaded sees the program that loads it, not how that is driven.
    process.argv.splice(1, process.argv.length - 1, join(process.cwd(), 'src', 'index.js'))
    calm()
    const all = await exported()
    say(`total ${all.length}`)
    for (let at = from; at < all.length; at++) {
      say(`begin ${at}`)
      await call(all[at])
    }
    await linger(3_000)
  }
  if (!existsSync(folder)) {
    console.error(`${name} is not there`)
    process.exit(1)
  }
  mkdirSync(dirname(file()), { recursive: true })
  if (!existsSync(file())) writeFileSync(file(), '[{"id":1,"name":"Blue mug","price":9.5}]\n')
  const all = commands()
  for (const command of all) for (const given of [[], ['--help'], [TEXT]]) if (left() > 1_000) await runCommand(command, given)
  console.log(`${await inTurns(__filename, [name], 5_000)} functions called, ${all.length} commands run`)
}

void main()
