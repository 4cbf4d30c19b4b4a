'use strict'
// Works through a list in a child process that may exit, crash or hang: it is started again behind the item that did it.
const { spawn } = require('node:child_process')
const { writeSync } = require('node:fs')

const DEADLINE = Date.now() + Number(process.env.CHECK_MS || 50_000)
delete process.env.CHECK_MS

/** Resolves to how many items were begun; the child says how many there are. */
async function inTurns(script, args, itemMs) {
  let next = 0
  let total = Infinity
  while (next < total && Date.now() < DEADLINE) {
    const child = spawn(process.execPath, [script, '--child', String(next), ...args], { stdio: ['ignore', 'inherit', 'inherit', 'pipe'], detached: true })
    let stop = () => {}
    const patience = (ms) => {
      stop()
      stop = after(Math.max(1, Math.min(ms, DEADLINE - Date.now())), () => kill(child))
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
    stop()
    // Without a number of items the package ends whoever loads it: it does so again.
    if (finished || total === Infinity) break
    if (next === before) next++
  }
  // Says that there was no time for everything.
  if (next < total && Date.now() >= DEADLINE) process.exitCode = 3
  return next
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

// As it was before anything of the package ran.
const realTimeout = setTimeout
const realClear = clearTimeout

/** A wait in steps that are too short for whoever makes time run fast. Answers how to call it off. */
function after(ms, work) {
  let left = ms
  let timer
  const step = () => {
    const next = Math.min(left, 500)
    left -= next
    timer = realTimeout(left > 0 ? step : work, next)
  }
  step()
  return () => realClear(timer)
}

const within = (ms, promise) => new Promise((resolve) => {
  const stop = after(ms, () => resolve(undefined))
  const settle = (value) => {
    stop()
    resolve(value)
  }
  Promise.resolve(promise).then(settle, () => settle(undefined))
})

/** Nothing that the package throws later ends the child. */
function calm() {
  process.on('uncaughtException', () => {}).on('unhandledRejection', () => {})
}

/** Waits a little for what is still going on, then ends. */
async function linger(ms) {
  say('end')
  for (let waited = 0; waited < ms && busy(); waited += 100) await new Promise((resolve) => realTimeout(resolve, 100))
  process.exit(0)
}

/** Asked between waits: no timer of ours runs then. */
function busy() {
  try {
    return process.getActiveResourcesInfo().some((what) => !/^(?:PipeWrap|TTYWrap)$/.test(what))
  } catch {
    return true
  }
}

module.exports = { inTurns, say, within, after, calm, linger, left: () => DEADLINE - Date.now(), kill }
