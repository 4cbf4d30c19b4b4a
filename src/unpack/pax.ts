import type { SluiceError } from '../core/errors.ts'
import { invalid } from './errors.ts'

/** The records of a pax extended header (POSIX.1-2017 pax, "pax Extended Header"). Throws `archive-invalid`. */
export interface PaxRecords {
  values: ReadonlyMap<string, string>
  /** Keys given more than once; readers disagree which one counts. */
  repeated: readonly string[]
}

export function readPax(bytes: Uint8Array): PaxRecords {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const values = new Map<string, string>()
  const repeated: string[] = []
  // Each record: its own length in decimal, a space, key=value, a newline. NULs may fill up the end.
  for (let at = 0; at < buffer.length && buffer[at] !== 0;) {
    const space = buffer.indexOf(0x20, at)
    const length = space > at && space - at <= 9 ? decimal(buffer.toString('latin1', at, space)) : null
    if (length === null || at + length > buffer.length || at + length <= space + 1 || buffer[at + length - 1] !== 0x0a) throw malformed()
    const equals = buffer.indexOf(0x3d, space)
    if (equals < 0 || equals >= at + length) throw malformed()
    const key = buffer.toString('utf8', space + 1, equals)
    if (values.has(key)) repeated.push(key)
    values.set(key, buffer.toString('utf8', equals + 1, at + length - 1))
    at += length
  }
  return { values, repeated }
}

/** Null when it is not a plain decimal number. */
export function decimal(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null
}

const malformed = (): SluiceError => invalid('a pax header is malformed')
