'use strict'
const fs = require('node:fs')
const path = require('node:path')
const { threadId } = require('node:worker_threads')
const { marker } = require('./mark.cjs')

/** The file that events are appended to, and the clock's lead in milliseconds where time is made to run; children get both. */
const FILE = 'XDG_SESSION_LOG'
const LEAD = 'XDG_SESSION_LEAD'
/** Whom the box's own servers are trusted by, and that a child has it from us: whoever is started without an environment speaks to them all the same. */
const TRUST = 'NODE_EXTRA_CA_CERTS'
const LENT = 'XDG_SESSION_TRUST'

const MOST_EVENTS = 20_000
const MOST_TEXT = 1024
const MOST_FRAMES = 16

/* The program may overwrite whatever it can reach. What runs when it does has been taken beforehand, and walks arrays by index. */
const { openSync, writeSync, fstatSync, readFileSync } = fs
const { stringify } = JSON
const now = Date.now
const { captureStackTrace } = Error
const { apply } = Reflect
const { isArray } = Array
const { isBuffer } = Buffer
const { defineProperty, getOwnPropertyDescriptor } = Object
const HERE = path.dirname(__dirname)
/** Where Python children find their hooks. */
const PYTHON = path.join(HERE, 'python')
/** What lines are signed with lies beside the hooks, where there is anything. */
const KEY = `${HERE}.key`
const slice = Function.prototype.call.bind(String.prototype.slice)
const startsWith = Function.prototype.call.bind(String.prototype.startsWith)
const exec = Function.prototype.call.bind(RegExp.prototype.exec)
const toText = Function.prototype.call.bind(Buffer.prototype.toString)

/** null: this process is not to be watched. */
function recorder() {
  const env = process.env
  const file = env[FILE]
  if (typeof file !== 'string' || file === '') return null
  const hook = path.join(HERE, 'node.cjs')
  const given = env.NODE_OPTIONS ?? ''
  /** What the program would see without us. */
  const visible = without(given, hook)
  const trusted = env[TRUST]
  const log = appender(file, signing())
  /** The program may define `process.pid` anew; a fork is an exec in Node. */
  const { pid: number } = process
  let told = 0
  let busy = false

  /** `fields` with where it happened. Never throws, never tells of what it does itself. */
  const tell = (kind, fields, frames) => {
    if (busy || told >= MOST_EVENTS) return
    busy = true
    try {
      const event = { k: kind, p: number, w: threadId, t: now(), __proto__: null }
      for (const name in fields) event[name] = short(fields[name])
      event.s = frames ?? stack()
      log(++told === MOST_EVENTS ? { k: 'lost', p: number, w: threadId, t: event.t, __proto__: null } : event)
    } catch { /* not told */ } finally {
      busy = false
    }
  }
  /** A question of ours that must not fail where the program broke what it is asked with. */
  const safely = (question, otherwise) => {
    try {
      return question()
    } catch {
      return otherwise
    }
  }
  /** Runs what is ours, or a function whose inner calls say the same again, without telling. */
  const quietly = (body) => {
    const before = busy
    busy = true
    try {
      return body()
    } finally {
      busy = before
    }
  }
  const tool = isTool(visible)
  tell('start', { v: process.execPath, a: process.argv.slice(1), tool }, [])
  return {
    tell, quietly, safely, apply, stack, immediate: () => safely(immediate, false), tool, now,
    isBusy: () => busy,
    hidden: {
      [FILE]: undefined, [LEAD]: undefined, [LENT]: undefined, NODE_OPTIONS: visible || undefined, __proto__: null,
      ...(env[LENT] === undefined ? {} : { [TRUST]: undefined }),
      ...(env.PYTHONPATH === undefined ? {} : { PYTHONPATH: foreign(env.PYTHONPATH).join(':') || undefined }),
    },
    /** What a child's environment has to have. */
    injected: (own) => {
      const lead = module.exports.clock.lead()
      return {
        [FILE]: file, NODE_OPTIONS: withHook(own.NODE_OPTIONS ?? '', hook), ...(lead === null ? {} : { [LEAD]: String(Math.round(lead)) }),
        PYTHONPATH: [PYTHON, ...foreign(own.PYTHONPATH ?? '')].join(':'),
        ...(trusted === undefined || own[TRUST] !== undefined ? {} : { [TRUST]: trusted, [LENT]: '1' }),
      }
    },
    lead: env[LEAD] === undefined ? null : Number(env[LEAD]) || 0,
    hook,
  }
}

const foreign = (folders) => String(folders).split(':').filter((folder) => folder !== '' && folder !== PYTHON)

const quoted = (hook) => (hook.includes(' ') ? `--require="${hook}"` : `--require=${hook}`)

function without(options, hook) {
  return options.replace(/--require(?:=|\s+)(?:"([^"]*)"|(\S+))\s*/g, (all, a, b) => ((a ?? b) === hook ? '' : all)).trim()
}

const withHook = (options, hook) => `${quoted(hook)} ${without(String(options), hook)}`.trim()

/** npm and its like, as the machine has them: what they do is theirs. Not where somebody loads code into them. */
function isTool(options) {
  if (options !== '' || process.execArgv.length > 0 || threadId !== 0) return false
  try {
    const main = fs.realpathSync(process.argv[1])
    const lib = path.join(path.dirname(path.dirname(fs.realpathSync(process.execPath))), 'lib', 'node_modules')
    return /^\/(?:npm|corepack)\/bin\/|^\/(?:npm|corepack)\/dist\//.test(main.startsWith(lib) ? main.slice(lib.length) : '')
  } catch {
    return false
  }
}

/** null: nothing is signed. */
function signing() {
  try {
    return marker(readFileSync(KEY, 'latin1').trim())
  } catch {
    return null
  }
}

/** Appends whole lines, numbered and signed. A program may close our descriptor and get its number for a file of its own: then it is not ours any more. */
function appender(file, mark) {
  let count = 0
  let fd = -1
  let inode = -1
  const open = () => {
    fd = openSync(file, 'a')
    inode = fstatSync(fd).ino
  }
  open()
  return (event) => {
    const n = count++
    event.i = n
    let line = stringify(event)
    if (mark !== null) line = `${slice(line, 0, -1)},"z":${mark(line)}}`
    try {
      if (fstatSync(fd).ino !== inode) open()
    } catch {
      open()
    }
    writeSync(fd, `${line}\n`)
  }
}

function short(value) {
  if (typeof value === 'string') return value.length > MOST_TEXT ? slice(value, 0, MOST_TEXT) : value
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value
  if (isArray(value)) {
    const list = plainList()
    for (let i = 0; i < value.length && i < 64; i++) list[i] = short(typeof value[i] === 'object' ? null : value[i])
    return list
  }
  if (isBuffer(value)) return toText(value, 'latin1', 0, MOST_TEXT)
  return typeof value === 'symbol' || typeof value === 'function' || value === undefined ? null : short(`${value}`)
}

/** Serialised as what it is, whatever `Array.prototype.toJSON` says. */
function plainList() {
  const list = []
  defineProperty(list, 'toJSON', { value: undefined })
  return list
}

/** Frames as `[file, line, column]`, innermost first, without Node's own and ours. */
function stack() {
  const frames = plainList()
  const list = sites()
  for (let i = 0; i < list.length && frames.length < MOST_FRAMES; i++) {
    const frame = frameOf(list[i])
    if (frame !== null) frames[frames.length] = frame
  }
  return frames
}

/** Whether code that is not Node's own asked directly. */
function immediate() {
  const list = sites()
  for (let i = 0; i < list.length; i++) {
    const name = list[i].getFileName()
    if (typeof name === 'string' && startsWith(name, HERE)) continue
    if (name === null || name === undefined) {
      if (list[i].isEval()) return true
      continue
    }
    return !startsWith(name, 'node:')
  }
  return false
}

function frameOf(site) {
  let name = site.getFileName()
  let line = site.getLineNumber()
  let column = site.getColumnNumber()
  if (site.isEval() && (name === null || name === undefined || name === '')) {
    // `eval at outer (/path/file.js:3:7), <anonymous>:1:1`: the innermost place that is a file.
    const origin = exec(/\((\/[^()]{1,1000}):(\d{1,9}):(\d{1,9})\)/, `${site.getEvalOrigin()}`)
    if (origin === null) return null
    name = origin[1]
    line = Number(origin[2])
    column = Number(origin[3])
  }
  if (typeof name !== 'string' || name === '' || startsWith(name, 'node:') || startsWith(name, HERE)) return null
  const frame = plainList()
  frame[0] = slice(startsWith(name, 'file://') ? decode(name) : name, 0, MOST_TEXT)
  frame[1] = line ?? 0
  frame[2] = column ?? 0
  return frame
}

function decode(url) {
  try {
    return decodeURI(exec(/^[^?#]*/, slice(url, 7))[0])
  } catch {
    return slice(url, 7)
  }
}

const asSites = (_error, list) => list

function sites() {
  const before = getOwnPropertyDescriptor(Error, 'prepareStackTrace')
  const limit = Error.stackTraceLimit
  try {
    defineProperty(Error, 'prepareStackTrace', { value: asSites, configurable: true, writable: true })
    Error.stackTraceLimit = 64
    const held = {}
    captureStackTrace(held, sites)
    return isArray(held.stack) ? held.stack : []
  } catch {
    return []
  } finally {
    try {
      Error.stackTraceLimit = limit
      if (before) defineProperty(Error, 'prepareStackTrace', before)
      else delete Error.prepareStackTrace
    } catch { /* frozen by the program */ }
  }
}

module.exports = { recorder, names: { FILE, LEAD }, clock: { lead: () => null } }
