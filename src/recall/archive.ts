import { Readable } from 'node:stream'
import type { ReadableStream as WebStream } from 'node:stream/web'
import { ZipWriter } from '@zip.js/zip.js'
import { Encrypter } from 'age-encryption'
import { pack } from 'tar-stream'
import { sentence, SluiceError } from '../core/errors.ts'

/**
 * How evidence leaves: as an age file (age-encryption.org/v1) for recipients or a passphrase, with a tar inside; or as a zip with
 * AES-256 (WinZip's AE-2) and the password `infected`, as analysts exchange samples: that one hides nothing from anybody, it
 * keeps scanners and curious fingers off.
 */
export type Seal = { format: 'age'; recipients: readonly string[] } | { format: 'age'; passphrase: string } | { format: 'zip' }

export interface Entry {
  name: string
  size: number
  read(): Promise<Readable>
}

const ZIP_PASSWORD = 'infected'
/** A passphrase that a person would think of is no match for somebody who has the file and time. */
const SHORTEST_PASSPHRASE = 12

/** Throws `usage` before anything is read: a recipient that is none, a weak passphrase. Nothing is ever written unencrypted. */
export async function sealed(entries: readonly Entry[], seal: Seal): Promise<Readable> {
  if (seal.format === 'zip') return zipped(entries)
  const encrypter = new Encrypter()
  if ('passphrase' in seal) {
    if (seal.passphrase.length < SHORTEST_PASSPHRASE) throw new SluiceError('usage', `a passphrase needs ${SHORTEST_PASSPHRASE} characters at least`)
    encrypter.setPassphrase(seal.passphrase)
  } else {
    if (seal.recipients.length === 0) throw new SluiceError('usage', 'nobody is named who could open it', { hint: 'name a recipient (age1…), a passphrase, or zip' })
    for (const recipient of seal.recipients) addRecipient(encrypter, recipient)
  }
  return fromWeb(await encrypter.encrypt(Readable.toWeb(tarred(entries)) as never))
}

function addRecipient(encrypter: Encrypter, recipient: string): void {
  try {
    encrypter.addRecipient(recipient)
  } catch (cause) {
    throw new SluiceError('usage', `not an age recipient: ${recipient.slice(0, 80)}`, { cause, hint: 'it looks like age1…; `age-keygen` makes one' })
  }
}

function tarred(entries: readonly Entry[]): Readable {
  const tar = pack()
  const write = async (): Promise<void> => {
    for (const { name, size, read } of entries) {
      const stream = await read()
      await new Promise<void>((resolve, reject) => {
        const entry = tar.entry({ name, size, mode: 0o600, mtime: new Date(0) }, (error) => (error ? reject(error) : resolve()))
        stream.on('error', reject).pipe(entry)
      })
    }
    tar.finalize()
  }
  write().catch((thrown: unknown) => tar.destroy(thrown instanceof Error ? thrown : new Error(sentence(thrown))))
  return Readable.from(tar)
}

function zipped(entries: readonly Entry[]): Readable {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  const zip = new ZipWriter(writable, { password: ZIP_PASSWORD, encryptionStrength: 3, level: 0, useWebWorkers: false, lastModDate: new Date('1980-01-01T00:00:00Z') })
  const write = async (): Promise<void> => {
    for (const { name, read } of entries) await zip.add(name, Readable.toWeb(await read()) as never)
    await zip.close()
  }
  write().catch((thrown: unknown) => writable.abort(thrown).catch(() => undefined))
  return fromWeb(readable)
}

const fromWeb = (stream: unknown): Readable => Readable.fromWeb(stream as WebStream)
