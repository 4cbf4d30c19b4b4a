/** Parsed JSON of others: members may be anything, and `__proto__` may be one of them. */
export type Json = Record<string, unknown>

export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** null for whatever is no object. */
export const asObject = (value: unknown): Json | null => (isObject(value) ? value : null)

/** null for whatever is no text, or an empty one. */
export const asText = (value: unknown): string | null => (typeof value === 'string' && value.length > 0 ? value : null)

/** The text members of an object, `__proto__` among them as an ordinary key. */
export function texts(value: unknown): Record<string, string> {
  if (!isObject(value)) return {}
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

/** Throws SyntaxError. A byte order mark is dropped, bytes that are no UTF-8 become replacement characters. */
export const parseJson = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes))
