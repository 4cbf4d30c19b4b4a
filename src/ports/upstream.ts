import type { Readable } from 'node:stream'

/** The only way out. Follows policy about hosts, proxies, CAs and credentials; never retries a denial. */
export interface Upstream {
  /**
   * `url` absolute. Resolves for any complete HTTP head; throws SluiceError `upstream-unreachable`, `-slow`, `-redirect`.
   * Redirects are followed only to https (or to the scheme it started with on loopback), at most 5, never to private
   * addresses unless the configured upstream is one itself; credentials stay with the origin they are configured for.
   * The body must be read to its end or destroyed; it errors with `upstream-truncated` when shorter than promised,
   * `upstream-slow` when it stalls, `upstream-too-large` past `limit`.
   */
  fetch(url: string, options?: UpstreamOptions): Promise<UpstreamAnswer>
  close(): Promise<void>
}

export interface UpstreamOptions {
  method?: 'GET' | 'HEAD' | 'POST'
  headers?: Readonly<Record<string, string>>
  body?: Uint8Array
  /** Bytes after content decoding; default 256 MiB. */
  limit?: number
  /** Milliseconds until the head; default from configuration. */
  timeout?: number
}

export interface UpstreamAnswer {
  status: number
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>
  /** URL after redirects. */
  url: string
  /** Content-decoded. */
  body: Readable
}
