import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { z } from 'zod'
import { GUARD_DEFAULTS } from '../host/guard/defaults.ts'
import type { GuardSettings } from '../host/guard/defaults.ts'
import type { Origin } from '../ports/upstream.ts'
import type { Document } from './schema.ts'
import { size, timeout } from './values.ts'
import { originAt } from './way-out.ts'
import type { Surroundings } from './way-out.ts'

const engines = z.enum(['auto', 'bpftrace', 'audit', 'poll'])

/** What `host` may say: this machine as one that is watched. `server`: whom it tells, as every way out is described. */
export const hostSection = <S extends z.ZodType>(server: S) => z.strictObject({
  name: z.string().min(1).max(255).optional().meta({ description: 'What this machine calls itself; absent: its host name', examples: ['build-7'] }),
  server,
  spool: z.strictObject({
    folder: z.string().min(1).optional().meta({ description: 'Where events wait to be sent; absent: the state folder', examples: ['/var/lib/sluice-host/spool'] }),
    max_size: size().refine((value) => value >= 2 * 1024 * 1024, 'at least 2MiB').prefault('64MiB').meta({ description: 'What they may take; the oldest goes first', examples: ['64MiB'] }),
    sync: timeout().prefault('1s').meta({ description: 'How soon events are on the disk for good; alarms are at once', examples: ['1s'] }),
  }).prefault({}).meta({ description: 'Events that wait to be sent' }),
  guard: z.strictObject({
    engine: z.enum(['auto', 'bpftrace', 'strace']).prefault(GUARD_DEFAULTS.engine).meta({ description: 'How a guarded command is watched; auto: bpftrace as root, else strace' }),
    stop: z.enum(['never', 'medium', 'high', 'critical']).prefault(GUARD_DEFAULTS.stop).meta({ description: 'End it at an alarm of this severity or above' }),
    fail: z.enum(['stop', 'go-on']).prefault(GUARD_DEFAULTS.fail).meta({ description: 'What happens where it cannot be watched, or not any more' }),
    leftovers: z.enum(['stop', 'leave']).prefault(GUARD_DEFAULTS.leftovers).meta({ description: 'What happens to processes it leaves running' }),
    grace: timeout().prefault(`${GUARD_DEFAULTS.graceMs}ms`).meta({ description: 'How long they may take to end by themselves', examples: ['2s'] }),
    mask_env: z.enum(['remove', 'decoy', 'keep']).prefault(GUARD_DEFAULTS.maskEnv).meta({ description: 'What becomes of variables that look like secrets' }),
    mask_files: z.enum(['hide', 'keep']).prefault(GUARD_DEFAULTS.maskFiles).meta({ description: 'Whether credential files of the home are hidden, decoys in their place' }),
    keep: z.array(z.string().min(1).max(1_000)).max(200).prefault([]).meta({ description: 'Variables (NAME, PREFIX*) and paths that are not masked', examples: [['DEPLOY_REGION', '~/.ssh']] }),
    hide: z.array(z.string().min(1).max(4_096)).max(200).prefault([]).meta({ description: 'Further files and folders to hide', examples: [['/srv/keys']] }),
  }).prefault({}).meta({ description: 'sluice guard' }),
  watch: z.strictObject({
    engine: engines.prefault('auto').meta({ description: 'How this machine is watched; auto: bpftrace, else audit rules, else looking at /proc' }),
    programs: z.array(z.string().regex(/^[\w.+-]{1,15}$/, 'not the name of a program, at most 15 characters')).max(100).prefault([])
      .meta({ description: 'Programs that are followed besides the package managers that are known', examples: [['conda']] }),
    acts: z.boolean().prefault(true).meta({ description: 'Tell also what is no alarm: what packages ran, reached, and read of secrets' }),
  }).prefault({}).meta({ description: 'sluice host watch' }),
})

export interface HostSettings {
  name: string
  /** null: nobody is told. `url` ends in a slash. */
  server: { url: string; origin: Origin } | null
  /** `folder`: absolute; null: the state folder's. */
  spool: { folder: string | null; maxBytes: number; syncMs: number }
  guard: GuardSettings
  watch: { engine: z.output<typeof engines>; programs: readonly string[]; acts: boolean }
}

/** The server also from `SLUICE_SERVER`, its token from `SLUICE_TOKEN` where the file names none. */
export function hostOf({ name, server, spool, guard, watch }: Document['host'], around: Surroundings): HostSettings {
  const { grace, mask_env: maskEnv, mask_files: maskFiles, ...rest } = guard
  return {
    name: name ?? hostname(), watch, server: serverOf(server, around),
    spool: { folder: spool.folder === undefined ? null : resolve(around.folder, spool.folder), maxBytes: spool.max_size, syncMs: spool.sync },
    guard: { ...rest, graceMs: grace, maskEnv, maskFiles },
  }
}

function serverOf({ url: named, ...connection }: Document['host']['server'], around: Surroundings): HostSettings['server'] {
  const said = named ?? around.env['SLUICE_SERVER']
  if (said === undefined || said === '') return null
  const parsed = URL.parse(said)
  if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.username !== '') {
    around.complain({ path: ['host', 'server', 'url'], message: 'SLUICE_SERVER is not an http or https URL without a password', remedy: 'write it like https://sluice.acme.example; the token goes into SLUICE_TOKEN' })
    return null
  }
  const url = parsed.href.replace(/\/*$/, '/')
  const origin = originAt(url, connection, ['host', 'server'], around)
  const token = around.env['SLUICE_TOKEN']?.trim()
  const authorized = origin.authorization === null && token ? { ...origin, authorization: `Bearer ${token}` } : origin
  if (authorized.authorization !== null && parsed.protocol === 'http:' && !isHere(parsed.hostname)) {
    around.complain({ path: ['host', 'server', 'url'], message: `the token would go to ${parsed.host} over http, readable by everybody on the way`, remedy: 'name an https URL; its authority can be given as ca_file or SSL_CERT_FILE' })
    return null
  }
  return { url, origin: authorized }
}

const isHere = (host: string): boolean => host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(?:\.\d+){3}$/.test(host)
