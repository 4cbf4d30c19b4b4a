const LONGEST = 900

/**
 * bun shows nothing of a refusal but its status and its URL, so it is sent on to a URL that says why: below the registry,
 * `-/refused?` and the text, blanks as `_`, without what a URL would have to encode.
 */
export const refusalUrl = (base: string, text: string): string =>
  `${base}-/refused?${text.replace(/[^A-Za-z0-9\-._~!$'()*,;:@/?=%]+/g, '_').slice(0, LONGEST)}`

/** The text of such a URL again. Whoever writes the URL writes the text, so it is only ever shown to whoever asks for it. */
export const readRefusal = (query: string): string => query.slice(0, LONGEST).replaceAll('_', ' ') || 'Refused.'
