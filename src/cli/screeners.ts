import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { SluiceError } from '../core/errors.ts'
import type { Gate } from '../host/lockfiles/diagnose.ts'
import { folderScreener } from '../screening/folder.ts'
import type { Screener } from '../screening/screen.ts'
import type { Lists } from '../screening/lists.ts'
import { configOptions } from './globals.ts'
import type { Globals } from './globals.ts'
import type { Surroundings } from './opened.ts'

export interface OpenScreener {
  globals: Globals
  surroundings: Surroundings
  /** URLs under which clients reach the gate, besides those that are known. */
  gates: readonly string[]
  /** Files with lists of others. */
  lists: readonly string[]
  /** Told what of the lists could not be read. */
  warn(says: string): void
}

export type OpenedScreener = Screener & { close(): Promise<void> }

/** The gate that was named, or a data folder: that of the configuration, else the one in the user's cache. Throws `usage`. */
export async function openScreener({ globals, surroundings, gates, lists, warn }: OpenScreener): Promise<OpenedScreener> {
  const named = new Set(gates.map(hostOf))
  const { against: listed, problems } = await listsIn(lists)
  for (const problem of problems) warn(problem)
  if (globals.server !== undefined) {
    const { remoteScreener } = await import('./screener-remote.ts')
    return remoteScreener({ server: globals.server, token: surroundings.env['SLUICE_TOKEN']?.trim() || null, gates: named, listed })
  }
  const { data: usual, policy, config } = surroundings.settings(configOptions(globals))
  const data = globals.data !== undefined || existsSync(join(usual, 'sluice.db')) ? usual : cacheFolder(surroundings.env)
  const folder = await surroundings.read(data, configOptions(globals))
  if (!folder && (globals.data !== undefined || lists.length === 0)) {
    throw new SluiceError('usage', `nothing is known here to hold packages against: there is no data folder at ${globals.data === undefined ? `${usual} or ${data}` : data}`, {
      hint: `ask a gate with --server URL, or get advisories first: sluice feed import PATH --data ${globals.data ?? data} (or feed add and feed sync)`,
    })
  }
  const screener = folderScreener({
    folder: folder ?? NOTHING, where: folder ? `the data folder ${data}` : 'the lists given', policy, now: new Date(), listed,
    gate: (upstreams) => gateOf(config, named, upstreams),
  })
  return { ...screener, close: () => Promise.resolve(folder?.close()) }
}

const NOTHING = {
  all: <Row>(): Promise<Row[]> => Promise.resolve([]),
  blob: () => Promise.resolve(null),
  close: () => {},
}

/** Where advisories may be kept without a gate: `$XDG_CACHE_HOME/sluice`, by default in `~/.cache`. */
const cacheFolder = (env: Surroundings['env']): string => join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'sluice')

/** null: nobody said where the gate is, so that nothing can be said of what goes past it. */
function gateOf(config: Config | null, named: ReadonlySet<string>, upstreams: ReadonlySet<string>): Gate | null {
  if (config === null) return named.size === 0 ? null : { hosts: named, upstreams }
  const { server } = config
  const own = server.publicUrl === null ? [`${server.host}:${server.port}`, `127.0.0.1:${server.port}`, `localhost:${server.port}`] : [hostOf(server.publicUrl)]
  const told = Object.values(config.upstreams).flatMap(({ url }) => (url === null || url === 'off' ? [] : URL.parse(url)?.host ?? []))
  return { hosts: new Set([...named, ...own]), upstreams: new Set([...upstreams, ...told]) }
}

function hostOf(text: string): string {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`)
  if (!url || url.host === '') throw new SluiceError('usage', `--gate is no address: ${text.slice(0, 100)}`, { hint: 'write it like --gate https://sluice.acme.example' })
  return url.host
}

async function listsIn(files: readonly string[]): Promise<Lists> {
  if (files.length === 0) return { against: () => [], entries: 0, problems: [] }
  const { readLists } = await import('../screening/lists.ts')
  const lists = readLists(files)
  if (lists.entries === 0) throw new SluiceError('usage', 'the lists name no package of npm, PyPI or Go, and no digest', { hint: lists.problems[0] ?? 'are these the right files?' })
  return lists
}
