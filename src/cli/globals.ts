import type { Command } from 'commander'
import type { ConfigOptions } from './opened.ts'

/** Options every command has. */
export interface Globals {
  config?: string
  data?: string
  server?: string
  json?: boolean
}

export function globalsOf(command: Command): Globals {
  const { config, data, server, json } = command.optsWithGlobals<Globals>()
  return { ...(config === undefined ? {} : { config }), ...(data === undefined ? {} : { data }), ...(server === undefined ? {} : { server }), ...(json ? { json } : {}) }
}

export function configOptions({ config, data }: Globals): ConfigOptions {
  return { ...(config === undefined ? {} : { config }), overrides: data === undefined ? {} : { data } }
}
