import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readFile } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { Dependencies } from '../admission/dependencies.ts'
import { fileForRun } from '../admission/for-run.ts'
import type { About } from '../conduct/about.ts'
import { indicatorsOf } from '../conduct/indicators.ts'
import { conductVersion, judge } from '../conduct/judge.ts'
import { SluiceError } from '../core/errors.ts'
import { parsePackage } from '../core/package-spec.ts'
import type { EcosystemId, FoundIndicator, Verdict } from '../core/types.ts'
import { weigh } from '../core/weigh.ts'
import type { BackendName } from '../sandbox/cell/backends.ts'
import { Sandbox } from '../sandbox/face.ts'
import { bestFor } from '../sandbox/plan/best.ts'
import { GATE_BASES } from '../sandbox/plan/get.ts'
import { packFolder } from '../sandbox/plan/pack.ts'
import type { Target } from '../sandbox/plan/plan.ts'
import type { PassName, PhaseName, SandboxRecord } from '../sandbox/record.ts'
import { openFolder } from './folder.ts'
import type { Folder } from './folder.ts'
import type { Globals } from './globals.ts'
import type { Opened, Surroundings } from './opened.ts'
import type { Printer } from './print.ts'

export interface RunRequest {
  globals: Globals
  surroundings: Surroundings
  printer: Printer
  ecosystem: EcosystemId | undefined
  file: string | undefined
  backend: BackendName | null
  passes: readonly PassName[]
  phases: readonly PhaseName[]
  timeMs: number
}

/** One run, and what it means. */
export interface Ran {
  target: string
  record: SandboxRecord
  about: About
  verdict: Verdict
  indicators: readonly FoundIndicator[]
}

/** Runs one target in the sandbox of this machine. An interrupted run leaves nothing behind. */
export async function runTarget(target: string, { globals, surroundings, printer, ecosystem, file, backend, passes, phases, timeMs }: RunRequest): Promise<Ran> {
  const stop = new AbortController()
  let running: Promise<unknown> = Promise.resolve()
  // Whatever closes the folder, a signal among others, waits for the cell and the scratch folder to be gone.
  const open: Surroundings['open'] = async (options) => {
    const opened = await surroundings.open(options)
    const close = opened.app.close.bind(opened.app)
    return { ...opened, app: { ...opened.app, async close() {
      stop.abort(new SluiceError('sandbox-unavailable', 'interrupted'))
      await running
      await close()
    } } }
  }
  const folder = await openFolder({ globals, surroundings: { ...surroundings, open }, printer }, true)
  try {
    const { opened } = folder
    const sandbox = Sandbox.open({ upstream: new Dependencies(opened.app.context), bases: GATE_BASES, registries: basesOf(opened), path: surroundings.env['PATH'] ?? '', cache: cacheOf(opened), backend })
    printer.progress('looking for what to run')
    const found = await targetOf(target, { folder, sandbox, ecosystem, file, printer })
    const run = sandbox.runBytes(found, { passes, phases, timeMs, signal: stop.signal, onProgress: (says) => printer.progress(says) })
    running = run.catch(() => undefined)
    const { record, about } = await run
    const runs = judge(record, about)
    return { target, record, about, indicators: indicatorsOf(record, about), verdict: weigh(record.digest, runs, record.missing, conductVersion) }
  } catch (thrown) {
    // The signal ends the process as soon as everything is put away.
    if (folder.stopped()) await new Promise(() => {})
    throw thrown
  } finally {
    printer.progress('')
    await folder.close()
  }
}

function basesOf({ found }: Opened): Record<EcosystemId, string | null> {
  const of = (one: Opened['found']['npm']): string | null => (one.on ? one.url : null)
  return { npm: of(found.npm), pypi: of(found.pypi), go: of(found.go) }
}

/** Where there is a data folder that stays. */
function cacheOf(opened: Opened): string | null {
  const { data } = opened.config()
  return opened.app.context.database !== null && existsSync(join(data, 'sluice.db')) ? join(data, 'sandbox') : null
}

async function targetOf(target: string, { folder, sandbox, ecosystem, file, printer }: { folder: Folder; sandbox: Sandbox; ecosystem: EcosystemId | undefined; file: string | undefined; printer: Printer }): Promise<Target> {
  const { app } = folder.opened
  if (/^(?:npm|pypi|go|pkg):/.test(target)) {
    const found = await fileForRun(app.context, app.door, { spec: parsePackage(target), file, best: async (files) => bestFor(files, await sandbox.pythonTags()) })
    printer.note(`running ${found.ref.file}`)
    return found
  }
  const path = resolve(target)
  // Recognised in a worker, as whatever reads packages.
  const { ref } = await app.operator.scanLocal({ target, path, ecosystem: ecosystem ?? null })
  if (statSync(path).isDirectory()) return packFolder(path, ref)
  const bytes = await readFile(path)
  return { ref, bytes, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}` }
}
