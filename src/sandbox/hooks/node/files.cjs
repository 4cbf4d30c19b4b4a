'use strict'
const fs = require('node:fs')
const path = require('node:path')
const { replacing } = require('./children.cjs')

/** Which argument names the file, and what is done to it. */
const READS = ['readFile', 'createReadStream', 'readdir', 'opendir', 'readlink']
const WRITES = ['writeFile', 'appendFile', 'createWriteStream', 'truncate']
const DELETES = ['unlink', 'rm', 'rmdir']

/** Reads that say nothing, as `src/tracing/boring.ts` has them: told of, they would only cost. */
const BORING = /^\/(?:usr|lib|lib64|bin|sbin|opt)\/|^\/proc\/self\/(?!environ|mem|status|cmdline)|\/(?:node_modules|_cacache)\//

/** What lines are signed with is no program's business. */
const KEY = `${path.dirname(__dirname)}.key`

exports.install = (tell) => {
  const wrap = (of, name, describe) => {
    const original = of[name]
    if (typeof original !== 'function') return
    of[name] = replacing(original, function (...args) {
      const said = tell.isBusy() ? null : tell.safely(() => describe(args), null)
      if (said === null) return tell.apply(original, this, args)
      tell.tell(said.k, said)
      // What goes on inside says the same again: streams open, copies read.
      return tell.quietly(() => tell.apply(original, this, args))
    })
  }
  const file = (kind) => (args) => {
    const where = located(args[0])
    return where === null || (kind === 'read' && BORING.test(where) && where !== KEY) ? null : { k: kind, v: where }
  }
  const writes = (flags) => (typeof flags === 'number' ? (flags & 3) !== 0 : typeof flags === 'string' && /[wa+]/.test(flags))
  const opens = (args) => file(writes(args[1]) ? 'write' : 'read')(args)
  const two = (kind, target, other) => (args) => {
    const where = located(args[target])
    return where === null ? null : { k: kind, v: where, o: located(args[other]) ?? '' }
  }
  for (const of of [fs, fs.promises]) {
    for (const suffix of of === fs ? ['', 'Sync'] : ['']) {
      for (const name of READS) wrap(of, `${name}${suffix}`, file('read'))
      for (const name of WRITES) wrap(of, `${name}${suffix}`, file('write'))
      for (const name of DELETES) wrap(of, `${name}${suffix}`, file('delete'))
      wrap(of, `open${suffix}`, opens)
      wrap(of, `rename${suffix}`, two('rename', 0, 1))
      wrap(of, `symlink${suffix}`, two('link', 1, 0))
      wrap(of, `link${suffix}`, two('link', 1, 0))
      wrap(of, `chmod${suffix}`, file('mode'))
      wrap(of, `copyFile${suffix}`, two('copy', 0, 1))
      wrap(of, `cp${suffix}`, two('copy', 0, 1))
    }
  }
}

function located(name) {
  if (name instanceof URL) return name.protocol === 'file:' ? decodeURIComponent(name.pathname) : null
  if (Buffer.isBuffer(name)) return path.resolve(name.toString())
  return typeof name === 'string' && name.length <= 4096 ? path.resolve(name) : null
}
