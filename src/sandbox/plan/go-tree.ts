import { chmod, cp, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readGoMod } from '../../ecosystems/go/manifest.ts'
import { oneLine } from '../../core/text.ts'
import { runClient } from './client.ts'
import type { Getter } from './get.ts'
import { openRelay } from './relay.ts'
import type { Tally } from './mirror.ts'

/** Go refuses larger modules (go.dev/ref/mod, "Module zip file constraints"). */
const FILE = 500 * 1024 * 1024

export interface GoTreeOptions {
  /** The `go` command of this machine. */
  go: string
  get: Getter
  base: string
  tally: Tally
  /** Empty, ours. */
  scratch: string
  timeMs: number
  signal: AbortSignal
}

/**
 * Modules that a `go.mod` requires, fetched by `go mod download`, which runs nothing of them (go.dev/ref/mod): from the proxy
 * alone, without version control, without another toolchain. Its cache is laid out as a proxy is.
 */
export async function fetchGoTree(goMod: string, folder: string, { go, get, base, tally, scratch, timeMs, signal }: GoTreeOptions): Promise<void> {
  const { mod } = readGoMod(goMod)
  const required = mod.require
  if (required.length === 0) return
  const project = join(scratch, 'project')
  await mkdir(project, { recursive: true })
  // What a module replaces or excludes counts only where it is the main one: here it is a dependency.
  await writeFile(join(project, 'go.mod'), [
    'module scratch.invalid/scratch', mod.go === null || !LANGUAGE.test(mod.go) ? '' : `go ${mod.go}`, ...required.map(({ path, version }) => `require ${quoted(path)} ${quoted(version)}`), '',
  ].join('\n'))
  const relay = await openRelay(base, get, FILE)
  const env = {
    HOME: '/dev/null', PATH: '/usr/bin:/bin', GOPATH: join(scratch, 'go'), GOMODCACHE: join(scratch, 'modules'), GOCACHE: join(scratch, 'cache'), GOENV: 'off', GOFLAGS: '-mod=mod -modcacherw',
    GOPROXY: relay.url, GOSUMDB: 'off', GONOSUMCHECK: '1', GOVCS: '*:off', GOTOOLCHAIN: 'local', GOTELEMETRY: 'off', GO111MODULE: 'on',
  }
  try {
    const ran = await runClient([go, 'mod', 'download', '-json'], { cwd: project, env, timeMs, signal })
    for (const { Path, Version, Error: problem } of documents(ran.stdout)) {
      if (problem) tally.lack(`${Path}@${Version}: ${oneLine(problem, 200)}`)
    }
    if (ran.late) tally.lack('modules: there was no time left to fetch them')
    else if (ran.code !== 0) tally.lack(`modules: ${oneLine(ran.stderr, 250)}`)
    const cache = join(scratch, 'modules', 'cache', 'download')
    await cp(cache, join(folder, 'go'), { recursive: true, filter: (path) => !/\.(?:lock|partial)$|\/sumdb(?:\/|$)/.test(path) }).catch(() => undefined)
    await count(join(folder, 'go'), tally)
  } finally {
    await relay.close()
    await writable(join(scratch, 'modules'))
    await rm(join(scratch, 'modules'), { recursive: true, force: true })
  }
}

/** Of a `go` line, which may be a string with anything in it, and is written anew here. */
const LANGUAGE = /^\d+(?:\.\d+){0,2}(?:(?:rc|beta|alpha)\d+)?$/

const quoted = (text: string): string => JSON.stringify(text)

/** `go mod download -json` prints one object after another. */
function documents(text: string): { Path?: string; Version?: string; Error?: string }[] {
  return text.split(/^\}$/m).flatMap((one) => {
    try {
      return [JSON.parse(`${one}}`) as object]
    } catch {
      return []
    }
  })
}

async function count(folder: string, tally: Tally): Promise<void> {
  const names = await readdir(folder, { recursive: true }).catch(() => [])
  for (const name of names) if (name.endsWith('.zip')) tally.add((await stat(join(folder, name))).size)
}

/** Older versions of Go leave folders that nobody may write. */
async function writable(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])) {
    if (entry.isDirectory()) await chmod(join(entry.parentPath, entry.name), 0o700).catch(() => undefined)
  }
}
