import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { SluiceError } from '../core/errors.ts'
import type { Desk } from './desk.ts'
import { localDesk } from './local.ts'
import type { ConfigOptions, Surroundings } from './opened.ts'
import { createPrinter } from './print.ts'
import type { Printer } from './print.ts'
import { remoteDesk } from './remote.ts'

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

export interface DeskOptions {
  /** Make the data folder when there is none: for commands that put something into it. */
  create?: boolean
  /** The command asks the registries. */
  upstreams?: boolean
}

/** Opens the data folder or the gate the person named, does the work, closes. */
export async function atDesk<T>(
  command: Command, surroundings: Surroundings, options: DeskOptions, work: (desk: Desk, printer: Printer) => Promise<T>,
): Promise<T> {
  const globals = globalsOf(command)
  const desk = globals.server === undefined ? await openFolder(globals, surroundings, options) : remoteDesk(globals.server, surroundings.env['SLUICE_TOKEN']?.trim() || null)
  try {
    return await work(desk, createPrinter(surroundings, globals.json === true))
  } finally {
    await desk.close()
  }
}

async function openFolder(globals: Globals, surroundings: Surroundings, { create = false, upstreams = false }: DeskOptions): Promise<Desk> {
  const options = configOptions(globals)
  const { data } = surroundings.configure(options)
  if (!create && !existsSync(join(data, 'sluice.db'))) {
    throw new SluiceError('not-found', `there is no data folder at ${data}`, { hint: 'name it with --data DIR, a running gate with --server URL, or make one with: sluice up' })
  }
  return localDesk(await surroundings.open({ ...options, quiet: true, upstreams }))
}
