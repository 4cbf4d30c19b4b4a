import { SluiceError, sentence } from '../../core/errors.ts'
import { PrivateAddress } from './addresses.ts'
import { shown } from './trust.ts'

const CERTIFICATE = /^(?:ERR_TLS|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|ERR_SSL)/

function codeOf(thrown: unknown): string {
  const code = typeof thrown === 'object' && thrown !== null ? (thrown as { code?: unknown }).code : undefined
  return typeof code === 'string' ? code : ''
}

/** Everything that was thrown on the way: undici and happy eyeballs wrap causes and lists of them. */
function* chain(thrown: unknown, depth = 0): Generator<unknown> {
  yield thrown
  if (depth > 4 || !(thrown instanceof Error)) return
  if (thrown instanceof AggregateError) for (const one of thrown.errors.slice(0, 8)) yield* chain(one, depth + 1)
  if (thrown.cause) yield* chain(thrown.cause, depth + 1)
}

/** What went wrong before the answer's head was complete. */
export function headFailure(thrown: unknown, url: URL, context: { timeout: number; timedOut: boolean; proxy: string | null }): SluiceError {
  const where = shown(url)
  const options = { cause: thrown }
  if (context.timedOut) {
    return new SluiceError('upstream-slow', `no answer within ${context.timeout} ms from ${where}`, {
      ...options, hint: 'raise head_timeout if this upstream is always slow',
    })
  }
  for (const error of chain(thrown)) {
    if (error instanceof SluiceError) return error
    if (error instanceof PrivateAddress) {
      return new SluiceError('upstream-redirect', `refused to go to ${where}: ${error.message}`, {
        ...options, hint: 'name its origin under upstreams.<ecosystem>.also_allow if it is yours',
      })
    }
    const code = codeOf(error)
    if (code === 'UND_ERR_HEADERS_OVERFLOW') return new SluiceError('upstream-too-large', `too many headers from ${where}`, options)
    if (CERTIFICATE.test(code)) {
      return new SluiceError('upstream-unreachable', `the certificate of ${where} was not accepted (${code})`, {
        ...options, hint: 'for a private certificate authority set network.ca_file, or ca_file of this upstream',
      })
    }
  }
  const via = context.proxy ? ` through the proxy ${shown(new URL(context.proxy))}` : ''
  return new SluiceError('upstream-unreachable', `cannot reach ${where}${via}: ${reason(thrown)}`, options)
}

/** What went wrong while the body was read. */
export function bodyFailure(thrown: unknown, url: URL): SluiceError {
  if (thrown instanceof SluiceError) return thrown
  const code = codeOf(thrown)
  const undecodable = code !== 'Z_BUF_ERROR' && /^(?:Z_|ERR_BROTLI|ERR__ERROR)/.test(code)
  return undecodable
    ? new SluiceError('upstream-wrong-type', `the answer of ${shown(url)} does not decompress: ${reason(thrown)}`, { cause: thrown })
    : new SluiceError('upstream-truncated', `the answer of ${shown(url)} broke off: ${reason(thrown)}`, { cause: thrown })
}

/** Did a connection that was kept alive turn out to be closed? Then asking once more is right. */
export function closedEarly(thrown: unknown): boolean {
  return ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(codeOf(thrown))
}

function reason(thrown: unknown): string {
  for (const error of chain(thrown)) {
    const code = codeOf(error)
    if (/^E[A-Z]+$/.test(code)) return `${code} ${sentence(error)}`.slice(0, 200)
  }
  return sentence(thrown).slice(0, 200)
}
