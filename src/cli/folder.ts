import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { configOptions } from './globals.ts'
import type { Globals } from './globals.ts'
import type { Opened, Surroundings } from './opened.ts'
import type { Printer } from './print.ts'

export interface Folder {
  opened: Opened
  /** Whether a signal asked to end. */
  stopped(): boolean
  close(): Promise<void>
}

/** The data folder there is; without one a passing folder, so that looking at something leaves nothing behind where no gate lives. */
export async function openFolder(
  { globals, surroundings, printer }: { globals: Globals; surroundings: Surroundings; printer: Printer }, upstreams: boolean,
): Promise<Folder> {
  const options = configOptions(globals)
  const { data } = surroundings.configure(options)
  const passing = globals.data === undefined && !existsSync(join(data, 'sluice.db')) ? await mkdtemp(join(tmpdir(), 'sluice-passing-')) : null
  const opening = surroundings.open({ ...options, quiet: true, upstreams, overrides: passing === null ? options.overrides : { data: passing } })
  const putAway = async (): Promise<void> => {
    const opened = await opening.catch(() => null)
    await opened?.app.close()
    if (passing !== null) await rm(passing, { recursive: true, force: true })
  }
  const signals = onSignal(putAway, printer)
  const close = async (): Promise<void> => {
    signals.end()
    await putAway()
  }
  try {
    return { opened: await opening, stopped: signals.stopped, close }
  } catch (thrown) {
    await close()
    throw thrown
  }
}

/** An interrupted scan puts away what it opened, and then ends as the signal wants; a second signal ends it at once. */
export function onSignal(putAway: () => Promise<void>, printer: Printer): { stopped(): boolean; end(): void } {
  let stopped = false
  const end = (): void => {
    for (const name of SIGNALS) process.off(name, heard)
  }
  const heard = (name: NodeJS.Signals): void => {
    stopped = true
    end()
    printer.note('interrupted')
    void putAway().finally(() => process.kill(process.pid, name))
  }
  for (const name of SIGNALS) process.on(name, heard)
  return { stopped: () => stopped, end }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
