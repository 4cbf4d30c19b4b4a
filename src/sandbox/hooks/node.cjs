'use strict'
/*
 * Loaded into every Node process of the box by NODE_OPTIONS=--require. Tells which line of which file did what; the system calls
 * say what was done. Whatever goes wrong in here must not show in the program: each part gives up silently.
 */
const { recorder } = require('./node/recorder.cjs')

const tell = recorder()
if (tell !== null) {
  const parts = tell.tool ? ['children'] : ['environment', 'children', 'files', 'network', 'code', 'time']
  for (const part of parts.map((name) => require(`./node/${name}.cjs`))) {
    try {
      part.install(tell)
    } catch { /* The program goes on without this part. */ }
  }
  try {
    require('node:module').syncBuiltinESMExports()
  } catch { /* as above */ }
}
for (const file of Object.keys(require.cache)) if (file.startsWith(__dirname)) delete require.cache[file]
if (process.mainModule === undefined && module.parent) module.parent.children.length = 0
