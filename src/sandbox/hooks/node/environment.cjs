'use strict'

/** How often one name is told: a loop over `process.env.X` says nothing more the hundredth time. */
const TELLINGS = 8
const MOST_NAMES = 2_000

/** `process.env` tells who reads it, and shows nothing of what the box put in. */
exports.install = (tell) => {
  const real = process.env
  const { hidden, isBusy, immediate } = tell
  const { get, has, set, ownKeys, getOwnPropertyDescriptor, defineProperty, deleteProperty } = Reflect
  const told = { __proto__: null }
  let names = 0
  const read = (name) => {
    if (isBusy() || typeof name !== 'string') return
    const count = told[name] ?? 0
    if (count >= TELLINGS || (count === 0 && names >= MOST_NAMES) || !immediate()) return
    if (count === 0) names++
    told[name] = count + 1
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
      return isHidden(name) ? hidden[name] : get(real, name)
    },
    has: (_target, name) => {
      read(name)
      return isHidden(name) ? hidden[name] !== undefined : has(real, name)
    },
    ownKeys: () => {
      read('*')
      const all = ownKeys(real)
      const shown = []
      for (let i = 0; i < all.length; i++) if (!isHidden(all[i]) || hidden[all[i]] !== undefined) shown[shown.length] = all[i]
      return shown
    },
    getOwnPropertyDescriptor: (_target, name) => {
      if (!isHidden(name)) return getOwnPropertyDescriptor(real, name)
      return hidden[name] === undefined ? undefined : { value: hidden[name], writable: true, enumerable: true, configurable: true }
    },
    set: (_target, name, value) => {
      owns(name)
      return set(real, name, value)
    },
    defineProperty: (_target, name, descriptor) => {
      owns(name)
      return defineProperty(real, name, descriptor)
    },
    deleteProperty: (_target, name) => {
      owns(name)
      return deleteProperty(real, name)
    },
  })
}
