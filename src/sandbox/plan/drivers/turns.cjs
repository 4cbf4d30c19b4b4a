'use strict'
// Works through a list in a child process that may exit, crash or hang: it is started again behind the item that did it.
const { spawn } = require('node:child_process')
const { writeSync } = require('node:fs')

const DEADLINE = Date.now() + Number(process.env.CHECK_MS || 50_000)
delete process.env.CHECK_MS

/** `count`: how many items; null: the child says so itself. Resolves to how many were begun. */
async function inTurns(script, args, { count = null, itemMs = 4_000, note }) {
  let next = 0
  let total = count
  while ((total === null || next < total) && Date.now() < DEADLINE) {
    const child = spawn(process.execPath, [script, '--child', String(next), ...args], { stdio: ['ignore', 'inherit', 'inherit', 'pipe'], detached: true })
    let timer = null
    const patience = (ms) => {
      clearTimeout(timer)
      timer = setTimeout(() => kill(child), Math.max(1, Math.min(ms, DEADLINE - Date.now())))
    }
    patience(itemMs * 3)
    let finished = false
    let rest = ''
    child.stdio[3].setEncoding('utf8').on('data', (text) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() || ''
      for (const line of lines) {
        const [word, value] = line.split(' ')
        if (word === 'total') total = Number(value)
        if (word === 'begin') next = Number(value) + 1
        if (word === 'end') finished = true
        patience(word === 'end' ? 6_000 : itemMs)
      }
    }).on('error', () => {})
    const before = next
    await new Promise((resolve) => child.on('close', resolve).on('error', resolve))
    clearTimeout(timer)
    if (finished) break
    if (next === before) next++
    if (note) note(next)
  }
  return total === null ? next : Math.min(next, total)
}

function kill(child) {
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    child.kill('SIGKILL')
  }
}

/** What the child says of its way; the pipe may have been closed by what it runs. */
function say(line) {
  try {
    writeSync(3, `${line}\n`)
  } catch {}
}

const within = (ms, promise) => new Promise((resolve) => {
  const timer = realTimeout(() => resolve(undefined), ms)
  Promise.resolve(promise).then((value) => { clearTimeout(timer); resolve(value) }, () => { clearTimeout(timer); resolve(undefined) })
})
// As it was before anything of the package ran.
const realTimeout = setTimeout

/** Nothing that the package throws later ends the child. */
function calm() {
  process.on('uncaughtException', () => {}).on('unhandledRejection', () => {})
}

/** Waits a little for what is still going on, then ends. */
async function linger(ms) {
  say('end')
  const until = Date.now() + ms
  while (Date.now() < until && busy()) await new Promise((resolve) => realTimeout(resolve, 100))
  process.exit(0)
}

function busy() {
  try {
    return process.getActiveResourcesInfo().filter((what) => !/^(?:Timeout|PipeWrap|TTYWrap)$/.test(what)).length > 0 || process.getActiveResourcesInfo().filter((what) => what === 'Timeout').length > 1
  } catch {
    return true
  }
}

module.exports = { inTurns, say, within, calm, linger, left: () => DEADLINE - Date.now(), kill }
