'use strict'
const childProcess = require('node:child_process')
const workers = require('node:worker_threads')

/** Processes and threads that are started: told, and given what makes them tell in turn, whatever environment they get. */
exports.install = (tell) => {
  const { quietly, injected, apply } = tell
  const dressed = (env) => {
    const whole = env && typeof env === 'object' ? { ...env } : quietly(() => ({ ...process.env }))
    return { ...whole, ...injected(whole) }
  }

  for (const name of ['spawn', 'spawnSync', 'execFile', 'execFileSync', 'fork', 'exec', 'execSync']) {
    const original = childProcess[name]
    const shell = name === 'exec' || name === 'execSync'
    childProcess[name] = replacing(original, function (...args) {
      try {
        tell.tell('exec', { v: args[0], a: shell ? [args[0]] : [args[0], ...(Array.isArray(args[1]) ? args[1] : [])], f: name })
        dress(args, shell ? 1 : Array.isArray(args[1]) || args[1] === null || args[1] === undefined ? 2 : 1, dressed)
      } catch { /* as the program gave it */ }
      return quietly(() => apply(original, this, args))
    })
  }
  const { Worker } = workers
  workers.Worker = new Proxy(Worker, {
    construct(target, args, newTarget) {
      tell.tell('worker', { v: args[0], eval: args[1]?.eval === true })
      const options = args[1]
      if (options && typeof options === 'object') {
        args[1] = { ...options }
        if (options.env && typeof options.env === 'object') args[1].env = dressed(options.env)
        if (Array.isArray(options.execArgv)) args[1].execArgv = ['--require', tell.hook, ...options.execArgv]
      }
      return Reflect.construct(target, args, newTarget)
    },
  })
  const { kill } = process
  process.kill = replacing(kill, function (pid, signal) {
    if (signal !== 0) tell.tell('signal', { v: String(pid) })
    return apply(kill, this, arguments)
  })
}

/** Puts the options in their place among optional arguments: `(file, args?, options?, callback?)`. */
function dress(args, at, dressed) {
  const options = args[at]
  if (options !== null && typeof options === 'object') args[at] = { ...options, env: dressed(options.env) }
  else if (typeof options === 'function') args.splice(at, 0, { env: dressed() })
  else {
    while (args.length < at) args.push(at === 2 && args.length === 1 ? [] : undefined)
    args[at] = { env: dressed() }
  }
}

/** Looks like the original: name, length, properties (`util.promisify.custom` among them). */
function replacing(original, replacement) {
  const custom = Symbol.for('nodejs.util.promisify.custom')
  for (const key of Reflect.ownKeys(original)) {
    if (key === 'prototype' || key === custom) continue
    Object.defineProperty(replacement, key, Object.getOwnPropertyDescriptor(original, key))
  }
  if (original[custom]) Object.defineProperty(replacement, custom, { configurable: true, value: promised(replacement) })
  return replacement
}

/** `promisify(exec)` has its own way in, which would go around the replacement. */
function promised(callable) {
  return (...args) => {
    let child
    const promise = new Promise((resolve, reject) => {
      child = callable(...args, (error, stdout, stderr) => (error === null ? resolve({ stdout, stderr }) : reject(Object.assign(error, { stdout, stderr }))))
    })
    promise.child = child
    return promise
  }
}

exports.replacing = replacing
