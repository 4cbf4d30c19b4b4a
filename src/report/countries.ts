const NAMES = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'code' })

/** A country's name in English by its code; `internal` and `unknown` in words. */
export function countryName(code: string): string {
  if (code === 'internal') return 'internal network'
  if (code === 'unknown') return 'not known'
  return /^[A-Z]{2}$/.test(code) ? NAMES.of(code) ?? code : code
}
