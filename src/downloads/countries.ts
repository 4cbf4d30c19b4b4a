import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { BlockList, isIP } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Reader } from 'maxmind'
import { sentence, SluiceError } from '../core/errors.ts'

/** A country's code (ISO 3166-1 alpha-2), `internal`: not an address of the public internet, null: not known. */
export type Country = string | null

/** Larger ones hold cities, which nothing here needs. */
const LARGEST = 256 * 1024 * 1024
const FILE = 'countries.mmdb'
/** How many addresses' countries are remembered: reading the tree costs more. */
const REMEMBERED = 50_000

const shipped = (): string => fileURLToPath(import.meta.resolve('@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb'))

/**
 * Says in which country an address is, from a file in MaxMind's format on this machine: that of the configuration, one that was put
 * into the data folder, or the one that came along. No address leaves the machine. What it says is where the address's holder is
 * registered or says it is used: good for a picture, no proof.
 */
export class Countries {
  readonly #configured: string | null
  readonly #data: string
  #reading: Promise<{ reader: Reader<Places>; file: string }> | null = null
  /** When the one in the data folder was put there; null: there is none. */
  #put: number | null = null
  readonly #known = new Map<string, Country>()

  constructor({ configured, data }: { configured: string | null; data: string }) {
    this.#configured = configured
    this.#data = data
  }

  /** Reads the database when it is first needed, and when another process put one in its place. Throws `usage` when the one that is configured cannot be read. */
  async open(): Promise<{ of(address: string): Country; asOf: Date; file: string }> {
    const put = await putAt(join(this.#data, FILE))
    if (put !== this.#put) {
      this.#reading = null
      this.#known.clear()
    }
    this.#put = put
    this.#reading ??= this.#read()
    try {
      const { reader, file } = await this.#reading
      return { of: (address) => this.#lookUp(reader, address), asOf: reader.metadata.buildEpoch, file }
    } catch (thrown) {
      this.#reading = null
      throw thrown
    }
  }

  /** Puts another database in the place of this one. Throws `usage` where it is none. */
  async replace(bytes: Uint8Array): Promise<{ asOf: Date; file: string }> {
    if (this.#configured !== null) {
      throw new SluiceError('usage', `the configuration names ${this.#configured}`, { hint: 'put the new file there, or take downloads.countries out of sluice.yaml' })
    }
    const reader = readerOf(bytes, 'the file')
    const file = join(this.#data, FILE)
    const partial = `${file}.${process.pid}.part`
    try {
      await mkdir(dirname(file), { recursive: true })
      await writeFile(partial, bytes)
      await rename(partial, file)
    } catch (cause) {
      await rm(partial, { force: true })
      throw new SluiceError('storage', `the database of countries cannot be kept: ${sentence(cause)}`, { cause })
    }
    return { asOf: reader.metadata.buildEpoch, file }
  }

  async #read(): Promise<{ reader: Reader<Places>; file: string }> {
    const own = join(this.#data, FILE)
    const file = this.#configured ?? (this.#put === null ? shipped() : own)
    try {
      return { reader: readerOf(await readFile(file), file), file }
    } catch (thrown) {
      throw thrown instanceof SluiceError ? thrown : new SluiceError('usage', `the database of countries cannot be read: ${sentence(thrown)}`, { cause: thrown })
    }
  }

  #lookUp(reader: Reader<Places>, claimed: string): Country {
    const known = this.#known.get(claimed)
    if (known !== undefined) return known
    const country = countryOf(reader, claimed)
    if (this.#known.size >= REMEMBERED) this.#known.clear()
    this.#known.set(claimed, country)
    return country
  }
}

/** Databases name it in one of these places; all of them are read as far as they are text. */
type Places = Record<string, unknown>

function countryOf(reader: Reader<Places>, claimed: string): Country {
  const address = claimed.replace(/^::ffff:(?=\d)/i, '').replace(/%.*$/, '')
  const family = isIP(address)
  if (family === 0) return null
  if (INTERNAL.check(address, family === 6 ? 'ipv6' : 'ipv4')) return 'internal'
  // A database of IPv4 alone reads the beginning of any other address as one of its own.
  if (family > reader.metadata.ipVersion) return null
  let found: Places | null
  try {
    found = reader.get(address)
  } catch {
    // A damaged part of the tree says nothing of the others.
    return null
  }
  const { country_code: flat, country, registered_country: registered } = found ?? {}
  const code = [flat, (country as Places | undefined)?.['iso_code'], (registered as Places | undefined)?.['iso_code'], country].find((one) => typeof one === 'string')
  return typeof code === 'string' && /^[A-Z]{2}$/i.test(code) ? code.toUpperCase() : null
}

function readerOf(bytes: Uint8Array, named: string): Reader<Places> {
  if (bytes.byteLength > LARGEST) throw new SluiceError('usage', `${named} is larger than ${LARGEST / 1024 / 1024} MiB`, { hint: 'a database of countries alone will do' })
  try {
    const reader = new Reader<Places>(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    reader.get('192.0.2.1')
    if (Number.isNaN(reader.metadata.buildEpoch.getTime())) throw new Error('it does not say when it was made')
    return reader
  } catch (cause) {
    throw new SluiceError('usage', `${named} is no database of countries: ${sentence(cause)}`, { hint: 'it must be in MaxMind\'s format (.mmdb), not compressed', cause })
  }
}

const putAt = (file: string): Promise<number | null> => stat(file).then(({ mtimeMs }) => mtimeMs, () => null)

/** What is routed nowhere on the public internet (RFC 6890 and its registries). */
const INTERNAL = new BlockList()
const NETWORKS = '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.2.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 '
  + '203.0.113.0/24 240.0.0.0/4 ::/127 fc00::/7 fe80::/10 2001:db8::/32'
for (const network of NETWORKS.split(' ')) {
  const [address = '', bits] = network.split('/')
  INTERNAL.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4')
}
