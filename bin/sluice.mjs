#!/usr/bin/env node
// Starts Sluice on the Node it is pinned to, whatever Node runs this file: in this process when that is the pinned one.
import { spawn } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import module from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const main = new URL('../src/main.ts', import.meta.url)
const pinned = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node')
/** Compiled code is kept between starts, of the gate and of its workers. */
const compiled = join(root, 'node_modules', '.cache', 'compiled')

if (existsSync(pinned) && realpathSync(pinned) === realpathSync(process.execPath)) {
  module.enableCompileCache(compiled)
  await import(main.href)
} else {
  const child = spawn(existsSync(pinned) ? pinned : process.execPath, [fileURLToPath(main), ...process.argv.slice(2)], {
    env: { ...process.env, NODE_COMPILE_CACHE: compiled }, stdio: 'inherit', shell: process.platform === 'win32',
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(signal ? 1 : code ?? 1))
}
