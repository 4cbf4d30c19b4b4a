import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { SluiceError } from '../core/errors.ts'
import type { Desk } from './desk.ts'
import { localDesk } from './local.ts'
import { openFolder as openPassing } from './folder.ts'
import { configOptions, globalsOf } from './globals.ts'
import type { Globals } from './globals.ts'
import type { Surroundings } from './opened.ts'
import { createPrinter } from './print.ts'
import type { Printer } from './print.ts'
import { remoteDesk } from './remote.ts'

export interface DeskOptions {
  /** Make the data folder when there is none: for commands that put something into it. */
  create?: boolean
  /** The command asks the registries. */
  upstreams?: boolean
  /** Without a data folder, work on one that is gone afterwards: for commands that only look. */
  passing?: boolean
}

/** Opens the data folder or the gate the person named, does the work, closes. */
export async function atDesk<T>(
  command: Command, surroundings: Surroundings, options: DeskOptions, work: (desk: Desk, printer: Printer) => Promise<T>,
): Promise<T> {
  const globals = globalsOf(command)
  const printer = createPrinter(surroundings, globals.json === true)
  const desk = globals.server !== undefined ? remoteDesk(globals.server, surroundings.env['SLUICE_TOKEN']?.trim() || null)
    : options.passing ? await passingDesk(globals, surroundings, printer, options) : await openFolder(globals, surroundings, options)
  try {
    return await work(desk, printer)
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

async function passingDesk(globals: Globals, surroundings: Surroundings, printer: Printer, { upstreams = false }: DeskOptions): Promise<Desk> {
  const folder = await openPassing({ globals, surroundings, printer }, upstreams)
  return { ...localDesk(folder.opened), close: () => folder.close() }
}
