/**
 * Failures that a person may meet: a closed code, a sentence, and what to do about it.
 * Expected outcomes are values; these are for what cannot go on. Only gateway and api turn codes into HTTP.
 */
export type ErrorCode =
  | 'config-invalid' | 'usage' | 'not-found' | 'forbidden' | 'data-folder-busy'
  | 'upstream-unreachable' | 'upstream-status' | 'upstream-truncated' | 'upstream-too-large' | 'upstream-wrong-type'
  | 'upstream-redirect' | 'upstream-slow' | 'upstream-off' | 'digest-mismatch' | 'index-invalid'
  | 'archive-invalid' | 'archive-limit' | 'worker-timeout' | 'worker-memory' | 'worker-crashed' | 'worker-busy' | 'worker-closed'
  | 'ledger-broken' | 'storage' | 'feed-invalid' | 'sandbox-unavailable' | 'rate-limited'

export class SluiceError extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined
  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'SluiceError'
    this.code = code
    this.hint = options.hint
  }
}

/** The sentence of anything thrown, one line, no stack. */
export function sentence(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown)
  return text.replace(/\s+/g, ' ').trim().slice(0, 500)
}

export function isCode(thrown: unknown, ...codes: ErrorCode[]): thrown is SluiceError {
  return thrown instanceof SluiceError && codes.includes(thrown.code)
}
