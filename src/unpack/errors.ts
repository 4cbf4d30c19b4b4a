import { SluiceError } from '../core/errors.ts'

/** Not such an archive, damaged, or cut off. */
export const invalid = (message: string, cause?: unknown): SluiceError =>
  new SluiceError('archive-invalid', message, cause === undefined ? {} : { cause })

export const overLimit = (message: string): SluiceError => new SluiceError('archive-limit', message)
