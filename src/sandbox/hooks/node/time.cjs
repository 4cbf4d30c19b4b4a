'use strict'
const timers = require('node:timers')
const promises = require('node:timers/promises')
const { clock } = require('./recorder.cjs')
const { replacing } = require('./children.cjs')

/** From here on a timer is a wait that is told, and shortened where time is made to run. */
const LONG = 1_000

/** Asking for the time this often within a few milliseconds is waiting for it. */
const SPINS = 500
const SPIN_WINDOW = 20
const SPIN_STEP = 250

/** What a wait takes in truth: ten minutes 1.3 s, a day 2.3 s; longer ones always longer, so that their order stays. */
const shortened = (ms) => Math.min(ms, 200 * Math.log1p(ms / 1000))

exports.install = (tell) => {
  let lead = tell.lead
  const fast = lead !== null
  clock.lead = () => lead
  const promisify = Symbol.for('nodejs.util.promisify.custom')
  const real = { setTimeout: globalThis.setTimeout, setInterval: globalThis.setInterval, now: Date.now, wait: promises.setTimeout }

  /** Tells of it; answers how long it really takes and what to do when it is over, or null: as it is. */
  const waits = (ms, how) => {
    const asked = Number(ms)
    if (!(asked >= LONG) || asked > 2_147_483_647 || tell.isBusy() || !tell.immediate()) return null
    tell.tell('sleep', { v: how, ms: Math.round(asked) })
    if (!fast) return null
    let due = real.now() + lead + asked
    return { ms: shortened(asked), over: () => {
      lead = Math.max(lead, due - real.now())
      due = real.now() + lead + asked
    } }
  }
  const wrapTimer = (name) => replacing(real[name], function (...args) {
    const callback = args[0]
    const wait = typeof callback === 'function' ? waits(args[1], name) : null
    if (wait === null) return tell.apply(real[name], this, args)
    args[0] = function (...given) {
      wait.over()
      return tell.apply(callback, this, given)
    }
    args[1] = wait.ms
    return tell.apply(real[name], this, args)
  })
  const later = replacing(real.wait, async function (ms, value, options) {
    const wait = waits(ms, 'setTimeout')
    const result = await real.wait(wait === null ? ms : wait.ms, value, options)
    wait?.over()
    return result
  })
  for (const name of ['setTimeout', 'setInterval']) {
    const wrapped = wrapTimer(name)
    if (name === 'setTimeout') Object.defineProperty(wrapped, promisify, { configurable: true, enumerable: true, value: later })
    globalThis[name] = wrapped
    timers[name] = wrapped
  }
  promises.setTimeout = later
  const { wait } = promises.scheduler ?? {}
  if (wait) promises.scheduler.wait = (ms, options) => later(ms, undefined, options)

  const block = Atomics.wait
  Atomics.wait = replacing(block, (array, index, value, ms) => {
    const wait = waits(ms, 'Atomics.wait')
    const result = block(array, index, value, wait === null ? ms : wait.ms)
    wait?.over()
    return result
  })
  if (fast) moveClocks(real.now, () => lead, (more) => { lead += more })
}

/** Every clock of the program is ahead by the same lead, which only grows. */
function moveClocks(now, lead, forward) {
  let since = 0
  let asked = 0
  const ahead = () => {
    const at = now()
    if (at - since > SPIN_WINDOW) {
      since = at
      asked = 0
    } else if (++asked > SPINS) forward(SPIN_STEP)
    return lead()
  }
  const RealDate = Date
  const moved = () => now() + Math.round(ahead())
  RealDate.now = replacing(now, () => moved())
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [moved()] : args, newTarget),
    apply: (target) => new target(moved()).toString(),
  })
  Object.defineProperty(RealDate.prototype, 'constructor', { value: globalThis.Date, configurable: true, writable: true })

  const { now: elapsed } = performance
  const prototype = Object.getPrototypeOf(performance)
  prototype.now = replacing(elapsed, function () {
    return Reflect.apply(elapsed, this, []) + ahead()
  })
  const { hrtime, uptime } = process
  const { bigint } = hrtime
  process.hrtime = replacing(hrtime, (before) => {
    const total = bigint() + BigInt(Math.round(ahead() * 1e6))
    const past = before === undefined ? total : total - (BigInt(before[0]) * 1_000_000_000n + BigInt(before[1]))
    return [Number(past / 1_000_000_000n), Number(past % 1_000_000_000n)]
  })
  process.hrtime.bigint = replacing(bigint, () => bigint() + BigInt(Math.round(ahead() * 1e6)))
  process.uptime = replacing(uptime, () => uptime() + lead() / 1000)
}
