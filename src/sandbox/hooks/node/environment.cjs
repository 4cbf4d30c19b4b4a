'use strict'

/** How often one name is told: a loop over `process.env.X` says nothing more the hundredth time. */
const TELLINGS = 8
const MOST_NAMES = 2_000

/** `process.env` tells who reads it, and shows nothing of what the box put in. */
exports.install = (tell) => {
  const real = process.env
  const { hidden, isBusy, immediate } = tell
  const told = new Map()
  const read = (name) => {
    if (isBusy() || typeof name !== 'string') return
    const count = told.get(name) ?? 0
    if (count >= TELLINGS || told.size >= MOST_NAMES || !immediate()) return
    told.set(name, count + 1)
    tell.tell('environment', { v: name })
  }
  const isHidden = (name) => !isBusy() && typeof name === 'string' && name in hidden
  /** Once the program sets it itself, it is its own. */
  const owns = (name) => {
    if (typeof name === 'string' && name in hidden) delete hidden[name]
  }
  process.env = new Proxy(real, {
    get: (_target, name) => {
      read(name)
      return isHidden(name) ? hidden[name] : Reflect.get(real, name)
    },
    has: (_target, name) => {
      read(name)
      return isHidden(name) ? hidden[name] !== undefined : Reflect.has(real, name)
    },
    ownKeys: () => {
      read('*')
      return Reflect.ownKeys(real).filter((name) => !isHidden(name) || hidden[name] !== undefined)
    },
    getOwnPropertyDescriptor: (_target, name) => {
      if (!isHidden(name)) return Reflect.getOwnPropertyDescriptor(real, name)
      return hidden[name] === undefined ? undefined : { value: hidden[name], writable: true, enumerable: true, configurable: true }
    },
    set: (_target, name, value) => {
      owns(name)
      return Reflect.set(real, name, value)
    },
    defineProperty: (_target, name, descriptor) => {
      owns(name)
      return Reflect.defineProperty(real, name, descriptor)
    },
    deleteProperty: (_target, name) => {
      owns(name)
      return Reflect.deleteProperty(real, name)
    },
  })
}
