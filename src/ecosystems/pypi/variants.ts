export const JSON_TYPE = 'application/vnd.pypi.simple.v1+json'
/** Every client takes it; those from before PEP 691 take nothing else. */
export const HTML_TYPE = 'text/html; charset=utf-8'

/** What upstream is asked for: JSON says more, HTML will do. */
export const UPSTREAM_ACCEPT = `${JSON_TYPE}, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1`

/** PyPI's JSON document of a project, and of one version, normal, behind it: `legacy 1.0.post1`. */
export const LEGACY = 'legacy'
export const legacyVariant = (version: string): string => `${LEGACY} ${version}`
/** The version a variant is about, or null. */
export const legacyVersionOf = (variant: string): string | null =>
  (variant.startsWith(`${LEGACY} `) ? variant.slice(LEGACY.length + 1) : null)

type Variant = 'html' | 'json'

const TYPES: Readonly<Record<string, Variant>> = {
  [JSON_TYPE]: 'json', 'application/vnd.pypi.simple.latest+json': 'json',
  'application/vnd.pypi.simple.v1+html': 'html', 'application/vnd.pypi.simple.latest+html': 'html', 'text/html': 'html',
}

const MOST_RANGES = 50

/**
 * PEP 691's negotiation: a `format` in the query wins, then the highest q in `Accept` (RFC 9110 §12.5.1). Between equals JSON
 * wins where it is named, since only clients that read it name it. Whoever accepts neither gets HTML.
 */
export function variantOf(accept: string, query: string): Variant {
  const format = new URLSearchParams(query).get('format')
  if (format !== null && Object.hasOwn(TYPES, format)) return TYPES[format] as Variant
  const best = { html: 0, json: 0 }
  for (const range of accept.toLowerCase().split(',', MOST_RANGES)) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim())
    if (!Object.hasOwn(TYPES, type)) continue
    const variant = TYPES[type] as Variant
    best[variant] = Math.max(best[variant], qualityOf(parameters))
  }
  return best.json > 0 && best.json >= best.html ? 'json' : 'html'
}

function qualityOf(parameters: readonly string[]): number {
  const given = parameters.find((parameter) => parameter.startsWith('q='))
  if (given === undefined) return 1
  const quality = Number(given.slice(2))
  return quality >= 0 && quality <= 1 ? quality : 0
}
