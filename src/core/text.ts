/** A reason phrase: latin-1 without control characters, at most 180 characters (RFC 9112 §4 allows obs-text). */
export function phrase(text: string): string {
  const line = text.replace(/[\u2010-\u2015]/g, '-').replace(/[\u2018\u2019]/g, "'").replace(/[^\x20-\x7e\xa0-\xff]+/g, ' ').trim()
  return line.length <= 180 ? line : `${line.slice(0, 177)}...`
}

/** One line without control characters, cut to `limit` characters. */
export function oneLine(text: string, limit: number): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is taken out
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ').trim()
  return line.length <= limit ? line : `${line.slice(0, limit - 1)}…`
}
