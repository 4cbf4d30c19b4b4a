'use strict'
const Module = require('node:module')
const vm = require('node:vm')
const { replacing } = require('./children.cjs')

const MOST_SAMPLE = 1024

/** Code that was made while running: its hash, its beginning, and who made it. A direct `eval` keeps its scope and cannot be told. */
exports.install = (tell) => {
  const made = (code, how) => {
    if (tell.isBusy() || typeof code !== 'string' || code.length < 16 || !tell.immediate()) return
    tell.safely(() => tell.tell('code', { v: require('node:crypto').createHash('sha256').update(code).digest('hex'), f: how, n: code.length, x: code.slice(0, MOST_SAMPLE) }))
  }
  for (const name of ['runInThisContext', 'runInNewContext', 'runInContext', 'compileFunction']) {
    const original = vm[name]
    vm[name] = replacing(original, function (...args) {
      made(args[0], `vm.${name}`)
      return tell.apply(original, this, args)
    })
  }
  vm.Script = new Proxy(vm.Script, {
    construct(target, args, newTarget) {
      made(args[0], 'vm.Script')
      return Reflect.construct(target, args, newTarget)
    },
  })
  const { _compile } = Module.prototype
  Module.prototype._compile = replacing(_compile, function (...args) {
    made(args[0], 'module._compile')
    return tell.apply(_compile, this, args)
  })
  const { dlopen } = process
  process.dlopen = replacing(dlopen, function (...args) {
    tell.tell('read', { v: args[1], f: 'dlopen' })
    return tell.apply(dlopen, this, args)
  })
  wrapFunction(made)
}

/** All four constructors that compile their last argument. They stay what `instanceof` and `.constructor` expect. */
function wrapFunction(made) {
  const { apply, construct } = Reflect
  for (const sample of [function () {}, function* () {}, async function () {}, async function* () {}]) {
    const prototype = Object.getPrototypeOf(sample)
    const original = prototype.constructor
    const last = (args) => (args.length > 0 ? args[args.length - 1] : '')
    const replacement = new Proxy(original, {
      apply(target, self, args) {
        made(last(args), 'Function')
        return apply(target, self, args)
      },
      construct(target, args, newTarget) {
        made(last(args), 'Function')
        return construct(target, args, newTarget)
      },
    })
    Object.defineProperty(prototype, 'constructor', { value: replacement, configurable: true, writable: true, enumerable: false })
    if (original === Function) globalThis.Function = replacement
  }
}
