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
  /**
   * URL of the document that named `url`. The fetch then gets no more trust than a redirect from there: private addresses
   * and credentials only where that document's own registry is configured to have them.
   */
  referrer?: string
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

/** What the operator said about the way out. Asked for at every fetch, so that a new policy's registries count at once. */
export interface WayOut {
  origins: readonly Origin[]
  /** Proxy URLs by the target's scheme; `bypass` as in NO_PROXY: hosts, `.suffixes`, addresses, CIDR, `host:port`, `*`. */
  proxy: { http: string | null; https: string | null; bypass: readonly string[] }
  /** Certificate authorities besides the system's, PEM. */
  ca: readonly string[]
  headTimeout: number
  stallTimeout: number
}

/** A registry the operator named, which may therefore have a private address, plain http and credentials. */
export interface Origin {
  /** Base URL without user or password. */
  base: string
  /** Value of the `Authorization` header. */
  authorization: string | null
  /** Further origins its documents may point at although they are private or plain http. They get no credentials. */
  alsoAllow: readonly string[]
  /** In place of the general setting; a null proxy means: straight. */
  proxy?: string | null
  ca?: string
  headTimeout?: number
  stallTimeout?: number
}
