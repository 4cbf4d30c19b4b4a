import { duration, expiry } from '../config/values.ts'
import { SluiceError } from '../core/errors.ts'
import { parsePackage } from '../core/package-spec.ts'
import type { Digest } from '../core/types.ts'
import type { Wanted } from './desk.ts'

/** `7d`, `24h` from now on, or a date as in `sluice.yaml` (a day counts to its end). Throws `usage`. */
export function until(text: string, option: string): Date {
  const length = duration().safeParse(text)
  if (length.success && length.data > 0) return new Date(Date.now() + length.data)
  const date = expiry().safeParse(text)
  if (!date.success) throw unclear(text, option)
  if (date.data.getTime() <= Date.now()) throw new SluiceError('usage', `${option} ${text.slice(0, 40)} is in the past`)
  return date.data
}

/** `7d` back from now, or a date (from its beginning). Throws `usage`. */
export function since(text: string, option = '--since'): Date {
  const length = duration().safeParse(text)
  if (length.success) return new Date(Date.now() - length.data)
  if (!expiry().safeParse(text).success) throw unclear(text, option)
  return new Date(text)
}

const unclear = (text: string, option: string): SluiceError =>
  new SluiceError('usage', `${option} ${text.slice(0, 40)} is no time`, { hint: 'write 12h, 7d, 2030-12-31 or 2030-12-31T18:00Z' })

/** A package with or without a version, or a digest. Throws `usage`. */
export function wanted(text: string): Wanted {
  if (/^sha256:/i.test(text)) return { digest: digestOf(text) }
  parsePackage(text)
  return { package: text }
}

/** Throws `usage`. */
export function digestOf(text: string): Digest {
  const digest = text.toLowerCase()
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw new SluiceError('usage', 'a digest is sha256: and 64 hex digits')
  return digest as Digest
}
