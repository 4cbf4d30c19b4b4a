import { z } from 'zod'
import { SluiceError } from '../../core/errors.ts'

const port = z.number().int().min(0).max(65_535)
const text = z.string().max(1_000)
const count = (standard: number) => z.number().int().min(1).max(2 ** 40).default(standard)

/** What one hostile client may cost: what is over is dropped, counted, and said in a `lost` line. */
const limits = z.object({
  /** At the same time, all ports together; the next is closed at once. */
  connections: count(1_000),
  /** DNS names that get an address of their own; those after it share one. */
  names: count(20_000),
  certificates: count(2_000),
  headerBytes: count(64 * 1024),
  /** Of one request or connection, kept to look for planted secrets; the rest is hashed and counted. */
  bodyBytes: count(2 * 1024 * 1024),
  /** Of all of them at the same time. */
  heldBytes: count(24 * 1024 * 1024),
  /** Of one connection, both ways; then it is closed. */
  connectionBytes: count(512 * 1024 * 1024),
  idleMs: count(30_000),
  connectionMs: count(600_000),
  /** Lines of what was seen, of each kind with and without secrets, and their length altogether. */
  lines: count(20_000),
  seenBytes: count(64 * 1024 * 1024),
})

/** A registry as clients in the box are set to use it; its files may lie on other hosts. */
const registry = z.object({
  ecosystem: z.enum(['npm', 'pypi', 'go']),
  /** Where it begins, as clients are set (`https://registry.example/npm/`). */
  url: z.url().max(2_000),
  /** Further hosts that are this registry's own: of files, of uploads. */
  hosts: z.array(text).max(20).default([]),
})

const schema = z.object({
  /** Addresses and ports to listen on; port 0 takes a free one. */
  listen: z.object({
    addresses: z.array(z.string().max(64)).min(1).max(4).default(['127.0.0.1']),
    /** DNS, over UDP and TCP. null: none. */
    dns: port.nullable().default(0),
    tcp: z.array(port).max(64).default([0]),
    udp: z.array(port).max(64).default([0]),
  }).prefault({}),
  /** False: AAAA questions get no address, for a box without IPv6. */
  ipv6: z.boolean().default(true),
  /** Names with an address that is fixed. */
  names: z.record(z.string().max(255), z.string().max(64)).default({}),
  /** Decides who the decoys are and what their secrets look like; the same as for `plant`. */
  seed: z.string().min(1).max(200),
  registries: z.array(registry).max(20).default([]),
  /** A folder with what registries answer of the package's own dependencies; see mirror/. null: none. */
  mirror: z.string().max(4_096).nullable().default(null),
  /** Names of packages that registries don't have get a harmless one of that name, so that second stages go on. */
  placeholders: z.boolean().default(true),
  /** The address that services which tell clients their own address answer with. */
  publicAddress: z.string().max(64).default('203.0.113.87'),
  /** PEM, of `makeAuthority`; null: made here. */
  authority: z.object({ certificate: z.string().max(20_000), key: z.string().max(20_000) }).nullable().default(null),
  limits: limits.prefault({}),
})

export type SinkholeOptions = z.output<typeof schema>
export type SinkholeInput = z.input<typeof schema>
export type SinkholeLimits = SinkholeOptions['limits']
export type RegistryOptions = SinkholeOptions['registries'][number]

/** Throws SluiceError `usage` with the first thing that is wrong. */
export function readOptions(given: unknown): SinkholeOptions {
  const read = schema.safeParse(given)
  if (read.success) return read.data
  const first = read.error.issues[0]
  throw new SluiceError('usage', `the sinkhole's options: ${first?.path.join('.') ?? ''}: ${first?.message ?? 'invalid'}`)
}
