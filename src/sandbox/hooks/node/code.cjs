'use strict'
const { createHash } = require('node:crypto')
const Module = require('node:module')
const vm = require('node:vm')
const { replacing } = require('./children.cjs')

const MOST_SAMPLE = 1024

/** Code that was made while running: its hash, its beginning, and who made it. A direct `eval` keeps its scope and cannot be told. */
exports.install = (tell) => {
  const made = (code, how) => {
    if (tell.isBusy() || typeof code !== 'string' || code.length < 16 || !tell.immediate()) return
    tell.tell('code', { v: createHash('sha256').update(code).digest('hex'), f: how, n: code.length, x: code.slice(0, MOST_SAMPLE) })
  }
  for (const name of ['runInThisContext', 'runInNewContext', 'runInContext', 'compileFunction']) {
    const original = vm[name]
    vm[name] = replacing(original, function (...args) {
      made(args[0], `vm.${name}`)
      return Reflect.apply(original, this, args)
    })
  }
  vm.Script = new Proxy(vm.Script, {
    construct(target, args, newTarget) {
      made(args[0], 'vm.Script')
      return Reflect.construct(target, args, newTarget)
    },
  })
  const { _compile } = Module.prototype
  Module.prototype._compile = replacing(_compile, function (code, ...rest) {
    made(code, 'module._compile')
    return Reflect.apply(_compile, this, [code, ...rest])
  })
  const { dlopen } = process
  process.dlopen = replacing(dlopen, function (module, file, ...rest) {
    tell.tell('read', { v: String(file), f: 'dlopen' })
    return Reflect.apply(dlopen, this, [module, file, ...rest])
  })
  wrapFunction(made)
}

/** All four constructors that compile their last argument. They stay what `instanceof` and `.constructor` expect. */
function wrapFunction(made) {
  for (const sample of [function () {}, function* () {}, async function () {}, async function* () {}]) {
    const prototype = Object.getPrototypeOf(sample)
    const original = prototype.constructor
    const compile = (call) => (target, ...rest) => {
      const args = call === 'apply' ? rest[1] : rest[0]
      made(args.length > 0 ? `${args.at(-1)}` : '', 'Function')
      return call === 'apply' ? Reflect.apply(target, rest[0], args) : Reflect.construct(target, args, rest[1])
    }
    const replacement = new Proxy(original, { apply: compile('apply'), construct: compile('construct') })
    Object.defineProperty(prototype, 'constructor', { value: replacement, configurable: true, writable: true, enumerable: false })
    if (original === Function) globalThis.Function = replacement
  }
}
