/** Sends mail. Used for notices and for whatever else leaves by mail. */
export interface Mailer {
  /**
   * Resolves when the server has taken it, for all of its addresses. Throws SluiceError `usage` for a header or address that could
   * carry another header (CR, LF, NUL) or is none, `upstream-unreachable` where the server does not answer or refuses.
   */
  send(mail: Mail): Promise<{ id: string }>
  close(): void
}

export interface Mail {
  /** Plain addresses, `name@domain`. */
  to: readonly string[]
  cc?: readonly string[]
  replyTo?: string
  /** One line; characters beyond ASCII are encoded. */
  subject: string
  text: string
  attachments?: readonly { name: string; contentType: string; content: Uint8Array | string }[]
  /** Further headers; names of letters, digits and hyphens. None that the mailer sets itself. */
  headers?: Readonly<Record<string, string>>
  /** What the Message-ID is made of, so that the same mail sent again after a crash is recognised; absent: a new one. */
  id?: string
  /** Message-ID of the mail this answers. */
  inReplyTo?: string
}
